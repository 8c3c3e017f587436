import { type Command, command } from '../command.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { commandGrammar } from '../completion/grammar.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { required } from '../definition.ts';
import type { Known } from '../listed.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `aufswatch completion SHELL`: the completions, for the package that installs them. */
export const completion = (known: () => Promise<Known[]>): Command =>
  command(
    {
      description: 'Prints the completions of this program for bash, zsh or fish.',
      args: {
        shell: required('bash, zsh or fish', { oneOf: ['bash', 'zsh', 'fish'] }),
      },
      options: {},
    },
    async ({ terminal, args }) => {
      terminal.out(SHELLS[args.shell](commandGrammar(await known())));
      return 0;
    },
  );
