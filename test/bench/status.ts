import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBenchMachine } from '../support/bench-machine.ts';
import { copyProgram } from '../support/bundle.ts';
import { startDaemon } from '../support/daemon.ts';
import { benchModuleRebuild } from './module-rebuild.ts';
import { costOver, processorTimeOver } from './paired.ts';
import type { BenchRow } from './row.ts';

const RUNS = 10;

/** The additional time of a cold `status` over Node alone, on a machine of 2,000 packages, and of 4,000. */
export async function benchStatus(): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'aufswatch-bench-'));
  try {
    const program = copyProgram(join(directory, 'program'));
    const alone = [process.execPath, '-e', '0'];
    const cost = (...words: readonly string[]) =>
      costOver([process.execPath, program, ...words], alone, RUNS);
    const root = (packages: number): string => {
      const made = join(directory, `root-${packages}`);
      mkdirSync(made);
      writeBenchMachine(made, packages);
      return made;
    };
    const made = root(2000);
    const status = cost('status', '--root', made);
    const twice = cost('status', '--root', root(4000));
    const version = cost('--version');
    const loaders = loadersCost(program, root(300));
    return [
      { what: 'status, 2,000 packages: time over node -e 0', value: status.time, unit: 'ms', limit: 100 },
      { what: 'status, 2,000 packages: memory over node -e 0', value: status.memory, unit: 'MB', limit: 50 },
      {
        what: 'status, 4,000 packages: times as much time',
        value: twice.time / status.time,
        unit: '',
        limit: 2,
      },
      {
        what: 'status, menu of 25 entries: processor time over a machine without one',
        value: loaders,
        unit: 'ms',
        limit: 15,
      },
      { what: '--version: time over node -e 0', value: version.time, unit: 'ms', limit: 25 },
      ...(await withDaemon(directory, made, program, alone)),
      ...beside(alone),
      ...(await benchModuleRebuild(join(directory, 'portage'), join(made, 'var/db/pkg'))),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

const ENTRIES_OF_MENU = 12;

/** The time of reading the boot menu, ms: with as many kernels, and without grub.cfg. */
function loadersCost(program: string, root: string): number {
  const bare = `${root}-bare`;
  const image = (directory: string, n: number): string => join(directory, 'boot', `vmlinuz-6.1.${n}-gentoo`);
  for (let n = 100; n < 100 + ENTRIES_OF_MENU; n++) copyFileSync(image(root, 192), image(root, n));
  cpSync(root, bare, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  rmSync(join(bare, 'boot/grub'), { recursive: true });
  writeFileSync(join(root, 'boot/grub/grub.cfg'), largeMenu());
  return processorTimeOver(
    [process.execPath, program, 'status', '--root', root],
    [process.execPath, program, 'status', '--root', bare],
    2 * RUNS,
  );
}

/** Like the output of grub-mkconfig: each kernel, and each again in recovery mode. */
function largeMenu(): string {
  const entry = (n: number, kind: string): string =>
    MENU_ENTRY.replaceAll('VERSION', `6.1.${n}-gentoo`).replaceAll('KIND', kind);
  const numbers = Array.from({ length: ENTRIES_OF_MENU }, (_, index) => 100 + index);
  const all = numbers.flatMap((n) => [entry(n, 'advanced'), entry(n, 'recovery')]);
  return `set default="0"\n${entry(192, 'simple')}submenu 'Advanced options' --id 'advanced' {\n${all.join('')}}\n`;
}

const MENU_ENTRY = `menuentry 'Gentoo GNU/Linux, with Linux VERSION' --class gentoo --class os --id 'gnulinux-VERSION-KIND' {
  if [ x$grub_platform = xefi ]; then
    set gfxpayload=keep
  fi
  insmod gzio
  insmod part_gpt
  insmod ext2
  set root='hd0,gpt1'
  if [ x$feature_platform_search_hint = xy ]; then
    search --no-floppy --fs-uuid --set=root --hint-bios=hd0,gpt1 0a3407de-014b-458b-b5c1-848e92a327a3
  else
    search --no-floppy --fs-uuid --set=root 0a3407de-014b-458b-b5c1-848e92a327a3
  fi
  echo 'Loading Linux VERSION ...'
  linux /vmlinuz-VERSION root=UUID=0a3407de-014b-458b-b5c1-848e92a327a3 ro quiet
  echo 'Loading initial ramdisk ...'
  initrd /initramfs-VERSION.img
}
`;

/** The time of the same commands if a daemon has published the verdict and nothing has changed since. */
async function withDaemon(
  directory: string,
  root: string,
  program: string,
  alone: readonly string[],
): Promise<BenchRow[]> {
  const places = { STATE_DIRECTORY: join(directory, 'state'), RUNTIME_DIRECTORY: join(directory, 'runtime') };
  const { STATE_DIRECTORY: state, RUNTIME_DIRECTORY: runtime } = places;
  const daemon = startDaemon(root, { program, state, runtime });
  Object.assign(process.env, places);
  try {
    await daemon.publishes('its verdict is proved valid', ({ rests }) => rests !== null, 60_000);
    return ['status', 'check', 'plan', 'kernels', 'status --line'].map((words) => ({
      what: `${words} with the daemon, 2,000 packages: processor time over node -e 0`,
      value: processorTimeOver([process.execPath, program, ...words.split(' '), '--root', root], alone, RUNS),
      unit: 'ms',
      limit: 25,
    }));
  } finally {
    for (const name of Object.keys(places)) delete process.env[name];
    daemon.signal('SIGKILL');
    await daemon.ended;
  }
}

/** Other programs that report on kernels and modules, if they are installed, for comparison. */
const OTHERS: readonly (readonly [string, ...string[]])[] = [
  ['needrestart', '-k', '-b'],
  ['dkms', 'status'],
];

function beside(alone: readonly string[]): BenchRow[] {
  return OTHERS.filter(([program]) => spawnSync(program, ['--version']).error === undefined).map((words) => ({
    what: `${words.join(' ')}: time over node -e 0`,
    value: costOver(words, alone, RUNS).time,
    unit: 'ms',
  }));
}
