import type { EntryTarget, Loader, LoaderEntry, LoaderFile } from '../../model/boot.ts';
import { known, unknown } from '../../model/fact.ts';
import type { Root } from '../root.ts';
import { loaderOfProgram } from './loader-of-program.ts';

/**
 * rEFInd, from refind.conf in its directory of an EFI system partition. It scans the disks itself, and stores the last
 * booted entry in its own variable, so its next entry is not predicted. null: there is no refind.conf.
 */
export function readRefind(root: Root, esp: string, config: string): Loader | null {
  const text = root.readText(config);
  if (!text.known && text.code === 'missing') return null;
  const stat = root.stat(config);
  const why = text.known
    ? unknown('no-data', `${config} alone does not show which kernel rEFInd starts: it looks for them itself`)
    : text;
  return {
    kind: 'refind',
    config,
    changedAt: stat.known ? stat.value.mtime : null,
    entries: text.known ? readStanzas(root, esp, text.value) : [],
    next: why,
    standing: why,
    gaps: [why.detail],
    canSet: { once: false, standing: false },
  };
}

/** Entries that people have written: `menuentry "Gentoo" { loader … }`. */
function readStanzas(root: Root, esp: string, text: string): LoaderEntry[] {
  const stanzas = text.matchAll(/^[ \t]*menuentry[ \t]+"?([^"{\n]*?)"?[ \t]*\{([^}]*)\}/gm);
  return [...stanzas].flatMap(([, title = '', body = '']) => {
    const value = (key: string): string | undefined =>
      new RegExp(`^[ \\t]*${key}[ \\t]+"?([^"\\n]*?)"?[ \\t]*$`, 'm').exec(body)?.[1];
    const loader = value('loader');
    if (loader === undefined || /^[ \t]*disabled\b/m.test(body)) return [];
    const file = (written: string): LoaderFile => ({
      written,
      path: root.resolve(`${esp}${written.replaceAll('\\', '/').replace(/^\/*/, '/')}`),
    });
    const image = file(loader);
    const kernel: EntryTarget = {
      what: 'kernel',
      image,
      commandLine: known(value('options') ?? ''),
      initrds: [...body.matchAll(/^[ \t]*initrd[ \t]+(\S+)/gm)].flatMap(([, path]) =>
        path === undefined ? [] : [file(path)],
      ),
    };
    const target = loaderOfProgram(root, image);
    return [{ id: title, title, starts: target.what === 'kernel' ? kernel : target }];
  });
}
