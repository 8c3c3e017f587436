import type { Invocation } from '../command.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { grammarOf } from '../completion/grammar.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { COMMANDS, COMMON_OPTIONS } from '../definitions.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `aufswatch completion SHELL`: its completions, for the package that installs them. */
export function completion({ terminal, args }: Invocation): number {
  const [shell] = args;
  if (shell !== 'bash' && shell !== 'zsh' && shell !== 'fish')
    return terminal.fail(`completion ${shell ?? ''}: there are bash, zsh and fish`);
  terminal.out(SHELLS[shell](grammarOf(COMMANDS, COMMON_OPTIONS)));
  return 0;
}
