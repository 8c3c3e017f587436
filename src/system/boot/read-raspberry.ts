import type { Loader, LoaderChoice, LoaderEntry, LoaderFile } from '../../model/boot.ts';
import { type Fact, known, unknown, valueOr } from '../../model/fact.ts';
import type { Root } from '../root.ts';

const ENTRY = 'config.txt';
const NAMES = ['kernel_2712.img', 'kernel8.img', 'kernel7l.img', 'kernel7.img', 'kernel.img'];

/**
 * The firmware of a Raspberry Pi reads config.txt in its directory: `kernel=` names the kernel, else the board's
 * processor does. null: there is no config.txt, or no file of that firmware in the directory.
 */
export function readRaspberry(root: Root, base: string): Loader | null {
  const config = `${base}/config.txt`;
  const text = root.readText(config);
  if (!text.known || !isFirmwarePartition(root, base)) return null;
  const stat = root.stat(config);
  const settings = parseConfig(text.value);
  const kernel = kernelOf(root, base, settings);
  const choice: Fact<LoaderChoice> = kernel.known ? known({ entry: ENTRY, by: 'default' }) : kernel;
  return {
    kind: 'raspberry-pi',
    config,
    changedAt: stat.known ? stat.value.mtime : null,
    entries: kernel.known ? [entryOf(root, base, kernel.value, settings)] : [],
    next: choice,
    standing: choice,
    gaps: kernel.known ? [] : [kernel.detail],
    canSet: { once: false, standing: false },
  };
}

function isFirmwarePartition(root: Root, base: string): boolean {
  return ['bootcode.bin', 'start4.elf', 'start.elf', 'cmdline.txt'].some(
    (name) => root.lstat(`${base}/${name}`).known,
  );
}

interface Settings {
  /** Settings that hold for every board. */
  readonly always: ReadonlyMap<string, string>;
  /** Names of settings that are set for some boards only. */
  readonly filtered: ReadonlySet<string>;
}

/** A section as `[pi4]` holds for some boards; `[all]` ends it. */
function parseConfig(text: string): Settings {
  const always = new Map<string, string>();
  const filtered = new Set<string>();
  let everywhere = true;
  for (const line of text.split('\n').map((each) => each.trim())) {
    const section = /^\[(.+)\]$/.exec(line)?.[1];
    if (section !== undefined) everywhere = section.toLowerCase() === 'all';
    const [, key, value] = /^([a-z0-9_]+)(?:=|\s+)(.*)$/i.exec(line) ?? [];
    if (key === undefined || value === undefined || line.startsWith('#')) continue;
    if (everywhere) always.set(key, value.trim());
    else filtered.add(key);
  }
  return { always, filtered };
}

function kernelOf(root: Root, base: string, { always, filtered }: Settings): Fact<string> {
  if (filtered.has('kernel') || filtered.has('os_prefix'))
    return unknown('no-data', `${base}/config.txt names another kernel for some boards`);
  const named = always.get('kernel');
  if (named !== undefined) return known(`${always.get('os_prefix') ?? ''}${named}`);
  const there = NAMES.filter((name) => root.lstat(`${base}/${name}`).known);
  const model = valueOr(root.readText('/proc/device-tree/model'), '');
  const wide = (always.get('arm_64bit') ?? '1') !== '0';
  if (/Raspberry Pi (?:5|500|Compute Module 5)/.test(model))
    return known(there.includes('kernel_2712.img') ? 'kernel_2712.img' : 'kernel8.img');
  if (/Raspberry Pi (?:4|400|Compute Module 4)/.test(model) && wide) return known('kernel8.img');
  const [only, ...more] = there;
  if (only !== undefined && more.length === 0) return known(only);
  return unknown(
    'no-data',
    `${base}/config.txt names no kernel, and which one this board takes is not known`,
  );
}

function entryOf(root: Root, base: string, kernel: string, { always, filtered }: Settings): LoaderEntry {
  const file = (written: string): LoaderFile => ({ written, path: root.resolve(`${base}/${written}`) });
  const initramfs = always.get('initramfs')?.split(/\s+/)[0];
  const doubt: LoaderFile[] = filtered.has('initramfs')
    ? [{ written: '', path: unknown('no-data', 'config.txt names an initramfs for some boards') }]
    : [];
  const commandLine = root.readText(`${base}/${always.get('cmdline') ?? 'cmdline.txt'}`);
  return {
    id: ENTRY,
    title: kernel,
    starts: {
      what: 'kernel',
      image: file(kernel),
      commandLine: commandLine.known ? known(commandLine.value.trim()) : commandLine,
      initrds: initramfs === undefined ? doubt : [file(initramfs)],
    },
  };
}
