import type { Command } from '../model/step.ts';

/** Points the kernel directory to a tree. eselect supports only trees in /usr/src, by name, and /usr/src/linux. */
export function selectCommand(link: string, tree: string): Command {
  const name = /^\/usr\/src\/(linux-[^/]+)$/.exec(tree)?.[1];
  return link === '/usr/src/linux' && name !== undefined
    ? { words: ['eselect', 'kernel', 'set', name] }
    : { words: ['ln', '-sfn', tree, link] };
}
