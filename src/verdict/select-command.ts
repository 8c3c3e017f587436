import { shellLine } from './emerge.ts';

/** Makes the kernel directory lead to a tree. eselect knows the trees in /usr/src alone, by their names, and /usr/src/linux. */
export function selectCommand(link: string, tree: string): string {
  const name = /^\/usr\/src\/(linux-[^/]+)$/.exec(tree)?.[1];
  return link === '/usr/src/linux' && name !== undefined
    ? shellLine('eselect', 'kernel', 'set', name)
    : shellLine('ln', '-sfn', tree, link);
}
