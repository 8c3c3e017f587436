import { layOutDemo } from '../../demo/lay-out-demo.ts';
import type { Invocation } from '../command.ts';

/** `aufswatch demo DIR`: the demonstration root. */
export function demo(invocation: Invocation): number {
  const [directory = ''] = invocation.args;
  const result = layOutDemo(directory, invocation.now());
  if (!result.ok) return invocation.terminal.fail(result.message);
  invocation.terminal.out(
    `A demonstration system is in ${directory}. Look at it: aufswatch status --root ${directory}\n`,
  );
  return 0;
}
