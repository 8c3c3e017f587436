import { gzipSync } from 'node:zlib';
import type { Disk } from './disk.ts';
import { hexOf } from './hash.ts';
import { type Build, bannerOf, buildIdOf, configText, releaseOf, utsVersion } from './kernel.ts';
import { type KernelModule, moduleBuildId, moduleSrcversion } from './module.ts';
import { type MountedFilesystem, mountinfoText, mountsText } from './mounts.ts';
import { buildIdNote, kernelNotes } from './notes.ts';
import { kallsyms } from './vmlinux.ts';

/** The running kernel, as plain data. */
export interface RunningKernel {
  readonly kernel: Build;
  readonly bootedAt: number;
  readonly commandLine: string;
  readonly loaded: readonly LoadedModuleState[];
  readonly mounts: readonly MountedFilesystem[];
  /** Command lines of processes, by process ID. */
  readonly processes: Readonly<Record<number, readonly string[]>>;
}

export interface LoadedModuleState {
  readonly module: KernelModule;
  readonly uses: number;
}

/** Names that modules register in /proc/filesystems, where they differ from the module's. */
const FILESYSTEM_OF: Readonly<Record<string, string>> = {
  aufs: 'nodev\taufs',
  btrfs: '\tbtrfs',
  fuse: 'nodev\tfuse',
  overlay: 'nodev\toverlay',
  zfs: 'nodev\tzfs',
};
const BUILT_IN = [
  'nodev\tsysfs',
  'nodev\ttmpfs',
  'nodev\tproc',
  'nodev\tcgroup2',
  'nodev\tdevtmpfs',
  'nodev\tpipefs',
];

/** Writes proc/ and sys/ as plain files. */
export function writeRunning(disk: Disk, running: RunningKernel): void {
  const { kernel } = running;
  const at = running.bootedAt;
  const put = (path: string, content: string | Uint8Array): void => disk.file(path, content, at);
  put('/proc/sys/kernel/ostype', 'Linux\n');
  put('/proc/sys/kernel/osrelease', `${releaseOf(kernel)}\n`);
  put('/proc/sys/kernel/version', `${utsVersion(kernel)}\n`);
  put('/proc/sys/kernel/arch', 'x86_64\n');
  put('/proc/sys/kernel/hostname', 'gentoo\n');
  put('/proc/sys/kernel/random/boot_id', `${bootId(at)}\n`);
  put('/proc/version', bannerOf(kernel));
  put('/proc/cmdline', `${running.commandLine}\n`);
  put('/proc/stat', `cpu  1 0 1 1 0 0 0 0 0 0\nctxt 1\nbtime ${Math.floor(at / 1000)}\nprocesses 1\n`);
  put('/proc/filesystems', filesystems(running));
  put('/proc/modules', running.loaded.map(modulesLine).join(''));
  put('/proc/kallsyms', `${kallsyms(kernel)}${running.loaded.flatMap(moduleSymbols).join('')}`);
  put('/proc/self/mountinfo', mountinfoText(running.mounts));
  put('/proc/self/mounts', mountsText(running.mounts));
  disk.link('/proc/mounts', 'self/mounts', at);
  if (kernel.config.IKCONFIG_PROC === 'y')
    put('/proc/config.gz', gzipSync(configText(kernel, kernel.config)));
  for (const [pid, words] of Object.entries(running.processes)) {
    put(`/proc/${pid}/cmdline`, words.map((word) => `${word}\0`).join(''));
    put(`/proc/${pid}/comm`, `${(words[0] ?? '').split('/').at(-1)}\n`);
  }
  put('/sys/kernel/notes', kernelNotes(buildIdOf(kernel)));
  put('/sys/kernel/security/lockdown', '[none] integrity confidentiality\n');
  put('/sys/module/module/parameters/sig_enforce', kernel.config.MODULE_SIG_FORCE === 'y' ? 'Y\n' : 'N\n');
  for (const loaded of running.loaded) writeLoaded(disk, loaded, at);
}

/** A boot ID computed from the time of the boot. */
export function bootId(bootedAt: number): string {
  const hex = hexOf(['boot', bootedAt]);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function writeLoaded(disk: Disk, loaded: LoadedModuleState, at: number): void {
  const { module } = loaded;
  const directory = `/sys/module/${kernelName(module)}`;
  const values: [string, string | null][] = [
    ['coresize', '368640'],
    ['initsize', '0'],
    ['initstate', 'live'],
    ['refcnt', String(loaded.uses)],
    ['srcversion', moduleSrcversion(module)],
    ['taint', taint(loaded)],
    ['version', module.version],
  ];
  for (const [name, value] of values) if (value !== null) disk.file(`${directory}/${name}`, `${value}\n`, at);
  disk.file(`${directory}/notes/.note.gnu.build-id`, buildIdNote(moduleBuildId(module)), at);
}

function filesystems(running: RunningKernel): string {
  const compiledIn = [
    running.kernel.config.EXT4_FS === 'y' ? '\text4' : '',
    running.kernel.config.BTRFS_FS === 'y' ? '\tbtrfs' : '',
    running.kernel.config.OVERLAY_FS === 'y' ? 'nodev\toverlay' : '',
    running.kernel.config.AUFS_FS === 'y' ? 'nodev\taufs' : '',
  ];
  const loaded = running.loaded.map(({ module }) => FILESYSTEM_OF[module.name] ?? '');
  return [...BUILT_IN, ...compiledIn, ...loaded]
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('');
}

function modulesLine(loaded: LoadedModuleState, _at: number, all: readonly LoadedModuleState[]): string {
  const name = kernelName(loaded.module);
  const users = all
    .filter(({ module }) => module.depends.includes(loaded.module.name))
    .map(({ module }) => kernelName(module));
  const mark = taint(loaded);
  const by = users.length === 0 ? '-' : `${users.join(',')},`;
  return `${name} 368640 ${loaded.uses} ${by} Live 0x0000000000000000${mark === '' ? '' : ` (${mark})`}\n`;
}

function moduleSymbols(loaded: LoadedModuleState): string[] {
  const name = kernelName(loaded.module);
  return loaded.module.exports.map((symbol) => `0000000000000000 T ${symbol.name}\t[${name}]\n`);
}

/** `P` proprietary, `O` out of tree, `E` unsigned, as in /proc/modules. */
function taint({ module }: LoadedModuleState): string {
  if (module.inTree) return '';
  const free = module.license.startsWith('GPL') || module.license.startsWith('Dual');
  return `${free ? '' : 'P'}O${module.signed ? '' : 'E'}`;
}

function kernelName(module: KernelModule): string {
  return module.name.replaceAll('-', '_');
}
