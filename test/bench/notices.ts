import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { replaceFile } from '../../src/files/replace-file.ts';
import type { Published } from '../../src/published/form.ts';
import { copyProgram } from '../support/bundle.ts';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { type Desktop, openDesktop, type Running, type Session } from '../support/desktop.ts';
import { largeMachine } from '../support/large-machine.ts';
import { type MachineInMotion, machineInMotion } from '../support/machine-in-motion.ts';
import { residentSize } from '../support/process-cost.ts';
import { endAll } from '../support/temporary.ts';
import { until } from '../support/wait.ts';
import { median } from './paired.ts';
import type { BenchRow } from './row.ts';

const PROMPTS = 10;
const MERGES = 3;
const DAY = 1440;

/** The cost and the delay of notifications, on a machine of 2,000 packages and six trees. */
export async function benchNotices(): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'aufswatch-bench-'));
  try {
    const prompt = {
      what: 'status --line: over node -e 0',
      value: await promptCost(directory),
      unit: 'ms',
      limit: 15,
    };
    return [prompt, ...(await benchDesktop(directory))];
  } finally {
    endAll();
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Median of the additional time of a prompt over Node alone, ms. */
async function promptCost(directory: string): Promise<number> {
  const program = copyProgram(join(directory, 'program'));
  const place = join(directory, 'prompt');
  mkdirSync(place);
  const { root } = machineInMotion(patchedAgainNotRebuilt(Date.now()), place);
  const run = (...words: readonly string[]): number => {
    const start = performance.now();
    spawnSync(process.execPath, words);
    return performance.now() - start;
  };
  run(program, 'daemon', '--once', '--root', root);
  const over = Array.from({ length: PROMPTS }, () => {
    const alone = run('-e', '0');
    return run(program, 'status', '--line', '--root', root) - alone;
  });
  return median(over);
}

async function benchDesktop(directory: string): Promise<BenchRow[]> {
  for (const name of ['machine', 'desktop']) mkdirSync(join(directory, name));
  // An ordinary user must be able to enter it.
  chmodSync(directory, 0o755);
  const machine = machineInMotion(largeMachine(Date.now()), join(directory, 'machine'));
  const daemon = startDaemon(machine.root);
  await daemon.publishes('it runs', () => true, 60_000);
  const desktop = await openDesktop(join(directory, 'desktop'));
  const phases: number[] = [];
  const merges: number[] = [];
  for (let n = 0; n < MERGES; n++) phases.push(await fromMerge(machine, daemon, desktop, true));
  for (let n = 0; n < MERGES; n++) merges.push(await fromMerge(machine, daemon, desktop, false));
  return [
    ...(await agentSizes(machine, daemon, desktop)),
    { what: 'end of emerge to notification, worst', value: Math.max(...phases), unit: 'ms', limit: 2000 },
    {
      what: 'the same if only the package database shows it, worst',
      value: Math.max(...merges),
      unit: 'ms',
      limit: 2000,
    },
  ];
}

/**
 * ms from the end of a merge that breaks a link until the notification is on the bus, in a new session of a user who
 * has received nothing yet. Then the link is repaired.
 */
async function fromMerge(
  machine: MachineInMotion,
  daemon: RunningDaemon,
  desktop: Desktop,
  withPhase: boolean,
): Promise<number> {
  const { session, agent, dunst } = await notified(desktop, statusOf(machine));
  const emerge = withPhase ? machine.startEmerge() : null;
  machine.mergeAufs();
  // Longer than the daemon waits for quiet: it then waits for the end of emerge.
  if (emerge !== null) await new Promise((resolve) => setTimeout(resolve, 2500));
  const end = Date.now();
  emerge?.end();
  const { at } = await session.nth(1);
  machine.mend();
  const well = ({ findings }: Published) => findings.every(({ severity }) => severity === 'notice');
  await daemon.publishes('it is repaired', well, 60_000);
  for (const process of [agent, dunst]) {
    process.kill();
    await process.ended;
  }
  return at - end;
}

/** The agent's memory with a notification shown, and after as many heartbeats as a day has. */
async function agentSizes(
  machine: MachineInMotion,
  daemon: RunningDaemon,
  desktop: Desktop,
): Promise<BenchRow[]> {
  const status = join(dirname(machine.root), 'status.json');
  machine.mergeAufs();
  const published = await daemon.publishes('it is broken', ({ findings }) => findings.length > 0, 60_000);
  const settled = published.findings.map((finding) => ({ ...finding, severity: 'warning', settleMs: 0 }));
  const write = (heartbeatMs: number): void =>
    replaceFile(status, JSON.stringify({ ...published, findings: settled, heartbeatMs }), 0o644);
  const { session, agent } = await notified(desktop, status);
  write(Date.now());
  await session.nth(1);
  const first = residentSize(agent.pid);
  const others = childrenOf(agent.pid).map(residentSize);
  for (let minute = 0; minute < DAY; minute++) {
    write(Date.now() + minute);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // The garbage collector runs when the agent has been idle for a moment.
  await new Promise((resolve) => setTimeout(resolve, 5000));
  return [
    { what: 'agent: resident, with a notification in sight', value: first, unit: 'MB', limit: 50 },
    {
      what: 'agent: after 1,440 heartbeats, as in a day',
      value: residentSize(agent.pid),
      unit: 'MB',
      limit: 50,
    },
    { what: 'agent: the small processes that it waits for', value: sum(others), unit: 'MB' },
  ];
}

/** A session in which an agent runs, of a user who has received nothing yet. */
async function notified(
  desktop: Desktop,
  status: string,
): Promise<{ session: Session; agent: Running; dunst: Running }> {
  rmSync(join(desktop.home, '.local'), { recursive: true, force: true });
  const session = await desktop.session();
  const dunst = await session.dunst();
  const agent = session.agent(status);
  const lock = join(session.env.XDG_RUNTIME_DIR ?? '', 'aufswatch-agent.lock');
  await until('the agent runs', () => existsSync(lock));
  return { session, agent, dunst };
}

function statusOf({ root }: MachineInMotion): string {
  return join(root, 'run/aufswatch/status.json');
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
