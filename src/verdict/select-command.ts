import type { Command } from '../model/step.ts';

/** Makes the kernel directory lead to a tree. eselect knows the trees in /usr/src alone, by their names, and /usr/src/linux. */
export function selectCommand(link: string, tree: string): Command {
  const name = /^\/usr\/src\/(linux-[^/]+)$/.exec(tree)?.[1];
  return link === '/usr/src/linux' && name !== undefined
    ? { words: ['eselect', 'kernel', 'set', name] }
    : { words: ['ln', '-sfn', tree, link] };
}
