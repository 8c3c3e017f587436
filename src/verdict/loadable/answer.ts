/** Will a kernel take a module? */
export type Loadable =
  | { readonly answer: 'loads' }
  | {
      readonly answer: 'refused';
      readonly reason: RefusalReason;
      /** In the kernel's own words, as dmesg will have them after "NAME: ". */
      readonly message: string;
      /** Every symbol that it trips over, in the order of the module's symbol table. */
      readonly symbols: readonly string[];
      /** What the kernel says of the module that should have brought those symbols; null: it is not that. */
      readonly dependency: string | null;
    }
  | { readonly answer: 'unknown' /** What is missing to tell. */; readonly missing: string };

export type RefusalReason =
  | 'no-modules'
  | 'blacklisted'
  | 'defective'
  | 'signature'
  | 'wrong-machine'
  | 'struct-size'
  | 'module-layout'
  | 'no-versions'
  | 'vermagic'
  | 'livepatch'
  | 'namespace'
  | 'symbols'
  | 'duplicate-export';
