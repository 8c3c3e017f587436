/** A part of the kernel, with its address in memory. */
export interface Stretch {
  readonly bytes: Buffer;
  readonly address: bigint;
}

/** One table of exported symbols: `struct kernel_symbol`, and the table of their CRCs. */
export interface SymbolTablePart {
  readonly symbols: Stretch;
  readonly crcs: Buffer;
  readonly gplOnly: boolean;
}

/** The exports of a kernel as its linker script lays them out (include/asm-generic/vmlinux.lds.h). */
export interface SymbolTables {
  readonly parts: readonly SymbolTablePart[];
  readonly strings: Stretch;
  /** Flags of each symbol, where one table has all symbols, those for GPL too; empty: there are several tables. */
  readonly flags: Buffer;
  readonly bits: 32 | 64;
  readonly little: boolean;
}
