import { BASHRC_FILE } from './shipped.ts';

const BEGIN = '# >>> aufswatch setup';
const END = '# <<< aufswatch setup <<<';
/** A note in the block: what `setup --remove` has to undo besides it. */
const NOTES = { plain: '', made: ' (it made this file)', line: ' (it ended the line above)' } as const;

const BODY = `if [[ -r ${BASHRC_FILE} ]]; then source ${BASHRC_FILE}; fi`;
const BLOCK =
  /^# >>> aufswatch setup( \(it [a-z ]+\))? >>>\n(?:(?!# <<<)[^\n]*\n)*# <<< aufswatch setup <<<\n?/m;

/** Does the text have the block as this version writes it? */
export function hasBlock(text: string): boolean {
  return BLOCK.exec(text)?.[0].includes(`\n${BODY}\n`) === true;
}

/**
 * The bashrc with the block at its end, after the user's own functions. `text` is null where there is no file. A block
 * of another version is replaced in place.
 */
export function withBlock(text: string | null): string {
  if (text === null) return block('made');
  const old = BLOCK.exec(text);
  if (old !== null) {
    const written = block(old[1] === NOTES.made ? 'made' : old[1] === NOTES.line ? 'line' : 'plain');
    return text.slice(0, old.index) + written + text.slice(old.index + old[0].length);
  }
  const ended = text === '' || text.endsWith('\n');
  return ended ? text + block('plain') : `${text}\n${block('line')}`;
}

/** The bashrc without the block; null: setup made the file, so it is removed. */
export function withoutBlock(text: string): string | null {
  const found = BLOCK.exec(text);
  if (found === null) return text;
  const [whole, note] = found;
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + whole.length);
  if (note === NOTES.made && before === '' && after === '') return null;
  // Text after the block needs the line end before it.
  return note === NOTES.line && after === '' ? before.replace(/\n$/, '') : before + after;
}

function block(note: keyof typeof NOTES): string {
  return `${BEGIN}${NOTES[note]} >>>\n${BODY}\n${END}\n`;
}
