import type { DockerFacts } from '../../model/docker.ts';
import { NO_MEMORY } from '../../model/memory.ts';
import { visibleJson } from '../../model/visible.ts';
import { type DriverRow, driverRows } from '../../verdict/docker-drivers.ts';
import { runningSupport } from '../../verdict/kernel-support.ts';
import { assess } from '../../verdict/situation.ts';
import type { Invocation } from '../command.ts';
import { look } from '../machine.ts';
import { plain, wrap } from '../render/style.ts';
import type { Terminal } from '../terminal.ts';

/** `aufswatch docker`: Docker's storage drivers, with what holds against each. */
export async function docker(invocation: Invocation): Promise<number> {
  const { terminal } = invocation;
  const seen = await look(invocation);
  if (!seen.ok) return terminal.fail(seen.message);
  const situation = assess(seen.value, NO_MEMORY);
  const rows = driverRows(seen.value.docker, runningSupport(situation));
  if (invocation.flag('json')) terminal.out(`${visibleJson(rows, 2)}\n`);
  else
    terminal.out(`${absence(seen.value.docker)}${driversText(rows, askedFor(seen.value.docker), terminal)}`);
  return 0;
}

function askedFor({ asked }: DockerFacts): string | null {
  return asked[0]?.driver ?? null;
}

/** Said first, so that nobody takes the table for that of an installed one. */
function absence({ present }: DockerFacts): string {
  return present ? '' : 'Docker is not installed. What it could use here:\n\n';
}

const INDENT = ' '.repeat(25);

function driversText(rows: readonly DriverRow[], asked: string | null, terminal: Terminal): string {
  const lines = rows.map(({ driver, possible, why }) => {
    const head = `  ${driver.padEnd(14)} ${possible.padEnd(7)} `;
    const mark = driver === asked ? ['the one that is asked for'] : [];
    const reasons = [...mark, ...why].join('; ');
    return reasons === '' ? head.trimEnd() : head + wrap(reasons, terminal.width, INDENT).trimStart();
  });
  return `${plain(terminal, lines.join('\n'))}\n`;
}
