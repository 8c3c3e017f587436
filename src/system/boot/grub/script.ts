/** GRUB's script language as far as it stands in a grub.cfg: commands, conditions, functions, menu entries. */

export type Statement =
  | {
      readonly kind: 'command';
      readonly line: number;
      readonly words: readonly Word[];
      /** `{ … }` behind a command: the body of an entry; null: none. */
      readonly block: readonly Statement[] | null;
    }
  | {
      readonly kind: 'if';
      readonly line: number;
      /** `if` and each `elif`. */
      readonly branches: readonly {
        readonly condition: readonly Statement[];
        readonly body: readonly Statement[];
      }[];
      readonly otherwise: readonly Statement[];
    }
  /** `while`, `until` and `for`: how often is known to the loader alone. */
  | { readonly kind: 'loop'; readonly line: number; readonly body: readonly Statement[] }
  | {
      readonly kind: 'function';
      readonly line: number;
      readonly name: string;
      readonly body: readonly Statement[];
    };

/** One word, in pieces as it was written. */
export type Word = readonly Piece[];

export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'variable'; readonly name: string; readonly quoted: boolean };

/** Thrown where a text is no script of GRUB's; the reader makes an Unknown of it. */
export class ScriptError extends Error {
  readonly line: number;

  constructor(line: number, what: string) {
    super(`line ${line}: ${what}`);
    this.name = 'ScriptError';
    this.line = line;
  }
}
