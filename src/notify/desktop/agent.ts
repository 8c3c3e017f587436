import { spawn } from 'node:child_process';
import { type DaemonStatus, readPublished } from '../../published/read.ts';
import type { Notice } from '../notice.ts';
import { decide, type NotifyState } from '../policy.ts';
import { type AgentMemory, readAgentMemory, writeAgentMemory } from './agent-memory.ts';
import { followFile } from './follow-file.ts';
import { notificationServer } from './server.ts';
import { type Ending, type Shown, show } from './show.ts';
import { nextMorning, putOff, snoozedUntil } from './snooze.ts';
import { terminalCommand } from './terminal-command.ts';

export interface AgentOptions {
  /** Path of status.json. */
  readonly status: string;
  /** Path of the agent's memory for this user. */
  readonly memory: string;
  /** True if the session has just begun. */
  readonly login: boolean;
  readonly env: NodeJS.ProcessEnv;
  now(): number;
  /** Called when the agent becomes idle, to free memory. */
  tidy(): void;
  readonly signal: AbortSignal;
}

const DAY = 86_400_000;
/** How long after an action `tidy` is called, ms. */
const TIDY = 2000;
/** How long to wait when no notification service answers, ms. */
const SERVER_AGAIN = 5000;

const ACTIONS = [
  { name: 'plan', label: 'Show plan' },
  { name: 'tomorrow', label: 'Remind me tomorrow' },
];

/** Shows notifications for what the daemon publishes, in this session, until the signal. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { env, now, signal } = options;
  const server = notificationServer(env);
  const session = env.XDG_RUNTIME_DIR ?? '';
  let memory = readAgentMemory(options.memory);
  // A notification of another or an earlier session is not shown in this one.
  if (options.login || memory.shown?.session !== session) {
    memory = { ...memory, shown: null, told: { ...memory.told, showing: false } };
  }
  let login = options.login;
  let status: DaemonStatus | null = null;
  let shown: Shown | null = null;
  let timer: NodeJS.Timeout | null = null;
  let tidying: NodeJS.Timeout | null = null;
  let acting: Promise<void> = Promise.resolve();

  followFile(
    options.status,
    (text) => {
      // While the daemon is down, its last status stays valid.
      const next = text === null ? null : (readPublished(text)?.status ?? null);
      // Before the first scan the status has no findings; to act on it would withdraw the notification.
      if (next !== null && next.takenAtMs > 0) status = next;
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
    if (status === null || signal.aborted) return;
    const at = now();
    memory = withSnoozeOfOthers(memory);
    await missServer();
    const findings = status.findings.filter((finding) => snoozedUntil(memory.snooze, finding) <= at);
    const decision = decide({ findings, busy: status.busy, at, login }, memory.told, status.notify);
    if (decision.notice !== null && !(await present(decision.notice))) {
      wake(SERVER_AGAIN);
      return;
    }
    login = false;
    keep({ ...memory, told: decision.told });
    const putOffUntil = status.findings
      .map((finding) => snoozedUntil(memory.snooze, finding))
      .filter((until) => until > at);
    const again = Math.min(decision.again ?? Number.POSITIVE_INFINITY, ...putOffUntil);
    if (again < Number.POSITIVE_INFINITY) wake(Math.max(1, again - at));
  }

  /** A server that ended took its notification along. The user did not dismiss it, so the next server shows it again. */
  async function missServer(): Promise<void> {
    if (memory.shown === null || memory.shown.owner === (await server.owner())) return;
    forget(shown);
    shown = null;
    keep({ ...memory, shown: null, told: withoutOpen(memory.told) });
  }

  /** Shows or withdraws the notification. Returns false if no server answered. */
  async function present(notice: Notice): Promise<boolean> {
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
      // A notification that was replaced or withdrawn ends too, without an answer of the user.
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
      const about = status?.findings.filter((finding) => notice.codes.includes(finding.code)) ?? [];
      keep({ ...memory, snooze: putOff(memory.snooze, about, nextMorning(now()), now()) });
    }
    // After a dismissal nothing is left to do: the policy decides when to notify again.
    wake(0);
  }

  function keep(next: AgentMemory): void {
    const changed = JSON.stringify(next) !== JSON.stringify(memory);
    memory = next;
    if (changed) writeAgentMemory(options.memory, withSnoozeOfOthers(next));
  }

  /** The user may have put off findings in another session: those count here too. */
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

function withoutOpen(told: NotifyState): NotifyState {
  const resolved = Object.entries(told.findings).filter(([, finding]) => finding.resolvedAt !== null);
  return { findings: Object.fromEntries(resolved), showing: false };
}

function forget(shown: Shown | null): void {
  shown?.forget();
}
