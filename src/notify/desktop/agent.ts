import { spawn } from 'node:child_process';
import { type Heard, readPublished } from '../../published/read.ts';
import type { Notice } from '../notice.ts';
import { decide, type Told } from '../policy.ts';
import { type AgentMemory, readAgentMemory, writeAgentMemory } from './agent-memory.ts';
import { followFile } from './follow-file.ts';
import { notificationServer } from './server.ts';
import { type Ending, type Shown, show } from './show.ts';
import { nextMorning, putOff, snoozedUntil } from './snooze.ts';
import { terminalCommand } from './terminal-command.ts';

export interface AgentOptions {
  /** Path of status.json. */
  readonly status: string;
  /** Path of what the agent remembers for this user. */
  readonly memory: string;
  /** Has the session just begun? */
  readonly login: boolean;
  readonly env: NodeJS.ProcessEnv;
  now(): number;
  /** Called once in a while when there is nothing to do. */
  tidy(): void;
  readonly signal: AbortSignal;
}

const DAY = 86_400_000;
/** How soon after it has acted the agent tidies up, ms. */
const TIDY = 2000;
/** How soon to try again where no notification service answers, ms. */
const SERVER_AGAIN = 5000;

const ACTIONS = [
  { name: 'plan', label: 'Show plan' },
  { name: 'tomorrow', label: 'Remind me tomorrow' },
];

/** Shows in this session what the daemon publishes, until the signal. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { env, now, signal } = options;
  const server = notificationServer(env);
  const session = env.XDG_RUNTIME_DIR ?? '';
  let memory = readAgentMemory(options.memory);
  // What is in sight in another session, or was in an earlier one, is not in sight in this one.
  if (options.login || memory.shown?.session !== session) {
    memory = { ...memory, shown: null, told: { ...memory.told, showing: false } };
  }
  let login = options.login;
  let heard: Heard | null = null;
  let shown: Shown | null = null;
  let timer: NodeJS.Timeout | null = null;
  let tidying: NodeJS.Timeout | null = null;
  let acting: Promise<void> = Promise.resolve();

  followFile(
    options.status,
    (text) => {
      // While the daemon is down its last word stands.
      const next = text === null ? null : (readPublished(text)?.heard ?? null);
      // Before the first look nothing is known of findings: they would be taken back.
      if (next !== null && next.takenAt > 0) heard = next;
      wake(0);
    },
    signal,
  );
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  for (const due of [timer, tidying]) if (due !== null) clearTimeout(due);
  await acting;
  forget(shown);

  function wake(delay: number): void {
    if (timer !== null) clearTimeout(timer);
    if (signal.aborted) return;
    timer = setTimeout(
      () => {
        acting = acting.then(act);
        tidying ??= setTimeout(() => {
          tidying = null;
          options.tidy();
        }, TIDY);
      },
      Math.min(delay, DAY),
    );
  }

  async function act(): Promise<void> {
    if (heard === null || signal.aborted) return;
    const at = now();
    memory = withSnoozeOfOthers(memory);
    await missServer();
    const findings = heard.findings.filter((finding) => snoozedUntil(memory.snooze, finding) <= at);
    const decision = decide({ findings, busy: heard.busy, at, login }, memory.told, heard.notify);
    if (decision.notice !== null && !(await voice(decision.notice))) {
      wake(SERVER_AGAIN);
      return;
    }
    login = false;
    keep({ ...memory, told: decision.told });
    const putOffUntil = heard.findings
      .map((finding) => snoozedUntil(memory.snooze, finding))
      .filter((until) => until > at);
    const again = Math.min(decision.again ?? Number.POSITIVE_INFINITY, ...putOffUntil);
    if (again < Number.POSITIVE_INFINITY) wake(Math.max(1, again - at));
  }

  /** A server that went took the notification along. Nobody dismissed it, so the next server is told. */
  async function missServer(): Promise<void> {
    if (memory.shown === null || memory.shown.owner === (await server.owner())) return;
    forget(shown);
    shown = null;
    keep({ ...memory, shown: null, told: untold(memory.told) });
  }

  /** Was it shown, or taken back? */
  async function voice(notice: Notice): Promise<boolean> {
    const last = memory.shown?.id ?? null;
    if (notice.kind === 'withdraw') {
      forget(shown);
      shown = null;
      if (last !== null) await server.close(last);
      keep({ ...memory, shown: null });
      return true;
    }
    const capabilities = await server.capabilities();
    if (capabilities === null) return false;
    const owner = await server.owner();
    const next = await show(notice, { env, capabilities, replaces: last, actions: ACTIONS });
    if (next === null) return false;
    forget(shown);
    shown = next;
    keep({ ...memory, shown: next.id === null || owner === null ? null : { id: next.id, owner, session } });
    void next.ended.then((ending) => {
      // One that was replaced or withdrawn ends as well, and nobody dismissed it.
      if (shown === next && !signal.aborted) void answer(notice, ending);
    });
    return true;
  }

  async function answer(notice: Notice & { kind: 'tell' }, ending: Ending): Promise<void> {
    shown = null;
    await missServer();
    keep({ ...memory, shown: null });
    if (ending.kind === 'action' && ending.name === 'plan') openPlan();
    if (ending.kind === 'action' && ending.name === 'tomorrow') {
      const about = heard?.findings.filter((finding) => notice.codes.includes(finding.code)) ?? [];
      keep({ ...memory, snooze: putOff(memory.snooze, about, nextMorning(now()), now()) });
    }
    // One that was dismissed needs no more: the policy tells it again when it is time to.
    wake(0);
  }

  function keep(next: AgentMemory): void {
    const changed = JSON.stringify(next) !== JSON.stringify(memory);
    memory = next;
    if (changed) writeAgentMemory(options.memory, withSnoozeOfOthers(next));
  }

  /** The user may have another session, and have put off there what is found here too. */
  function withSnoozeOfOthers(mine: AgentMemory): AgentMemory {
    const others = readAgentMemory(options.memory).snooze;
    return { ...mine, snooze: { ...others, ...mine.snooze } };
  }

  function openPlan(): void {
    const words = terminalCommand(['aufswatch', 'plan', '--hold'], env);
    const [command, ...args] = words ?? [];
    if (command === undefined) return;
    const child = spawn(command, args, { env, detached: true, stdio: 'ignore' });
    child.on('error', () => {});
    child.unref();
  }
}

function untold(told: Told): Told {
  const resolved = Object.entries(told.findings).filter(([, finding]) => finding.resolvedAt !== null);
  return { findings: Object.fromEntries(resolved), showing: false };
}

function forget(shown: Shown | null): void {
  shown?.forget();
}
