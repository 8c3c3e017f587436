/** Builds what the cache does not have of the bench's kernels and modules. Called by `npm run test:kernel`. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { BENCH, cacheDirectory, kernelDirectory, WORKSHOP } from './cache.ts';
import { make } from './make.ts';
import { setPatches, unpackSources } from './source-tree.ts';
import { KERNELS, type KernelVariant, modulesOf } from './variants.ts';

/** What stays of a build directory: what the program reads there, the kernel itself, and the modules. */
const KEPT = [
  '.config',
  '.version',
  'System.map',
  'Module.symvers',
  'vmlinux',
  'linux',
  'modules.builtin',
  'modules.order',
  'include/config/kernel.release',
  'include/config/auto.conf',
  'include/generated/utsrelease.h',
  'include/generated/utsversion.h',
  'include/generated/compile.h',
  'scripts/mod/empty.o',
  'certs/signing_key.pem',
  'certs/signing_key.x509',
  'certs/x509_certificate_list',
  'scripts/sign-file',
];
/**
 * By the first three a kernel tree is known as one, by version.c whether a missing symbol version passes. registers.c
 * is what xstate.test.ts asks.
 */
const SOURCE_KEPT = [
  'Makefile',
  'Kbuild',
  'Kconfig',
  'kernel/module/version.c',
  'arch/x86/um/os-Linux/registers.c',
];

const missing = KERNELS.filter(({ name }) => !existsSync(kernelDirectory(name)));
if (missing.length > 0) {
  const start = Date.now();
  mkdirSync(cacheDirectory(), { recursive: true });
  compileHalt();
  const tree = unpackSources();
  const output = join(WORKSHOP, 'output');
  rmSync(output, { recursive: true, force: true });
  for (const kernel of missing) {
    const began = Date.now();
    build(kernel, tree, output);
    process.stdout.write(`built ${kernel.name} in ${Math.round((Date.now() - began) / 1000)} s\n`);
  }
  rmSync(WORKSHOP, { recursive: true });
  process.stdout.write(`built ${missing.length} kernels in ${Math.round((Date.now() - start) / 1000)} s\n`);
}

function build(kernel: KernelVariant, tree: string, output: string): void {
  setPatches(tree, kernel);
  make(tree, output, ['aw_defconfig']);
  configure(output, kernel.config);
  make(tree, output, ['olddefconfig']);
  make(tree, output, ['linux', 'modules']);
  const modules = join(output, 'out-of-tree');
  rmSync(modules, { recursive: true, force: true });
  cpSync(join(BENCH, 'modules'), modules, { recursive: true });
  const wanted = modulesOf(kernel);
  const words = [
    ...(wanted.includes('aufs') ? ['WITH_AUFS=m'] : []),
    ...(wanted.includes('double') ? ['WITH_DOUBLE=m'] : []),
  ];
  make(tree, output, [`M=${modules}`, ...words, 'modules']);
  save(kernel, tree, output, modules);
}

/** Later lines win (scripts/kconfig). */
function configure(output: string, config: KernelVariant['config']): void {
  const lines = Object.entries(config).map(([name, value]) =>
    value === 'n' ? `# CONFIG_${name} is not set` : `CONFIG_${name}=${value}`,
  );
  writeFileSync(join(output, '.config'), `${lines.join('\n')}\n`, { flag: 'a' });
}

function save(kernel: KernelVariant, tree: string, output: string, modules: string): void {
  const directory = kernelDirectory(kernel.name);
  const partial = `${directory}.partial`;
  rmSync(partial, { recursive: true, force: true });
  for (const path of KEPT) {
    const target = join(partial, 'build', path);
    mkdirSync(dirname(target), { recursive: true });
    if (existsSync(join(output, path))) cpSync(join(output, path), target, { preserveTimestamps: true });
  }
  for (const path of SOURCE_KEPT) {
    const target = join(partial, 'source', path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(tree, path), target);
  }
  mkdirSync(join(partial, 'modules'), { recursive: true });
  for (const name of modulesOf(kernel))
    copyFileSync(join(modules, `${name}.ko`), join(partial, 'modules', `${name}.ko`));
  const release = readFileSync(join(output, 'include/config/kernel.release'), 'utf8').trim();
  writeFileSync(join(partial, 'release'), release);
  renameSync(partial, directory);
}

function compileHalt(): void {
  const halt = join(cacheDirectory(), 'halt');
  execFileSync('gcc', ['-O2', '-o', halt, join(BENCH, 'guest/halt.c')], { timeout: 60_000 });
}
