import * as z from 'zod';
import { ANY_MODULE_COMPRESSIONS } from '../../model/compression.ts';
import { HASH_NAMES } from '../../model/module.ts';
import { abiForm, carriesForm } from './kernel.ts';
import { fact, flag, list, NOT_READ, number, text, texts } from './parts.ts';

/** The forms of module files. */

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

export const moduleFileForm = z.object({
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

export const releaseModulesForm = z.object({
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
  modules: list(moduleFileForm),
  abi: abiForm,
  handedOver: fact(flag).default(NOT_READ),
  between: list(moduleFileForm).default([]),
  abiOf: text.nullable().default(null),
  carries: carriesForm,
});
