import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { statusPath } from '../../daemon/paths.ts';
import { pathsFor } from '../../daemon/paths-for.ts';
import { INBOX } from '../../inbox/read-inbox.ts';
import type { Finding } from '../../model/finding.ts';
import { andOthers, isSilenced, leading, nextBootLosses } from '../../model/leading-findings.ts';
import type { Step } from '../../model/step.ts';
import { isAlive, readPublishedFile } from '../../published/file.ts';
import { errorCode } from '../../system/system-error.ts';
import { listed } from '../../verdict/words.ts';
import type { MachineInvocation } from '../command.ts';
import { hint } from '../render/hint.ts';
import { stepWords } from '../render/steps.ts';
import { plain } from '../render/style.ts';

/** How long the daemon may take to scan after emerge, ms. */
const WAIT = 2000;
const POLL = 50;

/** `aufswatch status --after-emerge`: at most six lines, and none when all is in sync. */
export async function afterEmerge(invocation: MachineInvocation): Promise<number> {
  const { terminal } = invocation;
  const status = (await fromDaemon(invocation)) ?? (await judgedHere(invocation));
  if (status === null) return 1;
  const about = (command: string): string => hint(command, invocation);
  for (const line of afterEmergeLines(status, invocation.options.root ?? '/', about))
    terminal.out(`${plain(terminal, line)}\n`);
  return 0;
}

/** What is shown after an emerge. Codes are strings: the daemon may be of another version. */
export interface AfterEmerge {
  readonly findings: readonly (Pick<Finding, 'severity' | 'title' | 'about'> & { readonly code: string })[];
  readonly plan: readonly (Step & { readonly resolves: readonly string[] })[];
}

/** What is wrong, what the next boot loses, and what to do: at most six lines. `about` returns a command as it is typed. */
export function afterEmergeLines(
  { findings, plan }: AfterEmerge,
  root = '/',
  about: (command: string) => string = (command) => `aufswatch ${command}`,
): string[] {
  const lead = leading(findings);
  if (lead === null) return [];
  const { worst, others } = lead;
  const [second, ...more] = others;
  const codes = new Set([worst, ...others].map(({ code }) => code));
  const due = plan.filter(({ resolves }) => resolves.some((code) => codes.has(code)));
  const [step] = due;
  const words = step === undefined ? null : stepWords(step, root);
  return [
    `aufswatch: ${worst.severity}: ${worst.title}.`,
    ...(second === undefined
      ? []
      : [`  ${second.title}${more.length > 0 ? `${andOthers({ others: more })}: ${about('status')}` : '.'}`]),
    `  The next boot: ${nextBootWords([worst, ...others])}.`,
    ...(words === null ? [] : [`  Next: ${words.by === 'command' ? words.line : words.what}`]),
    ...(due.length > 1 ? [`  ${due.length - 1} more after it: ${about('plan')}`] : []),
  ];
}

function nextBootWords(findings: AfterEmerge['findings']): string {
  const lost = nextBootLosses(findings);
  return lost.length === 0 ? 'nothing is lost yet' : `comes up without ${listed(lost)}`;
}

/** The daemon's findings, once it has scanned after the last change; null: no daemon, or it takes too long. */
async function fromDaemon(invocation: MachineInvocation): Promise<AfterEmerge | null> {
  if ((invocation.options.snapshot ?? null) !== null) return null;
  const root = invocation.options.root ?? '/';
  const paths = pathsFor(invocation.env, process.getuid?.() ?? 0, root);
  const changedAt = Math.max(mtime(join(root, 'var/db/pkg')), mtime(join(paths.state, INBOX)));
  for (let waited = 0; ; waited += POLL) {
    const status = readPublishedFile(statusPath(paths));
    if (status === null || !isAlive(status, invocation.now())) return null;
    if (status.takenAtMs >= changedAt) {
      const now = invocation.now();
      const findings = status.findings.filter((finding) => !isSilenced(finding, now));
      return { findings, plan: status.plan };
    }
    if (waited >= WAIT) return null;
    await sleep(POLL);
  }
}

async function judgedHere(invocation: MachineInvocation): Promise<AfterEmerge | null> {
  const judged = await invocation.getVerdict(invocation);
  if (judged.ok) return judged.value.verdict;
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
