import type { EntryTarget, LoaderFile } from '../../../model/boot.ts';
import { known, unknown } from '../../../model/fact.ts';
import { sourceOfFile } from '../../bytes.ts';
import { looksLikeKernel } from '../../images/identify.ts';
import { readPeSections } from '../../images/pe-sections.ts';
import type { Root } from '../../root.ts';
import { loaderOfProgram } from '../loader-of-program.ts';

/** An entry before systemd-boot sorts them. */
export interface BootEntry {
  /** The file name on disk, in lower case. */
  readonly file: string;
  readonly title: string;
  readonly sortKey: string | null;
  readonly machineId: string;
  readonly version: string;
  /** The boot counter of `name+LEFT-DONE.conf`; null: it has none. */
  readonly tries: { readonly left: number; readonly done: number } | null;
  readonly starts: EntryTarget;
  readonly mtime: number | null;
}

const ENTRY_MAX = 64 * 1024;
const FILES_MAX = 256;

/** Type 1 of the Boot Loader Specification: `loader/entries/*.conf` of a partition that is mounted at `base`. */
export function readTypeOne(root: Root, base: string): BootEntry[] {
  const directory = `${base}/loader/entries`;
  return namesIn(root, directory, '.conf').flatMap((name) => {
    const text = root.readText(`${directory}/${name}`, ENTRY_MAX);
    const entry = text.known ? parseTypeOne(text.value) : null;
    if (entry === null) return [];
    const { program, keys } = entry;
    const file = inPartition(root, base, program.path);
    // systemd-boot does not list an entry without its file.
    if (!file.path.known && file.path.code === 'missing') return [];
    return [
      {
        file: name.toLowerCase(),
        title: keys.get('title') ?? name,
        sortKey: keys.get('sort-key') ?? null,
        machineId: keys.get('machine-id') ?? '',
        version: keys.get('version') ?? '',
        tries: triesIn(name, '.conf'),
        starts: typeOneTarget(root, base, entry, file),
        mtime: mtimeOf(root, `${directory}/${name}`),
      },
    ];
  });
}

interface TypeOne {
  readonly program: { readonly key: 'linux' | 'efi' | 'uki'; readonly path: string };
  readonly keys: ReadonlyMap<string, string>;
  readonly initrds: readonly string[];
  readonly options: string;
}

/** null: the entry names nothing that can start. */
function parseTypeOne(text: string): TypeOne | null {
  const keys = new Map<string, string>();
  const initrds: string[] = [];
  const options: string[] = [];
  let program: TypeOne['program'] | null = null;
  for (const [key, value] of keyValues(text, /[ \t]/)) {
    if (key === 'linux' || key === 'efi' || key === 'uki') program = { key, path: value };
    else if (key === 'initrd') initrds.push(value);
    else if (key === 'options') options.push(value);
    else keys.set(key, value);
  }
  return program === null ? null : { program, keys, initrds, options: options.join(' ') };
}

function typeOneTarget(
  root: Root,
  base: string,
  { program, initrds, options }: TypeOne,
  file: LoaderFile,
): EntryTarget {
  const kernel: EntryTarget = {
    what: 'kernel',
    image: file,
    commandLine: known(options),
    initrds: initrds.map((path) => inPartition(root, base, path)),
  };
  if (program.key !== 'efi') return kernel;
  const target = loaderOfProgram(root, file);
  return target.what === 'kernel' ? kernel : target;
}

function inPartition(root: Root, base: string, written: string): LoaderFile {
  const path = written.replaceAll('\\', '/').replace(/^\/*/, '/');
  return { written, path: root.resolve(`${base}${path}`) };
}

/** Type 2 of the same specification: unified kernel images in `EFI/Linux`. */
export function readTypeTwo(root: Root, base: string): BootEntry[] {
  const directory = `${base}/EFI/Linux`;
  return namesIn(root, directory, '.efi').flatMap((name) => {
    const path = `${directory}/${name}`;
    const sections = readUkiTexts(root, path);
    const release = new Map(keyValues(sections?.release ?? '', /=/));
    const first = (...keys: readonly string[]): string | null =>
      keys.flatMap((key) => release.get(key) ?? [])[0] ?? null;
    const title = first('PRETTY_NAME', 'IMAGE_ID', 'NAME', 'ID');
    // systemd-boot skips an image without a name.
    if (sections === null || title === null) return [];
    const starts: EntryTarget = {
      what: 'kernel',
      image: { written: `/EFI/Linux/${name}`, path: root.resolve(path) },
      commandLine: known(sections.commandLine.trim()),
      initrds: [],
    };
    return [
      {
        file: name.toLowerCase(),
        title,
        sortKey: first('IMAGE_ID', 'ID'),
        machineId: '',
        version: first('IMAGE_VERSION', 'VERSION', 'VERSION_ID', 'BUILD_ID') ?? '',
        tries: triesIn(name, '.efi'),
        starts,
        mtime: mtimeOf(root, path),
      },
    ];
  });
}

/** The texts in a unified kernel image; null: it is no such image, or unreadable. */
function readUkiTexts(root: Root, path: string): { release: string; commandLine: string } | null {
  const found = root.withFile(path, (file) => {
    const source = sourceOfFile(file);
    const table = readPeSections(source);
    if (table === null || !looksLikeKernel(source)) return unknown('malformed', `${path} is no UKI`);
    const textOf = (section: string): string => {
      const place = table.get(section);
      if (place === undefined || place.size > ENTRY_MAX) return '';
      return file.read(place.offset, place.size).toString('utf8').replace(/\0.*$/s, '');
    };
    return known({ release: textOf('.osrel'), commandLine: textOf('.cmdline') });
  });
  return found.known ? found.value : null;
}

function namesIn(root: Root, directory: string, ending: string): string[] {
  const names = root.list(directory);
  if (!names.known) return [];
  return names.value
    .filter((name) => !name.startsWith('.') && !/^auto-/i.test(name) && name.toLowerCase().endsWith(ending))
    .slice(0, FILES_MAX);
}

function mtimeOf(root: Root, path: string): number | null {
  const stat = root.stat(path);
  return stat.known ? stat.value.mtime : null;
}

/** `name+LEFT-DONE` before the ending; only the last `+` counts. */
function triesIn(name: string, ending: string): BootEntry['tries'] {
  const match = /\+(\d{1,9})(?:-(\d{1,9}))?$/.exec(name.slice(0, -ending.length));
  return match === null ? null : { left: Number(match[1]), done: Number(match[2] ?? 0) };
}

/** Parses lines of a key and a value (line_get_key_value() in systemd's boot.c), and removes quotes around the value. */
export function keyValues(text: string, separator: RegExp): [string, string][] {
  return text.split(/[\n\r]/).flatMap((line): [string, string][] => {
    const trimmed = line.trim();
    const at = trimmed.search(separator);
    if (trimmed.startsWith('#') || at <= 0) return [];
    const value = trimmed.slice(at).replace(new RegExp(`^(?:${separator.source})+`), '');
    return [[trimmed.slice(0, at), value.replace(/^"(.*)"$/s, '$1')]];
  });
}
