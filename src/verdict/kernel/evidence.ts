import type { KernelAbi } from '../../model/abi.ts';
import { UNKNOWN_KERNEL } from '../../model/unknown-kernel.ts';

/** Where the description of a kernel comes from. A source that is absent, or lacks a field, says nothing about it. */
export type Evidence = { readonly [Name in Source]?: Partial<KernelAbi> };

export type Source =
  /** What the command line of the boot in question switches on. */
  | 'commandLine'
  /** What was set in the kernel that runs: by its command line, by /proc/sys, by the firmware. */
  | 'state'
  /** The build directory of this very kernel. */
  | 'build'
  /** Its image in /boot, unpacked. */
  | 'image'
  /** What the running kernel shows of how it was compiled: /proc/config.gz, /proc/kallsyms. */
  | 'running'
  /** What is at hand for its release: the image, System.map, the configuration in /boot, one of its own modules. */
  | 'release';

const COMPILED: readonly Source[] = ['build', 'running', 'release'];
/** The image shows CRCs and namespaces, which the running kernel does not. */
const EXPORTED: readonly Source[] = ['build', 'image', 'running', 'release'];
const ENFORCED: readonly Source[] = ['commandLine', 'state', ...COMPILED];

/** For each field the sources that tell it, the best first. A new field of KernelAbi does not compile without a line here. */
const SOURCES: { readonly [Field in keyof KernelAbi]: readonly Source[] } = {
  source: EXPORTED,
  vermagic: COMPILED,
  modversions: COMPILED,
  signatures: COMPILED,
  signatureEnforced: ENFORCED,
  enforcedBy: ENFORCED,
  trustedKeys: COMPILED,
  modules: ['state', ...COMPILED],
  switchedOff: ['state'],
  modular: COMPILED,
  trims: COMPILED,
  namespacesOptional: COMPILED,
  versionGaps: COMPILED,
  blacklist: ['commandLine', 'state'],
  forceLoad: COMPILED,
  livepatch: COMPILED,
  structSize: COMPILED,
  btfSince: COMPILED,
  elf: COMPILED,
  unpacks: COMPILED,
  exports: EXPORTED,
};

/** Fields without a reason for "not known": their value comes from the source of the other field. */
const VALUE_FROM_SOURCE_OF: { readonly [Field in keyof KernelAbi]?: keyof KernelAbi } = {
  source: 'exports',
  enforcedBy: 'signatureEnforced',
};

/** Each field from the first source that knows it. Where none does, the reason is that of the first source. */
export function abiOf(evidence: Evidence): KernelAbi {
  const abi: { -readonly [Field in keyof KernelAbi]: KernelAbi[Field] } = { ...UNKNOWN_KERNEL.abi };
  const fill = <Field extends keyof KernelAbi>(field: Field): void => {
    const leading = VALUE_FROM_SOURCE_OF[field] ?? field;
    const telling = SOURCES[field].filter((source) => evidence[source]?.[leading] !== undefined);
    const best = telling.find((source) => isKnown(evidence[source]?.[leading])) ?? telling[0];
    const value = best === undefined ? undefined : evidence[best]?.[field];
    if (value !== undefined) abi[field] = value;
  };
  for (const field of Object.keys(SOURCES)) if (isField(field)) fill(field);
  return abi;
}

function isField(name: string): name is keyof KernelAbi {
  return Object.hasOwn(SOURCES, name);
}

function isKnown(value: KernelAbi[keyof KernelAbi] | undefined): boolean {
  return typeof value !== 'object' || value === null || !('known' in value) || value.known;
}
