import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathsFor, statusPath } from '../../daemon/paths.ts';
import { INBOX } from '../../inbox/read-inbox.ts';
import type { Finding } from '../../model/finding.ts';
import { isHeard, readPublishedFile } from '../../notify/published-file.ts';
import { errorCode } from '../../system/system-error.ts';
import { bootLosses } from '../../verdict/boot-losses.ts';
import { planOf } from '../../verdict/plan.ts';
import { listed } from '../../verdict/words.ts';
import type { Invocation } from '../command.ts';
import { lookAndJudge } from '../machine.ts';
import { hint } from '../render/hint.ts';
import { plain } from '../render/style.ts';

/** How long the daemon may take to look at what emerge has changed, ms. */
const WAIT = 2000;
const POLL = 50;

/** `aufswatch status --after-emerge`: at most six lines, and none when all is in sync. */
export async function afterEmerge(invocation: Invocation): Promise<number> {
  const { terminal } = invocation;
  const findings = (await heardFromDaemon(invocation)) ?? (await judgedHere(invocation));
  if (findings === null) return 1;
  const about = (command: string): string => hint(command, invocation);
  for (const line of afterEmergeLines(findings, about)) terminal.out(`${plain(terminal, line)}\n`);
  return 0;
}

/** What is behind, what the next boot loses, and what to do: at most six lines. `about`: how a command is called. */
export function afterEmergeLines(
  all: readonly Finding[],
  about: (command: string) => string = (command) => `aufswatch ${command}`,
): string[] {
  const findings = all.filter(({ severity }) => severity !== 'notice');
  const [worst, second, ...others] = findings;
  if (worst === undefined) return [];
  const plan = planOf(findings);
  const [step] = plan;
  return [
    `aufswatch: ${worst.severity}: ${worst.title}.`,
    ...(second === undefined
      ? []
      : [`  ${second.title}${others.length > 0 ? `, and ${others.length} more: ${about('status')}` : '.'}`]),
    `  The next boot: ${nextBootWords(findings)}.`,
    ...(step === undefined ? [] : [`  Next: ${step.command ?? step.why}`]),
    ...(plan.length > 1 ? [`  ${plan.length - 1} more after it: ${about('plan')}`] : []),
  ];
}

function nextBootWords(findings: readonly Finding[]): string {
  const losses = bootLosses(findings);
  const modules = losses
    .filter(({ code }) => code !== 'next-boot-without-aufs')
    .map(({ subject }) => subject.split(' ')[0] ?? subject);
  const lost = losses.some(({ code }) => code === 'next-boot-without-aufs') ? ['aufs', ...modules] : modules;
  return lost.length === 0 ? 'nothing is lost yet' : `comes up without ${listed([...new Set(lost)])}`;
}

/** The daemon's findings, once it has looked after the last change; null: no daemon, or it takes too long. */
async function heardFromDaemon(invocation: Invocation): Promise<readonly Finding[] | null> {
  if (invocation.option('snapshot') !== null) return null;
  const root = invocation.option('root') ?? '/';
  const paths = pathsFor(invocation.env, process.getuid?.() ?? 0, root);
  const changedAt = Math.max(mtime(join(root, 'var/db/pkg')), mtime(join(paths.state, INBOX)));
  for (let waited = 0; ; waited += POLL) {
    const heard = readPublishedFile(statusPath(paths));
    if (heard === null || !isHeard(heard, invocation.now())) return null;
    if (heard.takenAt >= changedAt) {
      const now = invocation.now();
      return heard.findings.filter(({ acknowledgedUntil }) => (acknowledgedUntil ?? 0) <= now);
    }
    if (waited >= WAIT) return null;
    await sleep(POLL);
  }
}

async function judgedHere(invocation: Invocation): Promise<readonly Finding[] | null> {
  const judged = await lookAndJudge(invocation, { of: 'verdict' });
  if (judged.ok) return judged.value.verdict.findings;
  invocation.terminal.fail(judged.message);
  return null;
}

/** ms; 0 where it is not there. */
function mtime(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return 0;
  }
}
