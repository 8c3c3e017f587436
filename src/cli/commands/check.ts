import { existsSync } from 'node:fs';
import { rebootOkPath } from '../../daemon/paths.ts';
import { pathsFor } from '../../daemon/paths-for.ts';
import type { Finding } from '../../model/finding.ts';
import { isSilenced, losesAtBoot } from '../../model/leading-findings.ts';
import type { Verdict } from '../../model/verdict.ts';
import { type Answer, answerOf, EXIT } from '../answer.ts';
import { command, type MachineInvocation } from '../command.ts';
import { flag, JSON_OUTPUT, SNAPSHOT } from '../definition.ts';
import { jsonOutput } from '../json-output.ts';
import { headline } from '../render/headline.ts';
import { plain } from '../render/style.ts';
import type { VerdictView } from '../verdict-view.ts';

/** `aufswatch check`: one line, and the exit status of a monitoring plugin. */
export const check = command(
  {
    description:
      'Says in one line whether all is in sync. Exit status 0: in sync; 1: a warning; 2: critical; 3: not known. With --before-reboot only what the next boot would lose counts.',
    args: {},
    options: {
      'before-reboot': flag('count only what the next boot would lose'),
      all: flag('count acknowledged findings as well'),
      nagios: flag('print the line in the format of monitoring plugins'),
      json: JSON_OUTPUT,
      snapshot: SNAPSHOT,
    },
  },
  async (invocation) => {
    const { terminal } = invocation;
    if (invocation.options['before-reboot'] && isLetThrough(invocation)) {
      terminal.out('The next reboot is let through (aufswatch reboot-ok).\n');
      return EXIT.ok;
    }
    const judged = await invocation.getVerdict(invocation);
    if (!judged.ok) {
      terminal.fail(judged.message);
      return EXIT.unknown;
    }
    const counted = invocation.options.all
      ? judged.value.verdict
      : unsilenced(judged.value, invocation.now());
    const verdict = invocation.options['before-reboot'] ? beforeReboot(counted) : counted;
    const answer = answerOf(verdict);
    const line = plain(
      terminal,
      besideFindings(verdict, answer, invocation.options['before-reboot']) ??
        headline(verdict, judged.value.portage),
    );
    if (invocation.options.json) {
      const findings = verdict.findings.map(({ code, subject, severity, title }) => ({
        code,
        subject,
        severity,
        title,
      }));
      terminal.out(jsonOutput('check', { answer, line, findings }, 0));
      return EXIT[answer];
    }
    terminal.out(invocation.options.nagios ? nagiosLine(answer, line, verdict) : `${line}\n`);
    return EXIT[answer];
  },
);

function isLetThrough({ env, options }: MachineInvocation): boolean {
  if ((options.snapshot ?? null) !== null) return false;
  const root = options.root ?? '/';
  // A file of root counts for every user.
  return [process.getuid?.() ?? 0, 0].some((uid) => existsSync(rebootOkPath(pathsFor(env, uid, root))));
}

/** The line where there is no finding: nothing is lost, or it depends on a guess. null: the headline is enough. */
function besideFindings(verdict: Verdict, answer: Answer, beforeReboot: boolean): string | null {
  const { nextBoot, findings, links } = verdict;
  if (beforeReboot && answer === 'ok') return 'The next boot loses nothing.';
  const isOpen = findings.length > 0 || links.some((link) => link.mark === 'unknown');
  if (answer !== 'unknown' || nextBoot.kind !== 'guess' || isOpen) return null;
  return `Nothing is known to be wrong, but it is a guess that ${nextBoot.image} boots next: ${nextBoot.why}.`;
}

/** The verdict without the findings that the user has silenced. */
function unsilenced({ verdict, silenced }: VerdictView, now: number): Verdict {
  const findings = verdict.findings.filter(
    (finding) => !isSilenced({ acknowledgedUntilMs: silenced(finding) }, now),
  );
  return { ...verdict, findings };
}

/** The verdict on the next boot alone: findings about the running kernel end with it. */
function beforeReboot(verdict: Verdict): Verdict {
  const ofNextBoot = ['image', 'module'];
  return {
    ...verdict,
    findings: verdict.findings.filter(losesAtBoot),
    links: verdict.links.filter((link) => ofNextBoot.includes(link.name)),
  };
}

/** Monitoring Plugins Development Guidelines: `SERVICE STATUS - text | label=value`. */
function nagiosLine(answer: Answer, line: string, verdict: Verdict): string {
  const count = (severity: Finding['severity']): number =>
    verdict.findings.filter((finding) => finding.severity === severity).length;
  const numbers = `critical=${count('critical')} warning=${count('warning')} notice=${count('notice')}`;
  return `AUFSWATCH ${answer.toUpperCase()} - ${line.replaceAll('|', '/')} | ${numbers}\n`;
}
