import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { layOutDemo } from '../../demo/lay-out-demo.ts';
import type { Invocation } from '../command.ts';
import { status } from './status.ts';

/** `aufswatch follow`: this machine; or, where there is no Portage, a demonstration. */
export async function follow(invocation: Invocation): Promise<number> {
  const root = invocation.option('root') ?? '/';
  if (existsSync(join(root, 'var/db/pkg'))) return status(invocation);
  const demonstration = join(
    invocation.env.XDG_CACHE_HOME ?? join(invocation.env.HOME ?? '/tmp', '.cache'),
    'aufswatch/demo',
  );
  if (!existsSync(join(demonstration, 'var/db/pkg'))) {
    const result = layOutDemo(demonstration, invocation.now());
    if (!result.ok) return invocation.terminal.fail(result.message);
  }
  invocation.terminal.out(
    `No Portage here (${join(root, 'var/db/pkg')} is missing): showing the demonstration in ${demonstration}\n\n`,
  );
  return status({
    ...invocation,
    option: (name) => (name === 'root' ? demonstration : invocation.option(name)),
  });
}
