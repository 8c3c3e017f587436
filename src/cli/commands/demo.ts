import { inSync } from '../../demo/in-sync.ts';
import { layOutDemo } from '../../demo/lay-out-demo.ts';
import { shellLine } from '../../model/command-text.ts';
import { calledAs } from '../called-as.ts';
import { command } from '../command.ts';
import { flag, required } from '../definition.ts';

/** `aufswatch demo DIR`: lays out the demonstration. */
export const demo = command(
  {
    description:
      'Lays out a small Gentoo system in an empty or new directory, for --root: its sources were patched again after the kernel was compiled. The commands of its plan are only to be read: it contains neither make nor emerge. With --mended it is laid out as it is after the plan.',
    args: {
      dir: required('a directory that is empty or not there yet', { offer: 'directory' }),
    },
    options: { mended: flag('the same system after the plan') },
  },
  (invocation) => {
    const { dir: directory } = invocation.args;
    const result = layOutDemo(
      directory,
      invocation.now(),
      invocation.options.mended ? { machine: inSync } : {},
    );
    if (!result.ok) return invocation.terminal.fail(result.message);
    invocation.terminal.out(
      `A demonstration system is in ${directory}. Look at it: ${shellLine([...calledAs(invocation), 'status', '--root', directory])}\n`,
    );
    return 0;
  },
);
