import { shellLine } from '../../model/command-text.ts';
import type { MachineInvocation } from '../command.ts';

/** A command of this program to go on with, about the same machine: `aufswatch plan --root try`. */
export function hint(command: string, { options }: Pick<MachineInvocation, 'options'>): string {
  const { snapshot = null, root, config } = options;
  const about = Object.entries({ snapshot, root, config }).flatMap(([name, value]) =>
    value === null ? [] : [`--${name}`, value],
  );
  return shellLine(['aufswatch', command, ...about]);
}
