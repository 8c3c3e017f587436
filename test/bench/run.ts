/** `npm run bench [-- NAME …]`: measures, and prints each figure with its limit. A slow result is no failure. */
import { installProgram } from '../support/program.ts';
import { benchBuild } from './build.ts';
import { benchDaemon } from './daemon.ts';
import { benchHistory } from './history.ts';
import { benchHook } from './hook.ts';
import { benchNotices } from './notices.ts';
import type { Bench, BenchRow } from './row.ts';
import { benchSnapshot } from './snapshot.ts';
import { benchStatus } from './status.ts';

const BENCHES: Readonly<Record<string, Bench>> = {
  status: benchStatus,
  snapshot: benchSnapshot,
  hook: benchHook,
  history: benchHistory,
  daemon: benchDaemon,
  build: benchBuild,
  notices: benchNotices,
};

const requested = process.argv.slice(2);
installProgram();
for (const name of requested) {
  if (BENCHES[name] !== undefined) continue;
  process.stderr.write(`no bench named ${name}; there are: ${Object.keys(BENCHES).join(', ')}\n`);
  process.exit(64);
}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (requested.length > 0 && !requested.includes(name)) continue;
  process.stdout.write(`\n${name}\n`);
  for (const row of await bench()) process.stdout.write(line(row));
}

function line({ what, value, unit, limit }: BenchRow): string {
  const verdict = limit === undefined ? '' : `  (limit ${limit}${value > limit ? ', MISSED' : ''})`;
  const number = value.toFixed(Math.abs(value) < 10 ? 2 : 0).padStart(10);
  return `  ${what.padEnd(64)}${number} ${unit}${verdict}\n`;
}
