import * as z from 'zod';
import { INITRAMFS_TOOLS, LOADER_CHOICES, LOADER_KINDS } from '../model/boot.ts';
import { ANY_MODULE_COMPRESSIONS, MODULE_COMPRESSIONS } from '../model/compression.ts';
import { HASH_NAMES } from '../model/module.ts';
import { PARTS } from '../model/part.ts';
import { PATCH_COMPONENTS } from '../model/patch-component.ts';
import { VDB_FORMS } from '../model/portage.ts';
import { SNAPSHOT_SCHEMA, type Snapshot } from '../model/snapshot.ts';
import { containersForm, dockerForm, NO_CONTAINERS } from './docker-form.ts';
import { byName, fact, factOrBare, flag, list, NOT_READ, number, text, texts } from './form-parts.ts';

/** The form of a saved Snapshot: a file from another machine is data from outside like any other. */

const preferences = z.object({
  wanted: z.enum(['auto', 'yes', 'no']),
  kernelDirectory: text,
  patchDirectories: texts,
  nextBootImage: text.nullable(),
  optionalModules: texts,
  ignoredModules: texts,
});

const installedPackage = z.object({
  cpv: text,
  category: text,
  name: text,
  version: text,
  kinds: list(
    z.enum(['aufs', 'aufs-util', 'kernel-sources', 'dist-kernel', 'module', 'without-modules', 'docker']),
  ),
  asksForSymvers: flag.default(false),
  slot: fact(text),
  repository: fact(text),
  use: fact(texts),
  iuse: fact(texts).default(NOT_READ),
  ebuild: text.nullable().default(null),
  buildTime: fact(number),
  counter: fact(number),
  mergedAt: number,
  modules: list(z.object({ path: text, md5: text, mtime: number })),
  trees: texts,
  patches: texts,
});

const portage = z.object({
  form: fact(z.enum(VDB_FORMS)),
  installed: number,
  packages: list(installedPackage),
  userPatches: list(z.object({ path: text, target: text, mtime: number, appliesTo: texts })),
  binaryPackages: fact(flag).default(NOT_READ),
});

const config = z.object({
  path: text,
  mtime: number,
  hash: text,
  // Older snapshots do not say so; nearly every kernel has modules.
  modular: flag.default(true),
  options: byName(text),
});

const identity = z.object({ release: fact(text), utsVersion: fact(text), buildId: fact(text) });

const signer = z.union([
  z.object({
    name: text,
    key: z
      .union([
        z.object({ modulus: text, exponent: number }),
        z.object({ curve: z.enum(['p256', 'p384']), x: text, y: text }),
      ])
      .nullable(),
  }),
  // An older aufswatch did not read the keys.
  text.transform((name) => ({ name, key: null })),
]);

const abi = z.object({
  source: text,
  vermagic: fact(text),
  modversions: fact(flag),
  signatures: fact(flag),
  signatureEnforced: fact(flag),
  enforcedBy: z.enum(['signature', 'lockdown']).nullable().default(null),
  trustedKeys: fact(z.object({ signers: z.array(signer), open: flag })),
  modules: fact(flag),
  switchedOff: flag.default(false),
  modular: fact(flag).default(NOT_READ),
  trims: fact(flag).default(NOT_READ),
  namespacesOptional: fact(flag),
  versionGaps: fact(flag),
  blacklist: texts,
  forceLoad: fact(flag),
  livepatch: fact(flag),
  structSize: factOrBare(number).default(NOT_READ),
  btfSince: factOrBare(number.nullable()).default(NOT_READ),
  elf: fact(text),
  unpacks: fact(z.enum(MODULE_COMPRESSIONS).nullable()).default(NOT_READ),
  exports: fact(
    z.object({
      kind: z.enum(['symvers', 'system-map', 'kallsyms', 'vmlinux']),
      symbols: byName(
        z.object({
          crc: number.nullable(),
          gplOnly: flag.nullable(),
          namespace: text.nullable(),
          from: text,
        }),
      ),
    }),
  ),
});

const carries = z.object({
  kbuild: fact(flag),
  base: fact(flag),
  mmap: fact(flag),
  standalone: fact(flag),
});

const component = z.union([
  z.object({
    state: z.enum(['absent', 'partial', 'present']),
    how: z.enum(['proof', 'markers']),
    by: text.nullable(),
    missing: list(z.object({ file: text, part: text })),
    appliedAt: number.nullable(),
  }),
  z.object({ state: z.literal('unknown'), why: text }),
]);

