// biome-ignore lint/suspicious/noControlCharactersInRegex: what paint() puts around a text
const PAINT = /\u001b\[\d+m/g;

/** The columns that a text takes. Colours take none. */
function columns(text: string): number {
  return text.replace(PAINT, '').length;
}

/** Breaks a text at blanks into lines of at most `width`, each with `indent`. A longer word stays whole. */
export function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + columns(line) + 1 + columns(word) > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(indent + line);
  return lines.join('\n');
}

/** A command in a text: what is in quotes, or begins with a program at the start, after a colon or in parentheses. */
const COMMAND =
  /"[^"]*"|(?<=^|: |\(|, or )(?:npx aufswatch|node \S+|aufswatch|chroot|df|emerge|rc-service|systemctl|ulimit) [^,;()"]*/g;
/** Joins the words of a command while the text is wrapped. Texts for people hold no control characters. */
const JOINT = '\0';

/** Like wrap(), but a command in the text stays on one line, so that it can be copied. */
export function wrapAroundCommands(text: string, width: number, indent: string): string {
  const joined = text.replace(
    COMMAND,
    (words) => words.trimEnd().replaceAll(' ', JOINT) + blanksAfter(words),
  );
  return wrap(joined, width, indent).replaceAll(JOINT, ' ');
}

function blanksAfter(words: string): string {
  return words.slice(words.trimEnd().length);
}
