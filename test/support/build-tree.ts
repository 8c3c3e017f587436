import type { BuildFacts } from '../../src/model/build.ts';
import { type Fact, type Unknown, unknown } from '../../src/model/fact.ts';
import { type BuildInput, readBuild } from '../../src/system/build/read-build.ts';
import { readKernelConfig } from '../../src/system/config.ts';
import { openRoot } from '../../src/system/root.ts';
import { RELEASE, smallImage, UTS_VERSION } from './images.ts';
import { layOut, temporaryDirectory } from './temporary.ts';
import { at, layOutTimed, type TimedFile, type TimedFiles } from './timed-files.ts';

/** A kernel tree in the states of a build, for the tests of the build reader. */
export const TREE = '/usr/src/linux-6.1.192-gentoo';
export const TOUCHED = ['fs/splice.c', 'fs/exec.c', 'mm/nommu.c', 'include/linux/fs.h', 'fs/Makefile'];
export const COMPILER = 'gcc (Gentoo 13.2.1) 13.2.1, GNU ld (Gentoo 2.41) 2.41';
/** The sources, patched before the build. Seconds give the order. */
export const SOURCES: TimedFiles = {
  'fs/splice.c': ['', 1],
  'fs/exec.c': ['', 1],
  'mm/nommu.c': ['', 1],
  'mm/Makefile': ['mmu-y := nommu.o\n', 1],
  'include/linux/fs.h': ['', 1],
  'fs/Makefile': ['', 1],
  '.config': ['CONFIG_SMP=y\nCONFIG_LOCALVERSION="-gentoo"\n', 2],
};
/** The files that make writes before it links. */
export const OBJECTS: TimedFiles = {
  'include/config/auto.conf': [
    'CONFIG_LOCALVERSION=-gentoo\nCONFIG_SMP=y\nCONFIG_CC_VERSION_TEXT=gcc 13\n',
    3,
  ],
  'include/config/kernel.release': [`${RELEASE}\n`, 3],
  'include/generated/compile.h': [compileHeader('x86_64'), 4],
  'init/main.o': ['', 5],
  'fs/splice.o': ['', 6],
  'fs/exec.o': ['', 6],
  'fs/built-in.a': ['', 7],
  'vmlinux.o': ['', 8],
};
/** The files of the link step and the image step. */
export const KERNEL: TimedFiles = {
  '.version': ['3\n', 9],
  'include/generated/utsversion.h': [`#define UTS_VERSION "${UTS_VERSION}"\n`, 9],
  vmlinux: ['', 10],
  'arch/x86/boot/bzImage': [smallImage(), 11],
};
export const BUILT = { ...SOURCES, ...OBJECTS, ...KERNEL };

/** The processes if the root is not that of the running system. */
export function unseen(): Unknown {
  return unknown('not-running-here', 'no processes to be seen');
}

const NOT_READ = unknown('no-data', 'not read in this test');
export const ABI: ReturnType<BuildInput['readAbi']> = {
  abi: {
    source: 'nowhere',
    vermagic: NOT_READ,
    modversions: NOT_READ,
    signatures: NOT_READ,
    signatureEnforced: NOT_READ,
    enforcedBy: null,
    trustedKeys: NOT_READ,
    modules: NOT_READ,
    namespacesOptional: NOT_READ,
    versionGaps: NOT_READ,
    switchedOff: false,
    modular: NOT_READ,
    trims: NOT_READ,
    blacklist: [],
    forceLoad: NOT_READ,
    livepatch: NOT_READ,
    structSize: NOT_READ,
    btfSince: NOT_READ,
    elf: NOT_READ,
    unpacks: NOT_READ,
    exports: NOT_READ,
  },
  carries: { kbuild: NOT_READ, base: NOT_READ, mmap: NOT_READ, standalone: NOT_READ },
};

export function input(changes: Partial<BuildInput>): BuildInput {
  return {
    tree: TREE,
    directory: TREE,
    kind: 'sources',
    touched: TOUCHED,
    config: unknown('missing', 'no .config'),
    hashImages: false,
    activity: { now: at(1_000_000), makes: unseen },
    configOf: () => unknown('no-data', 'not known for another root'),
    readAbi: () => ABI,
    ...changes,
  };
}

export function read(files: TimedFiles, changes: Partial<BuildInput> = {}): BuildFacts {
  return readIn(layOutTree(temporaryDirectory(), files), changes);
}

export function readIn(dir: string, changes: Partial<BuildInput>): BuildFacts {
  const root = openRoot(dir);
  return readBuild(root, input({ config: readKernelConfig(root, `${TREE}/.config`), ...changes }));
}

export function layOutTree(dir: string, files: TimedFiles): string {
  layOut(dir, { [`${TREE}/Kbuild`]: '' });
  layOutTimed(
    dir,
    Object.fromEntries(Object.entries(files).map(([name, file]) => [`${TREE}/${name}`, file])),
  );
  return dir;
}

export function without(files: TimedFiles, ...names: readonly string[]): Record<string, TimedFile> {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));
}

/** The files of `make modules_prepare`. */
export function prepared(): Record<string, TimedFile> {
  return without(OBJECTS, 'init/main.o', 'fs/splice.o', 'fs/exec.o', 'fs/built-in.a', 'vmlinux.o');
}

export function compileHeader(machine: string): string {
  return `#define UTS_MACHINE\t\t"${machine}"\n#define LINUX_COMPILE_BY\t"root"\n#define LINUX_COMPILER\t\t"${COMPILER}"\n`;
}

export function codeOf(fact: Fact<unknown>): string {
  return fact.known ? 'known' : fact.code;
}