const build = z.object({
  directory: text,
  state: fact(z.enum(['never', 'in-progress', 'interrupted', 'complete'])),
  identity,
  number: fact(number),
  builtAt: fact(number),
  compiler: fact(text),
  image: text.nullable(),
  imageHash: fact(text),
  builtConfig: fact(config),
  configChanged: fact(flag),
  preparedAsBuilt: fact(flag).default(NOT_READ),
  ownModules: fact(z.enum(['of-this-build', 'older', 'none', 'no-need'])).default(NOT_READ),
  stale: list(z.object({ source: text, object: text.nullable(), sourceMtime: number })),
  carries,
  abi,
});

const setAtHand = z.object({
  path: text,
  branch: text.nullable(),
  isForTree: flag.nullable(),
  components: list(z.enum(PATCH_COMPONENTS)),
  rejects: fact(list(z.object({ file: text, part: text }))),
});

const REJECT_STATES = ['open', 'in-the-file', 'empty', 'reverse-attempt', 'older', 'unreadable'] as const;
const reject = z.union([
  z.object({ path: text, state: z.enum(REJECT_STATES), hunks: number }),
  // An older aufswatch did not read them.
  text.transform((path) => ({ path, state: 'unreadable' as const, hunks: 0 })),
]);

const tree = z.object({
  path: text,
  kind: z.enum(['sources', 'distribution']),
  version: fact(z.object({ version: number, patchlevel: number, sublevel: number, extraversion: text })),
  release: fact(text),
  config: fact(config),
  owner: text.nullable(),
  aufsVersion: fact(text.nullable()),
  aufsSources: fact(z.object({ option: z.enum(['bool', 'tristate']).nullable() }).nullable()).default(
    NOT_READ,
  ),
  patch: z.object({
    components: z.object({
      kbuild: component,
      base: component,
      mmap: component,
      standalone: component,
    }),
    series: text.nullable(),
    rejects: list(reject),
    touched: texts,
    sets: list(setAtHand).default([]),
  }),
  builds: list(build),
});

const selected = z.union([
  z.object({ state: z.literal('tree'), link: text, path: text, linkMtime: number }),
  z.object({ state: z.literal('dangling'), link: text, target: text }),
  z.object({ state: z.literal('absent'), link: text }),
  z.object({ state: z.literal('not-a-tree'), link: text, path: text }),
  z.object({ state: z.literal('unknown'), link: text, detail: text }),
]);

const loaderFile = z.object({ written: text, path: fact(text) });
const loaderKind = z.enum(LOADER_KINDS);
const loaderChoice = fact(z.object({ entry: text, by: z.enum(LOADER_CHOICES) }));

const loader = z.object({
  kind: loaderKind,
  config: text,
  changedAt: number.nullable(),
  entries: list(
    z.object({
      id: text,
      title: text,
      starts: z.discriminatedUnion('what', [
        z.object({
          what: z.literal('kernel'),
          image: loaderFile,
          commandLine: fact(text),
          initrds: list(loaderFile),
        }),
        z.object({ what: z.literal('loader'), kind: loaderKind.nullable(), program: loaderFile }),
        z.object({ what: z.literal('other'), name: text }),
        z.object({ what: z.literal('unknown'), why: text }),
      ]),
    }),
  ),
  next: loaderChoice,
  standing: loaderChoice,
  gaps: texts,
  canSet: z.object({ once: flag, standing: flag }),
});

const lastBoot = z.object({
  at: fact(number),
  commandLine: fact(text),
  uefi: fact(flag),
  firmwareEntry: fact(text),
  loader: fact(text),
  entry: fact(text),
});

const namedThere = { name: text, file: text };
const moduleLoading = z.object({
  blacklisted: list(z.object(namedThere)),
  replaced: list(z.object({ ...namedThere, command: text })),
  wanted: list(z.object(namedThere)),
  unread: texts,
});

