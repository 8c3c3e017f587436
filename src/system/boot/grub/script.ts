/** The syntax tree of a GRUB script, as far as a grub.cfg needs it: commands, conditions, functions, menu entries. */

export type Statement =
  | {
      readonly kind: 'command';
      readonly line: number;
      readonly words: readonly Word[];
      /** `{ … }` after a command: the body of an entry; null: none. */
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
  /** `while`, `until` and `for`. How often they run is known to GRUB only. */
  | { readonly kind: 'loop'; readonly line: number; readonly body: readonly Statement[] }
  | {
      readonly kind: 'function';
      readonly line: number;
      readonly name: string;
      readonly body: readonly Statement[];
    };

/** A word as it is written, in pieces. */
export type Word = readonly Piece[];

export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'variable'; readonly name: string; readonly quoted: boolean };

/** GRUB would refuse the script. grub-files.ts turns it into an Unknown. */
export class ScriptError extends Error {
  readonly line: number;

  constructor(line: number, what: string) {
    super(`line ${line}: ${what}`);
    this.name = 'ScriptError';
    this.line = line;
  }
}
