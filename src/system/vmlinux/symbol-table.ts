/** A stretch of the kernel, with the address that it has in memory. */
export interface Stretch {
  readonly bytes: Buffer;
  readonly address: bigint;
}

/** One table of exported symbols: `struct kernel_symbol`, and the CRCs beside it. */
export interface SymbolTablePart {
  readonly symbols: Stretch;
  readonly crcs: Buffer;
  readonly gplOnly: boolean;
}

/** What the linker script of a kernel (include/asm-generic/vmlinux.lds.h) keeps of its exports. */
export interface SymbolTables {
  readonly parts: readonly SymbolTablePart[];
  readonly strings: Stretch;
  /** Flags of each symbol of the one table, since that has those for GPL as well; empty: it has not. */
  readonly flags: Buffer;
  readonly bits: 32 | 64;
  readonly little: boolean;
}
