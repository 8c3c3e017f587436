import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { writeNamed } from '../../files/write-named.ts';
import { NO_MEMORY } from '../../model/memory.ts';
import { reportPage } from '../../report/page.ts';
import { openRoot } from '../../system/root.ts';
import { errorCode } from '../../system/system-error.ts';
import { matrixOf } from '../../verdict/matrix.ts';
import { assess } from '../../verdict/situation.ts';
import { dayTime } from '../../verdict/words.ts';
import { VERSION } from '../../version.ts';
import { command, type MachineInvocation } from '../command.ts';
import { SNAPSHOT, value } from '../definition.ts';
import { fromLedger } from '../ledger-access.ts';
import { scanAndJudge } from '../machine.ts';
import { notSince, parseMoment } from '../moment.ts';
import { readPast } from '../past.ts';
import { headline } from '../render/headline.ts';

const SINCE = '90d';

const WHY: Readonly<Record<string, string>> = {
  EACCES: ': name a file in a directory of yours',
  EISDIR: ': it is a directory; name a file in it',
  ENOENT: ': there is no such directory',
  ENOTDIR: ': a part of the path is not a directory',
};

/** `aufswatch report`: everything on one page, for a browser or the printer. */
export const report = command(
  {
    description:
      'Writes one page of HTML that needs no other file: the five links, the plan, the findings, the history as a timeline, and which module loads on which kernel.',
    args: {},
    options: {
      out: value('file', 'write to this file instead of to standard output', { offer: 'file' }),
      since: value('when', 'how far back the timeline goes: 90d, 1y, 2026-11-23'),
      snapshot: SNAPSHOT,
    },
  },
  async (invocation) => {
    const { terminal } = invocation;
    const sinceText = invocation.options.since ?? SINCE;
    const since = parseMoment(sinceText, invocation.now());
    if (since === null) return terminal.fail(notSince(sinceText));
    const judged = await scanAndJudge(invocation);
    if (!judged.ok) return terminal.fail(judged.message);
    const { snapshot, verdict } = judged.value;
    const page = reportPage({
      host: hostOf(invocation),
      program: VERSION,
      takenAt: snapshot.takenAt,
      headline: headline(verdict, snapshot.portage),
      links: verdict.links,
      findings: verdict.findings.map((finding) => ({ ...finding, since: judged.value.since(finding) })),
      plan: verdict.plan,
      matrix: matrixOf(assess(snapshot, NO_MEMORY)),
      past: fromLedger(invocation, (ledger) => readPast(ledger, snapshot.portage, since)),
      time: dayTime,
    });
    const out = invocation.options.out;
    if (out === null) {
      terminal.out(page);
      return 0;
    }
    try {
      writeNamed(out, page, 0o644, isTrusted(resolve(out)));
      return 0;
    } catch (error) {
      const code = errorCode(error);
      if (code === null) throw error;
      return terminal.fail(`${out} cannot be written (${code})${WHY[code] ?? ''}`);
    }
  },
);

/** Can no other user change the directory of the file, or the file that it leads to? */
function isTrusted(path: string): boolean {
  const host = openRoot('/');
  return host.isOurs(dirname(path)) && host.hostPath(path).known;
}

function hostOf({ options }: MachineInvocation): string {
  const saved = options.snapshot ?? null;
  if (saved !== null) return saved;
  const directory = options.root ?? '/';
  if (directory === '/') return hostname();
  const name = openRoot(directory).readText('/etc/hostname');
  return name.known ? name.value.trim() : directory;
}