const moduleInfo = z.object({
  name: text.nullable().default(null),
  vermagic: text.nullable(),
  version: text.nullable(),
  srcversion: text.nullable(),
  license: text.nullable(),
  depends: texts,
  importNamespaces: texts,
  buildId: text.nullable(),
  hasVersions: flag,
  hasBasicVersions: flag,
  hasExtendedVersions: flag.default(false),
  moduleLayout: number.nullable(),
  imports: list(z.object({ name: text, crc: number.nullable(), weak: flag })),
  exports: list(z.object({ name: text, crc: number.nullable(), gplOnly: flag, namespace: text })),
  elf: text,
  structSize: number.nullable().default(null),
  livepatch: flag,
  exportsWithoutCrc: flag,
  btfOfKernel: flag.default(false),
});

const moduleFile = z.object({
  name: text,
  path: text,
  compression: z.enum(['none', ...ANY_MODULE_COMPRESSIONS]),
  packedCheck: z.enum(['none', 'crc32', 'crc64', 'sha256']).nullable().default(null),
  mtime: number,
  size: number,
  owner: text.nullable(),
  inTree: flag,
  indexed: flag.nullable(),
  signature: fact(
    z
      .object({
        form: z.enum(['sound', 'malformed', 'x509', 'unsupported']),
        signer: text.nullable(),
        seal: z
          .discriminatedUnion('by', [
            z.object({ by: z.literal('rsa'), hash: z.enum(HASH_NAMES), digest: text, value: text }),
            z.object({ by: z.literal('ecdsa'), digest: text, r: text, s: text }),
          ])
          .nullable()
          .default(null),
      })
      .nullable(),
  ),
  defect: text.nullable(),
  info: fact(moduleInfo),
});

const initramfs = z.object({
  path: text,
  id: text,
  size: number,
  mtime: number,
  contents: fact(
    z.object({
      modules: list(z.object({ name: text, path: text, release: text, file: moduleFile.nullable() })),
    }),
  ),
});

const boot = z.object({
  images: fact(
    list(
      z.object({
        path: text,
        kind: z.enum(['bzimage', 'uki', 'other']),
        size: number,
        mtime: number,
        identity,
        hash: fact(text),
      }),
    ),
  ),
  toMount: text.nullable().default(null),
  links: list(z.object({ path: text, target: text.nullable(), mtime: number.nullable().default(null) })),
  releases: texts,
  grubMenu: text.nullable().default(null),
  loaders: list(loader).default([]),
  unseen: texts.default([]),
  lastBoot: lastBoot.default({
    at: NOT_READ,
    commandLine: NOT_READ,
    uefi: NOT_READ,
    firmwareEntry: NOT_READ,
    loader: NOT_READ,
    entry: NOT_READ,
  }),
  initramfs: list(initramfs).default([]),
  initramfsTools: list(z.enum(INITRAMFS_TOOLS)).default([]),
  loading: moduleLoading.default({ blacklisted: [], replaced: [], wanted: [], unread: [] }),
});

const releaseModules = z.object({
  release: text,
  directory: text,
  build: text.nullable(),
  source: text.nullable(),
  depmod: fact(z.enum(['fresh', 'due', 'missing'])),
  hasOwn: fact(flag).default(NOT_READ),
  installedAt: fact(number),
  aufsBuiltin: fact(flag),
  builtin: texts,
  available: texts,
  modules: list(moduleFile),
  abi,
  handedOver: fact(flag).default(NOT_READ),
  between: list(moduleFile).default([]),
  abiOf: text.nullable().default(null),
  carries,
});

const running = z.object({
  identity,
  machine: fact(text),
  bootedAt: fact(number),
  bootId: fact(text),
  config: fact(config),
  filesystems: fact(texts),
  aufsMounts: fact(texts),
  loaded: fact(texts),
  modules: list(
    z.object({
      name: text,
      version: text.nullable(),
      srcversion: text.nullable(),
      buildId: fact(text),
      uses: fact(number),
      heldBy: texts.default([]),
    }),
  ),
  carries,
  abi,
});

export const snapshotForm = z.object({
  schema: z.literal(SNAPSHOT_SCHEMA),
  program: text,
  root: text,
  takenAt: number,
  preferences,
  portage,
  sources: z.object({ selected, trees: list(tree) }),
  boot,
  modules: list(releaseModules),
  dkms: list(z.object({ name: text, version: text, modules: texts })).default([]),
  running,
  docker: dockerForm,
  containers: containersForm.default(NO_CONTAINERS),
  evidence: z.object({ fstabAufs: texts, aufsConfigs: texts.default([]) }),
  troubles: list(z.object({ part: z.enum(PARTS), path: text, detail: text })),
}) satisfies z.ZodType<Snapshot>;
