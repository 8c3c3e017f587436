import { dirname } from 'node:path';
import type { Loader, LoaderChoice, LoaderEntry, LoaderFile } from '../../model/boot.ts';
import { type Fact, known, unknown } from '../../model/fact.ts';
import type { Root } from '../root.ts';
import { fileOnFilesystem, type Places } from './places.ts';

/** A `LABEL` section as it is written. */
interface Label {
  readonly name: string;
  title: string;
  kernel: string | null;
  initrds: string[];
  append: string;
  /** `LOCALBOOT`, `COM32` or another command that starts no kernel. */
  other: string | null;
}

interface Script {
  readonly labels: readonly Label[];
  /** `DEFAULT`, and below `MENU DEFAULT` and `ONTIMEOUT`; null: not set. */
  readonly byDefault: string | null;
  readonly menuDefault: string | null;
  readonly onTimeout: string | null;
  readonly gaps: readonly string[];
}

/** No command sets the next entry: people edit the file. */
const NEITHER = { once: false, standing: false };

/** Reads the configuration of extlinux and syslinux, whose form U-Boot reads too (its doc/README.distro). null: no such file. */
export function readExtlinux(root: Root, places: Places, config: string): Loader | null {
  const text = root.readText(config);
  if (!text.known && text.code === 'missing') return null;
  if (!text.known) {
    const gaps = [text.detail];
    return {
      kind: 'extlinux',
      config,
      changedAt: null,
      entries: [],
      next: text,
      standing: text,
      gaps,
      canSet: NEITHER,
    };
  }
  const script = parseExtlinux(text.value);
  const stat = root.stat(config);
  const file = (written: string): LoaderFile => {
    // A relative path starts at the directory of the configuration.
    const absolute = written.startsWith('/') ? [written] : [`${dirname(config)}/${written}`];
    const found = absolute.map((path) =>
      written.startsWith('/')
        ? fileOnFilesystem(root, places, { of: 'file', path: config }, path)
        : root.resolve(path),
    );
    return { written, path: found[0] ?? unknown('missing', `${written} is not there`) };
  };
  const next = chooseLabel(script, config);
  return {
    kind: 'extlinux',
    config,
    changedAt: stat.known ? stat.value.mtime : null,
    entries: script.labels.map((label) => entryOf(label, file)),
    next,
    standing: next,
    gaps: script.gaps,
    canSet: NEITHER,
  };
}

function entryOf(label: Label, file: (written: string) => LoaderFile): LoaderEntry {
  const { name, title, kernel, other } = label;
  if (kernel === null || other !== null)
    return { id: name, title, starts: { what: 'other', name: other ?? title } };
  const inAppend = [...label.append.matchAll(/(?:^|\s)initrd=(\S+)/g)].flatMap(
    (match) => match[1]?.split(',') ?? [],
  );
  const initrds = label.initrds.length > 0 ? label.initrds : inAppend;
  const commandLine = label.append.replace(/(?:^|\s)initrd=\S+/g, '').trim();
  return {
    id: name,
    title,
    starts: {
      what: 'kernel',
      image: file(kernel),
      commandLine: known(commandLine),
      initrds: initrds.map(file),
    },
  };
}

function chooseLabel(
  { labels, byDefault, menuDefault, onTimeout, gaps }: Script,
  config: string,
): Fact<LoaderChoice> {
  if (gaps[0] !== undefined) return unknown('no-data', `${config}: ${gaps[0]}`);
  const names = labels.map(({ name }) => name);
  const isLabel = (name: string | null): name is string =>
    name !== null && names.some((label) => label.toLowerCase() === name.toLowerCase());
  // `DEFAULT menu.c32` starts a menu, which has its own default.
  const named = [onTimeout, menuDefault, byDefault].find(isLabel);
  const label = labels.find(({ name }) => name.toLowerCase() === named?.toLowerCase()) ?? labels[0];
  if (label === undefined) return unknown('no-data', `${config} has no labels`);
  return known({ entry: label.name, by: named === undefined ? 'first' : 'default' });
}

function parseExtlinux(text: string): Script {
  const labels: Label[] = [];
  const found: { byDefault: string | null; menuDefault: string | null; onTimeout: string | null } = {
    byDefault: null,
    menuDefault: null,
    onTimeout: null,
  };
  const gaps: string[] = [];
  for (const line of text.split('\n')) {
    const [, key = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/.exec(line) ?? [];
    const label = labels.at(-1);
    switch (key.toLowerCase()) {
      case 'label':
        labels.push({ name: rest, title: rest, kernel: null, initrds: [], append: '', other: null });
        break;
      case 'default':
        found.byDefault = rest;
        break;
      case 'ontimeout':
        found.onTimeout = rest.split(/\s+/)[0] ?? null;
        break;
      case 'include':
        gaps.push(`${rest} is included, and not followed`);
        break;
      case 'menu':
        if (/^include\b/i.test(rest)) gaps.push(`${rest} is not followed`);
        if (label === undefined) break;
        if (/^default\b/i.test(rest)) found.menuDefault = label.name;
        else if (/^label\s/i.test(rest)) label.title = rest.replace(/^\S+\s+/, '').replaceAll('^', '');
        break;
      case 'linux':
      case 'kernel':
        if (label !== undefined) label.kernel = rest;
        break;
      case 'initrd':
        if (label !== undefined) label.initrds = rest.split(',');
        break;
      case 'append':
        if (label !== undefined) label.append = rest === '-' ? '' : rest;
        break;
      case 'localboot':
      case 'com32':
      case 'boot':
      case 'bss':
      case 'pxe':
      case 'fdimage':
      case 'fit':
        if (label !== undefined) label.other = `${key} ${rest}`;
    }
  }
  return { labels, ...found, gaps };
}
