/**
 * The compressions of kernels, initramfs, modules and patches. Everything else derives from this table: readers, file
 * endings, options of the kernel, the form of a snapshot.
 */
const TABLE = {
  gzip: {
    magics: ['1f8b08'],
    ending: '.gz',
    tool: ['gzip', '--decompress', '--stdout', '--quiet'],
    foundIn: ['kernel', 'initramfs', 'module', 'initramfs module', 'patch'],
  },
  // `make modules_install` has no bzip2, and kmod neither lists nor unpacks it (libkmod-file.c). modprobe of busybox does,
  // which some initramfs have.
  bzip2: {
    magics: ['425a68'],
    ending: '.bz2',
    tool: ['bzip2', '--decompress', '--stdout', '--quiet'],
    foundIn: ['kernel', 'initramfs', 'initramfs module', 'patch'],
  },
  xz: {
    magics: ['fd377a585a00'],
    ending: '.xz',
    tool: ['xz', '--decompress', '--stdout', '--quiet', '--format=xz'],
    foundIn: ['kernel', 'initramfs', 'module', 'initramfs module', 'patch'],
  },
  lzma: {
    magics: ['5d0000'],
    ending: null,
    tool: ['xz', '--decompress', '--stdout', '--quiet', '--format=lzma'],
    foundIn: ['kernel', 'initramfs'],
  },
  zstd: {
    magics: ['28b52ffd'],
    ending: '.zst',
    tool: ['zstd', '--decompress', '--stdout', '--quiet'],
    // kbuild compresses with a window of 128 MiB and more; without this word the tool refuses it, and kmod does for a module.
    toolForBoot: ['--long=31'],
    foundIn: ['kernel', 'initramfs', 'module', 'initramfs module', 'patch'],
  },
  // The kernel reads the legacy form only (the first magic); the tool reads both.
  lz4: {
    magics: ['02214c18', '04224d18'],
    ending: null,
    tool: ['lz4', '--decompress', '--stdout', '--quiet'],
    foundIn: ['kernel', 'initramfs'],
  },
  lzo: {
    magics: ['894c5a'],
    ending: null,
    tool: ['lzop', '--decompress', '--stdout', '--quiet'],
    foundIn: ['kernel', 'initramfs'],
  },
} as const satisfies Readonly<Record<string, Row>>;

/** Named as kbuild names them: `KERNEL_LZO`, `MODULE_COMPRESS_ZSTD`. */
export type Compression = keyof typeof TABLE;

interface Row {
  /** The first bytes of compressed data, hex. */
  readonly magics: readonly string[];
  /** Ending of the name of a compressed file; null: only the first bytes tell. */
  readonly ending: string | null;
  /** Program and words that decompress standard input to standard output. Node itself decompresses gzip in memory. */
  readonly tool: readonly [string, ...string[]];
  /** More words for kernels and initramfs. */
  readonly toolForBoot?: readonly string[];
  readonly foundIn: readonly Place[];
}

/** `module`: a module in /lib/modules, which kmod loads; `initramfs module`: one in an initramfs. */
type Place = 'kernel' | 'initramfs' | 'module' | 'initramfs module' | 'patch';

type FoundIn<P extends Place> = {
  [C in Compression]: P extends (typeof TABLE)[C]['foundIn'][number] ? C : never;
}[Compression];

const ROWS: Readonly<Record<Compression, Row>> = TABLE;
export const COMPRESSIONS: readonly Compression[] = Object.keys(TABLE).filter(
  (name): name is Compression => name in TABLE,
);

function compressionsIn<P extends Place>(place: P): FoundIn<P>[] {
  return COMPRESSIONS.filter((name): name is FoundIn<P> => ROWS[name].foundIn.includes(place));
}

/** Those of modules that `make modules_install` writes, kmod loads, and the kernel itself may decompress. */
export type ModuleCompression = FoundIn<'module'>;
export const MODULE_COMPRESSIONS: readonly ModuleCompression[] = compressionsIn('module');

/** The option of the kernel's configuration with which `make modules_install` writes it. */
export function compressOption(name: ModuleCompression): string {
  return `MODULE_COMPRESS_${name.toUpperCase()}`;
}

/** Those of all modules that are read, in an initramfs as well. */
export type AnyModuleCompression = FoundIn<'initramfs module'>;
export const ANY_MODULE_COMPRESSIONS: readonly AnyModuleCompression[] = compressionsIn('initramfs module');

/** The endings of modules below /lib/modules behind `.ko`, first the empty one. */
export const MODULE_ENDINGS: readonly string[] = ['', ...endingsIn('module')];

/** As source of a regular expression: one of the endings there, or none. `(?:\.gz|\.xz)?` */
export function endingPattern(place: Place): string {
  return `(?:${endingsIn(place)
    .map((ending) => `\\${ending}`)
    .join('|')})?`;
}

function endingsIn(place: Place): string[] {
  return compressionsIn(place).flatMap((name: Compression) => ROWS[name].ending ?? []);
}

/** By the ending of the path of a module, a patch or a log; null: none of these. */
export function compressionOfPath(path: string): AnyModuleCompression | null {
  return ANY_MODULE_COMPRESSIONS.find((name) => path.endsWith(TABLE[name].ending)) ?? null;
}

/** By the first bytes, of which 8 suffice; null: none that is found in such a place. */
export function compressionOfBytes<P extends Place>(head: Buffer, place: P): FoundIn<P> | null {
  const hex = head.toString('hex', 0, 8);
  return (
    compressionsIn(place).find((name) => ROWS[name].magics.some((magic) => hex.startsWith(magic))) ?? null
  );
}

/** By the name that kbuild has for the program and its level: `xzkern`, `zstd22` (scripts/Makefile.lib); null: none of these. */
export function compressionOfKbuild(name: string): Compression | null {
  const plain = name.replace(/(?:22|kern)$/, '');
  return COMPRESSIONS.find((candidate) => candidate === plain) ?? null;
}

/** The program that decompresses, and its words. `forBoot`: a kernel or an initramfs. */
export function decompressorOf(
  name: Compression,
  { forBoot = false }: { readonly forBoot?: boolean } = {},
): readonly [program: string, ...words: string[]] {
  const { tool, toolForBoot = [] } = ROWS[name];
  return forBoot ? [...tool, ...toolForBoot] : tool;
}
