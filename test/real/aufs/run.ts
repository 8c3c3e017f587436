/**
 * `npm run test:aufs -- CLONE [WORKSHOP]`: compiles small kernels for x86-64 from linux-source-6.1 with AUFS of a clone
 * of aufs-standalone (branch aufs6.1) as a module, unless they exist, and rehearses them. This repository has no file
 * of AUFS.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SOURCE_ARCHIVE } from '../../support/debian.ts';
import { AUFS_KERNELS, type AufsKernel, aufsKernelDirectory, WORKSHOP } from './cache.ts';

const BRANCH = 'aufs6.1';

/** In addition to tinyconfig: the options that a guest, its report and AUFS need. */
const CONFIG = `CONFIG_64BIT=y
CONFIG_PRINTK=y
CONFIG_BLK_DEV_INITRD=y
# CONFIG_RD_GZIP is not set
# CONFIG_RD_BZIP2 is not set
# CONFIG_RD_LZMA is not set
# CONFIG_RD_XZ is not set
# CONFIG_RD_LZO is not set
# CONFIG_RD_LZ4 is not set
# CONFIG_RD_ZSTD is not set
CONFIG_TTY=y
CONFIG_SERIAL_8250=y
CONFIG_SERIAL_8250_CONSOLE=y
CONFIG_PROC_FS=y
CONFIG_SYSFS=y
CONFIG_SHMEM=y
CONFIG_TMPFS=y
CONFIG_TMPFS_XATTR=y
CONFIG_MODULES=y
CONFIG_MODULE_UNLOAD=y
CONFIG_MODVERSIONS=y
CONFIG_BINFMT_ELF=y
CONFIG_MULTIUSER=y
CONFIG_FILE_LOCKING=y
CONFIG_X86_IOPL_IOPERM=y
CONFIG_KALLSYMS=y
CONFIG_BUG=y
CONFIG_FUTEX=y
CONFIG_MISC_FILESYSTEMS=y
CONFIG_AUFS_FS=m
# CONFIG_LOCALVERSION_AUTO is not set
`;

/** The files of a build directory that the program reads. */
const KEPT = [
  '.config',
  '.version',
  'System.map',
  'Module.symvers',
  'vmlinux',
  'arch/x86/boot/bzImage',
  'include/config/kernel.release',
  'include/config/auto.conf',
  'include/generated/utsrelease.h',
  'include/generated/utsversion.h',
  'include/generated/compile.h',
];
const SOURCE_KEPT = ['Makefile', 'Kbuild', 'Kconfig', 'kernel/module/version.c'];

const [clone, workshop = WORKSHOP] = process.argv.slice(2).map((path) => resolve(path));
const missing = AUFS_KERNELS.filter((kernel) => !existsSync(aufsKernelDirectory(kernel)));
if (missing.length > 0) {
  if (clone === undefined) throw new Error('name a clone of github.com/sfjro/aufs-standalone');
  const aufs = join(workshop, 'aufs');
  const tree = join(workshop, 'linux');
  const output = join(workshop, 'out');
  unpackAufs(clone, aufs);
  unpackLinux(tree);
  for (const kernel of missing) {
    setPatches(tree, aufs, kernel.patches);
    build(kernel, tree, output);
  }
}

const tests = [join(import.meta.dirname, '../../run.js'), 'test/real/aufs', '--no-skips'];
process.exitCode = spawnSync(process.execPath, tests, { stdio: 'inherit' }).status ?? 1;

function unpackAufs(from: string, directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const archive = join(workshop, 'aufs.tar');
  execFileSync('git', ['-C', from, 'archive', '-o', archive, BRANCH]);
  execFileSync('tar', ['-xf', archive, '-C', directory]);
}

function unpackLinux(tree: string): void {
  if (existsSync(tree)) return;
  mkdirSync(`${tree}.new`, { recursive: true });
  const words = ['-xf', SOURCE_ARCHIVE, '-C', `${tree}.new`, '--strip-components=1'];
  execFileSync('tar', words, { timeout: 600_000 });
  renameSync(`${tree}.new`, tree);
}

/** Applies the wanted patches and reverses the others. One line of each shows whether it is applied. */
function setPatches(tree: string, aufs: string, wanted: readonly string[]): void {
  const traces = {
    kbuild: ['fs/Makefile', 'CONFIG_AUFS_FS'],
    base: ['include/linux/fs.h', 'setfl'],
    mmap: ['mm/Makefile', 'prfile.o'],
    standalone: ['fs/namespace.c', 'EXPORT_SYMBOL_GPL(is_current_mnt_ns)'],
  };
  for (const [name, [file = '', text = '']] of Object.entries(traces)) {
    const isThere = readFileSync(join(tree, file), 'utf8').includes(text);
    if (isThere === wanted.includes(name)) continue;
    const words = ['-p1', '--force', '--silent', '-i', join(aufs, `aufs6-${name}.patch`)];
    if (isThere) execFileSync('patch', ['-R', ...words], { cwd: tree, stdio: 'pipe' });
    else if (name === 'mmap') applyMmap(tree, words);
    else execFileSync('patch', words, { cwd: tree, stdio: 'pipe' });
  }
  cpSync(join(aufs, 'fs'), join(tree, 'fs'), { recursive: true, preserveTimestamps: true });
  const type = 'include/uapi/linux/aufs_type.h';
  cpSync(join(aufs, type), join(tree, type), { preserveTimestamps: true });
}

/**
 * The set is of 2024, and three of its hunks no longer fit mm/mmap.c of 6.1.192: one is applied by hand, and two are
 * about remap_file_pages(2), which nothing calls here.
 */
function applyMmap(tree: string, words: readonly string[]): void {
  try {
    execFileSync('patch', words, { cwd: tree, stdio: 'pipe' });
  } catch {
    const file = join(tree, 'mm/mmap.c');
    const text = readFileSync(file, 'utf8');
    const old = 'unmap_and_free_file_vma:\n\tfput(vma->vm_file);';
    if (!text.includes(old)) throw new Error('mm/mmap.c is not what was expected');
    writeFileSync(file, text.replace(old, 'unmap_and_free_file_vma:\n\tvma_fput(vma);'));
    rmSync(`${file}.rej`);
  }
}

function build(kernel: AufsKernel, tree: string, output: string): void {
  mkdirSync(output, { recursive: true });
  const config = `${CONFIG}CONFIG_LOCALVERSION="${kernel.suffix}"\n`;
  writeFileSync(join(tree, 'kernel/configs/aufswatch.config'), config);
  make(tree, output, 'tinyconfig', 'aufswatch.config');
  make(tree, output, 'bzImage', 'modules');
  const directory = aufsKernelDirectory(kernel);
  const partial = `${directory}.partial`;
  rmSync(partial, { recursive: true, force: true });
  copyAll(output, join(partial, 'build'), KEPT);
  copyAll(tree, join(partial, 'source'), SOURCE_KEPT);
  cpSync(join(output, 'fs/aufs/aufs.ko'), join(partial, 'aufs.ko'));
  symlinkSync('build/include/config/kernel.release', join(partial, 'release'));
  renameSync(partial, directory);
}

function make(tree: string, output: string, ...targets: readonly string[]): void {
  // Without `standalone` modpost would already fail with the error that the kernel is to report.
  const words = ['-s', '-C', tree, `O=${output}`, 'CC=ccache gcc', '-j2', 'KBUILD_MODPOST_WARN=1'];
  execFileSync('make', [...words, ...targets], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 3_600_000,
  });
}

function copyAll(from: string, to: string, paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(from, path), join(to, path), { preserveTimestamps: true });
  }
}
