/** A fenced block of a page in Markdown. */
export interface Block {
  readonly language: string;
  /** The file to save it to: `file=` after the language; null: none. */
  readonly file: string | null;
  readonly text: string;
}

/** The fenced blocks of a page, in order. */
export function codeBlocks(page: string): Block[] {
  return [...page.matchAll(/^```(\w+)(?: file=(\S+))?\n(.*?)^```$/gms)].map(([, language, file, text]) => ({
    language: language ?? '',
    file: file ?? null,
    text: text ?? '',
  }));
}
