/** Will a kernel take a module? */
export type Loadable =
  | { readonly answer: 'loads' }
  | Refused
  | { readonly answer: 'unknown' /** What is not known, as a clause. */; readonly missing: string };

export interface Refused {
  readonly answer: 'refused';
  /** The remedy depends on this. */
  readonly reason: RefusalReason;
  /** The kernel's message, as in dmesg (modprobe's where the kernel logs none); if `quoted` is false, one of aufswatch. */
  readonly message: string;
  /** False: the refusal is certain, but not its message, because a check before this one is not known. */
  readonly quoted: boolean;
  /** Every symbol that it fails for, in the order of the module's symbol table. */
  readonly symbols: readonly string[];
  /** The kernel's message about the module that should export those symbols; null: that is not the reason. */
  readonly dependency: string | null;
}

export type RefusalReason =
  /** The kernel loads no modules at all: by its configuration, or by a switch that the next boot resets. */
  | { readonly is: 'modules-off'; readonly by: 'configuration' | 'switch' }
  /** module_blacklist= on the command line of the kernel. */
  | { readonly is: 'blacklisted' }
  /** The file itself is damaged: no kernel loads it. */
  | { readonly is: 'defect' }
  /** The kernel unpacks it itself, and does not support the checksum in the file (xz uses CRC64 by default). */
  | { readonly is: 'packing'; readonly check: 'crc64' | 'sha256' }
  /** It has no signature, and the kernel requires one. */
  | { readonly is: 'unsigned' }
  /** It is signed with a key that the kernel does not trust (null: the signature does not name it). */
  | { readonly is: 'unknown-key'; readonly signer: string | null }
  /** Its signature is damaged or of a kind that the kernel does not support. */
  | { readonly is: 'bad-signature' }
  /** It was changed after it was signed. */
  | { readonly is: 'changed' }
  /** It was compiled for another kind of processor. */
  | { readonly is: 'elf-machine'; readonly module: string; readonly kernel: string }
  /** It was compiled for another configuration or version: its struct module has another size. */
  | { readonly is: 'struct-size'; readonly module: number; readonly kernel: number }
  /** It lacks the version table or the vermagic, which the kernel requires. */
  | { readonly is: 'no-versions' }
  | { readonly is: 'vermagic'; readonly module: string; readonly kernel: string }
  /** It is a live patch, and the kernel loads none. */
  | { readonly is: 'livepatch' }
  /** Nothing exports the symbol. */
  | { readonly is: 'symbol-missing'; readonly symbol: string }
  /** Nothing exports the symbol, in a kernel that exports only what its own modules use (TRIM_UNUSED_KSYMS). */
  | { readonly is: 'trimmed'; readonly symbol: string }
  /** The symbol is only for modules with a GPL-compatible license. */
  | { readonly is: 'gpl-only'; readonly symbol: string }
  /** The symbol has another version (`module_layout` covers the structures of modules). */
  | { readonly is: 'symbol-version'; readonly symbol: string }
  /** The module's version table lacks the symbol, and the kernel does not accept that. */
  | { readonly is: 'symbol-unversioned'; readonly symbol: string }
  /** The symbol is from another module, which does not exist (`missing`) or is refused. */
  | {
      readonly is: 'needs-module';
      readonly name: string;
      readonly symbol: string;
      readonly because: 'missing' | RefusalReason;
    }
  | { readonly is: 'namespace'; readonly namespace: string }
  /** It exports a symbol that the kernel exports itself. */
  | { readonly is: 'duplicate-export'; readonly symbol: string }
  /** A rehearsal refused it, and the prediction did not: only the kernel's message gives the reason. */
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
