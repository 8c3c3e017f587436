import * as z from 'zod';
import { MODULE_COMPRESSIONS } from '../../model/compression.ts';
import { byName, fact, factOrBare, flag, NOT_READ, number, text, texts } from './parts.ts';

/** The forms of what belongs to a kernel: its configuration, its identity, and what it accepts of a module. */

export const configForm = z.object({
  path: text,
  mtime: number,
  hash: text,
  // Older snapshots do not say so; nearly every kernel has modules.
  modular: flag.default(true),
  options: byName(text),
});

export const identityForm = z.object({ release: fact(text), utsVersion: fact(text), buildId: fact(text) });

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

export const abiForm = z.object({
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

export const carriesForm = z.object({
  kbuild: fact(flag),
  base: fact(flag),
  mmap: fact(flag),
  standalone: fact(flag),
});
