/** Will a kernel take a module? */
export type Loadable =
  | { readonly answer: 'loads' }
  | Refused
  | { readonly answer: 'unknown' /** What is missing to tell. */; readonly missing: string };

export interface Refused {
  readonly answer: 'refused';
  /** What stands against it: a remedy is chosen by this. */
  readonly reason: RefusalReason;
  /** In the kernel's own words, as dmesg will have them (modprobe's where it has none), or where `quoted` is false in ours. */
  readonly message: string;
  /** False: it is certain that it refuses, and not with which words, for a check ahead of this one is open. */
  readonly quoted: boolean;
  /** Every symbol that it trips over, in the order of the module's symbol table. */
  readonly symbols: readonly string[];
  /** What the kernel says of the module that should have brought those symbols; null: it is not that. */
  readonly dependency: string | null;
}

export type RefusalReason =
  /** The kernel takes no modules at all: by its configuration, or by a switch that the next boot puts back. */
  | { readonly is: 'modules-off'; readonly by: 'configuration' | 'switch' }
  /** module_blacklist= on the command line of the kernel. */
  | { readonly is: 'blacklisted' }
  /** The file itself is damaged: no kernel takes it. */
  | { readonly is: 'defect' }
  /** The kernel unpacks it itself, and does not know the check that stands in the file (xz has CRC64 by default). */
  | { readonly is: 'packing'; readonly check: 'crc64' | 'sha256' }
  /** It carries no signature, and the kernel wants one. */
  | { readonly is: 'unsigned' }
  /** It is signed with a key that the kernel does not know (null: the signature does not tell which). */
  | { readonly is: 'unknown-key'; readonly signer: string | null }
  /** Its signature is damaged or of a kind that the kernel does not know. */
  | { readonly is: 'bad-signature' }
  /** It was changed after it was signed. */
  | { readonly is: 'changed' }
  /** It was compiled for another kind of processor. */
  | { readonly is: 'elf-machine'; readonly module: string; readonly kernel: string }
  /** It was compiled for another configuration or version, as the size of struct module shows. */
  | { readonly is: 'struct-size'; readonly module: number; readonly kernel: number }
  /** It lacks the version table or the vermagic, which the kernel wants. */
  | { readonly is: 'no-versions' }
  | { readonly is: 'vermagic'; readonly module: string; readonly kernel: string }
  /** It is a live patch, and the kernel takes none. */
  | { readonly is: 'livepatch' }
  /** Nothing exports the symbol. */
  | { readonly is: 'symbol-missing'; readonly symbol: string }
  /** Nothing exports the symbol, in a kernel that exports what its own modules use and no more (TRIM_UNUSED_KSYMS). */
  | { readonly is: 'trimmed'; readonly symbol: string }
  /** The symbol is there, for modules of a GPL-compatible license only. */
  | { readonly is: 'gpl-only'; readonly symbol: string }
  /** The version of the symbol is another one (`module_layout` stands for the structures of modules). */
  | { readonly is: 'symbol-version'; readonly symbol: string }
  /** The module's version table lacks the symbol, and the kernel lets no gap pass. */
  | { readonly is: 'symbol-unversioned'; readonly symbol: string }
  /** The symbol comes from another module, which is not there (`missing`) or is itself refused. */
  | {
      readonly is: 'needs-module';
      readonly name: string;
      readonly symbol: string;
      readonly because: 'missing' | RefusalReason;
    }
  | { readonly is: 'namespace'; readonly namespace: string }
  /** It exports what the kernel exports itself. */
  | { readonly is: 'duplicate-export'; readonly symbol: string }
  /** It was refused in a rehearsal, against what was foretold or where nothing was: only the kernel's words tell why. */
  | { readonly is: 'seen' };

export const LOADS: Loadable = { answer: 'loads' };

/** A refusal with the kernel's own message. `offending`: the symbols that it is about. */
export function refused(reason: RefusalReason, message: string, offending: readonly string[] = []): Refused {
  return { answer: 'refused', reason, message, quoted: true, symbols: offending, dependency: null };
}

/** Not known. `missing`: a clause for a person, `whether ...` or `what ...`. */
export function open(missing: string): Loadable {
  return { answer: 'unknown', missing };
}
