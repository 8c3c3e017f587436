/**
 * Does this kbuild Makefile build the object with any configuration: is it in a plain `obj-y` outside of
 * conditionals? So a file that a patch has added is found before its first compilation. Objects of composite ones
 * (`proc-y` and the like) depend on more than this line and are not handled.
 */
export function isAlwaysBuilt(makefile: string, object: string): boolean {
  let depth = 0;
  for (const line of logicalLines(makefile)) {
    if (/^\s*ifn?(eq|def)\b/.test(line)) depth++;
    else if (/^\s*endif\b/.test(line)) depth = Math.max(0, depth - 1);
    else if (depth === 0 && wordsOfObjY(line).includes(object)) return true;
  }
  return false;
}

/**
 * The options, without `CONFIG_`, one of which this kbuild Makefile needs to build the object: the object is in
 * `obj-$(CONFIG_X)` and nowhere else. null: another line has it too, or no line has it.
 */
export function optionsOf(makefile: string, object: string): readonly string[] | null {
  const options: string[] = [];
  for (const line of logicalLines(makefile)) {
    const [, name = '', value = ''] = /^\s*([^\s:+?=#]+)\s*[:+?]?=([^#]*)/.exec(line) ?? [];
    if (!value.split(/\s+/).includes(object)) continue;
    const option = /^obj-\$[({]CONFIG_(\w+)[)}]$/.exec(name)?.[1];
    if (option === undefined) return null;
    options.push(option);
  }
  return options.length > 0 ? options : null;
}

function wordsOfObjY(line: string): string[] {
  const match = /^\s*obj-y\s*[:+]?=/.exec(line);
  if (match === null) return [];
  const comment = line.indexOf('#');
  return line.slice(match[0].length, comment === -1 ? undefined : comment).split(/\s+/);
}

/** Joins a line that ends in a backslash with the next one. */
function logicalLines(text: string): string[] {
  return text.replace(/\\\r?\n/g, ' ').split('\n');
}
