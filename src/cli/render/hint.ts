import { shellLine } from '../../model/command-text.ts';
import type { Invocation } from '../command.ts';

/** A command of this program to go on with, about the same machine: `aufswatch plan --root try`. */
export function hint(command: string, { option }: Pick<Invocation, 'option'>): string {
  const about = ['snapshot', 'root', 'config'].flatMap((name) => {
    const value = option(name);
    return value === null ? [] : [`--${name}`, value];
  });
  return shellLine(['aufswatch', command, ...about]);
}
