import { inSync } from '../../demo/in-sync.ts';
import { layOutDemo } from '../../demo/lay-out-demo.ts';
import { shellLine } from '../../model/command-text.ts';
import { calledAs } from '../called-as.ts';
import { command } from '../command.ts';
import { flag, required } from '../definition.ts';

/** `aufswatch demo DIR`: the demonstration root. */
export const demo = command(
  {
    description:
      'Lays out a small Gentoo root in an empty or new directory, in the state that this program is for: patched again, not compiled since. Look at it with --root. Its commands are only to be read: there is neither make nor emerge in it. With --mended it is laid out as it is once the plan has been followed.',
    args: {
      dir: required('a directory that is empty or not there yet', { offer: 'directory' }),
    },
    options: { mended: flag('the same machine, once the plan has been followed') },
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
