import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { layOutDemo } from '../../demo/lay-out-demo.ts';
import { command, type Invocation } from '../command.ts';
import { rootMistake } from '../root-directory.ts';
import { runHere } from './daemon.ts';
import { showStatus } from './status.ts';

/** `aufswatch follow`: status, then the daemon; on a system without Portage for a demonstration. */
export const follow = command(
  {
    description:
      'Shows the status of this machine, then runs the daemon in the foreground. `npm start` runs it. On a system without Portage it lays out a demonstration and follows that.',
    args: {},
    options: {},
  },
  async (invocation) => {
    const { terminal, env } = invocation;
    const root = invocation.options.root ?? '/';
    const mistake = rootMistake(root);
    if (mistake !== null) return terminal.fail(`--root ${mistake}`);
    if (existsSync(join(root, 'var/db/pkg'))) return showAndFollow(invocation);
    const cache = env.XDG_CACHE_HOME || join(env.HOME || '/tmp', '.cache');
    const directory = join(cache, 'aufswatch', 'demo');
    if (!existsSync(join(directory, 'var/db/pkg'))) {
      const result = layOutDemo(directory, invocation.now());
      if (!result.ok) return terminal.fail(result.message);
    }
    const missing = join(root, 'var/db/pkg');
    terminal.out(
      `There is no Portage here (${missing} is missing): following the demonstration in ${directory}\n\n`,
    );
    return showAndFollow({ ...invocation, options: { ...invocation.options, root: directory } });
  },
);

async function showAndFollow(invocation: Invocation): Promise<number> {
  const shown = await showStatus(invocation);
  if (shown !== 0) return shown;
  invocation.terminal.out('\nFollowing; Ctrl-C ends it.\n');
  return runHere({ ...invocation, options: { ...invocation.options, once: false } });
}
