import { shellLine } from '../../model/command-text.ts';
import { calledAs } from '../called-as.ts';
import type { MachineInvocation } from '../command.ts';

/** A command of this program about the same machine, as it can be typed: `aufswatch plan --root try`. */
export function hint(
  command: string,
  invocation: Pick<MachineInvocation, 'options' | 'env' | 'program'>,
): string {
  const { snapshot = null, root, config } = invocation.options;
  const about = Object.entries({ snapshot, root, config }).flatMap(([name, value]) =>
    value === null ? [] : [`--${name}`, value],
  );
  return shellLine([...calledAs(invocation), command, ...about]);
}
