import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { smallImage } from '../../support/images.ts';
import type { GrubConfiguration } from './grub-configurations.ts';

const MODULES = [
  ...['configfile', 'echo', 'test', 'loadenv', 'search', 'search_fs_file', 'search_fs_uuid', 'true', 'font'],
  ...['serial', 'terminal', 'iso9660', 'all_video', 'gfxterm', 'linux', 'regexp', 'sleep'],
];

/** A placeholder in the script for the kernel that an entry starts. */
const KERNEL = /^([ \t]*|.*\{ *)linux \/boot\/vmlinuz (entry=\S+?);?([ \t]*\}?[ \t]*)$/gm;

/** Writes a configuration as a machine: its /boot/grub, and a kernel. */
export function layOutGrub(root: string, { script, environment, files = {} }: GrubConfiguration): void {
  mkdirSync(join(root, 'boot/grub'), { recursive: true });
  writeFileSync(join(root, 'boot/vmlinuz'), smallImage());
  writeFileSync(join(root, 'boot/grub/grub.cfg'), script);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'boot/grub', name), text);
  if (environment !== undefined) writeEnvironment(join(root, 'boot/grub/grubenv'), environment);
}

function writeEnvironment(path: string, environment: Readonly<Record<string, string>>): void {
  execFileSync('grub-editenv', [path, 'create']);
  const words = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  if (words.length > 0) execFileSync('grub-editenv', [path, 'set', ...words]);
}

/**
 * A disk from which GRUB tries one configuration after the other, as BIOS and as EFI program: each entry prints its
 * name, and continues with the next. GRUB allows only some thirty nested ones. Only the action of an entry is changed;
 * the menus are those of the configurations.
 */
export function writeGrubDisk(
  directory: string,
  configurations: readonly GrubConfiguration[],
  first = 0,
): string {
  const tree = join(directory, 'tree');
  for (const [at, configuration] of configurations.entries()) {
    const index = first + at;
    const next = at + 1 < configurations.length ? goTo(index + 1) : 'echo ALL-TRIED';
    const withEcho = (text: string): string =>
      text.replace(KERNEL, (_, before: string, tag: string, after: string) =>
        [`${before}echo "TRIED ${index} ${tag} END"`, next, after].join('\n'),
      );
    const files = Object.fromEntries(
      Object.entries(configuration.files ?? {}).map(([name, text]) => [
        name,
        `${withEcho(text)}\nset timeout=0\n`,
      ]),
    );
    layOutGrub(join(tree, 'tried', String(index)), {
      ...configuration,
      files,
      // Each is read without anything of the previous one, and without a timeout.
      script: `unset default\n${withEcho(configuration.script)}\nset timeout=0\n`,
    });
  }
  // Modules are loaded from below $prefix, which differs for each configuration.
  const start = [
    ...MODULES.map((name) => `insmod ${name}`),
    'serial --unit=0 --speed=115200',
    'terminal_output serial',
    'terminal_input serial',
    '',
  ].join('\n');
  mkdirSync(join(tree, 'boot/grub'), { recursive: true });
  writeFileSync(join(tree, 'boot/grub/grub.cfg'), `${start}set timeout=0\n${goTo(first)}\n`);
  const disk = join(directory, 'grub.iso');
  execFileSync('grub-mkrescue', ['--locales=', '--fonts=', '--themes=', '-o', disk, tree], { stdio: 'pipe' });
  return disk;
}

function goTo(index: number): string {
  const prefix = `($root)/tried/${index}/boot/grub`;
  return `set prefix=${prefix}\nexport prefix\nconfigfile ${prefix}/grub.cfg`;
}

/** The entry that each configuration started, by its number; undefined: it was not reached. */
export function triedEntries(output: string): Map<number, string> {
  const found = output.matchAll(/TRIED (\d+) (entry=\S+) END/g);
  return new Map([...found].map(([, index, tag]) => [Number(index), tag ?? '']));
}
