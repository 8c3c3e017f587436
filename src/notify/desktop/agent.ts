import { spawn } from 'node:child_process';
import type { Notice } from '../notice.ts';
import { decide, NOTHING_TOLD, type NotifyPreferences, type Told } from '../policy.ts';
import { type Heard, readPublished } from '../read-published.ts';
import { followFile } from './follow-file.ts';
import { nextMorning } from './next-morning.ts';
import { notificationServer } from './server.ts';
import { type Shown, show } from './show.ts';
import { readSnooze, type Snooze, snoozedUntil, writeSnooze } from './snooze.ts';
import { terminalCommand } from './terminal-command.ts';

export interface AgentOptions {
  /** Path of status.json. */
  readonly status: string;
  /** Where "Remind me tomorrow" is remembered for this user. */
  readonly memory: string;
  readonly preferences: NotifyPreferences;
  readonly env: NodeJS.ProcessEnv;
  now(): number;
  readonly signal: AbortSignal;
}

const DAY = 86_400_000;
/** A dismissed notice is not shown again for so long, ms. */
const DISMISSED = DAY;
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
  let heard: Heard | null = null;
  let told: Told = NOTHING_TOLD;
  let login = true;
  let shown = null as Shown | null;
  let snooze: Snooze = readSnooze(options.memory);
  let timer: NodeJS.Timeout | null = null;
  let acting: Promise<void> = Promise.resolve();

  followFile(
    options.status,
    (text) => {
      // While the daemon is down its last word stands.
      heard = text === null ? heard : (readPublished(text) ?? heard);
      wake(0);
    },
    signal,
  );
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  if (timer !== null) clearTimeout(timer);
  shown?.forget();
  await acting;

  function wake(delay: number): void {
    if (timer !== null) clearTimeout(timer);
    if (signal.aborted) return;
    timer = setTimeout(
      () => {
        acting = acting.then(act);
      },
      Math.min(delay, DAY),
    );
  }

  async function act(): Promise<void> {
    if (heard === null || signal.aborted) return;
    const at = now();
    const findings = heard.findings.filter((finding) => snoozedUntil(snooze, finding) <= at);
    const decision = decide({ findings, busy: heard.busy, at, login }, told, options.preferences);
    if (decision.notice !== null && !(await voice(decision.notice))) {
      wake(SERVER_AGAIN);
      return;
    }
    login = false;
    told = decision.told;
    if (decision.again !== null) wake(Math.max(1, decision.again - at));
  }

  /** Was it shown, or taken back? */
  async function voice(notice: Notice): Promise<boolean> {
    if (notice.kind === 'withdraw') {
      const last = shown;
      shown = null;
      last?.forget();
      if (last !== null && last.id !== null) await server.close(last.id);
      return true;
    }
    const capabilities = await server.capabilities();
    if (capabilities === null) return false;
    const last = shown;
    const next = await show(notice, { env, capabilities, replaces: last?.id ?? null, actions: ACTIONS });
    if (next === null) return false;
    shown = next;
    last?.forget();
    void next.ended.then((ending) => {
      // One that was replaced or withdrawn ends as well, and nobody dismissed it.
      if (shown !== next || signal.aborted) return;
      shown = null;
      if (ending.kind === 'action' && ending.name === 'plan') openPlan();
      else remember(notice, ending.kind === 'action' ? nextMorning(now()) : now() + DISMISSED);
    });
    return true;
  }

  function remember(notice: Notice & { kind: 'tell' }, until: number): void {
    const about = heard?.findings.filter((finding) => notice.codes.includes(finding.code)) ?? [];
    snooze = writeSnooze(options.memory, snooze, about, until, now());
    wake(0);
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
