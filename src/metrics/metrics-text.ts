import { type Finding, SEVERITIES } from '../model/finding.ts';
import type { Link } from '../model/verdict.ts';
import { visible } from '../model/visible.ts';

/** What is told to monitoring. Times in ms. */
export interface Measured {
  readonly program: string;
  readonly takenAtMs: number;
  /** Since when the machine cannot be read; null: it can. */
  readonly unreadSinceMs: number | null;
  readonly links: readonly Link[];
  readonly findings: readonly MeasuredFinding[];
  /** null: there is no ledger to count in. */
  readonly kernels: { readonly builds: number; readonly boots: number } | null;
}

export interface MeasuredFinding extends Pick<Finding, 'subject' | 'severity'> {
  readonly code: string;
  readonly about: Pick<Finding['about'], 'nextBootLoses'>;
  /** null: not known. */
  readonly sinceMs: number | null;
  readonly acknowledged: boolean;
}

const MARKS = ['ok', 'behind', 'broken', 'unknown', 'none'] as const;

/**
 * The text exposition format of Prometheus, as node_exporter's textfile collector reads it; also valid OpenMetrics
 * but for the types that the collector does not know.
 */
export function metricsText({
  program,
  takenAtMs: takenAt,
  unreadSinceMs: unreadSince,
  links,
  findings,
  kernels,
}: Measured): string {
  const known = findings.filter(({ sinceMs: since }) => since !== null);
  return [
    family('aufswatch_info', 'gauge', 'The version of aufswatch that looked.', [[{ version: program }, 1]]),
    family('aufswatch_last_look_timestamp_seconds', 'gauge', 'When the machine was read last.', [
      [{}, takenAt / 1000],
    ]),
    family(
      'aufswatch_unread_since_timestamp_seconds',
      'gauge',
      'Since when a file system does not answer, so that nothing newer is known; only while it is so.',
      unreadSince === null ? [] : [[{}, unreadSince / 1000]],
    ),
    family(
      'aufswatch_link_state',
      'gauge',
      'Of the five links, 1 for the mark that each has and 0 for the others.',
      links.flatMap(({ name, mark }) =>
        MARKS.map((each): Sample => [{ link: name, mark: each }, each === mark ? 1 : 0]),
      ),
    ),
    family(
      'aufswatch_findings',
      'gauge',
      'How many findings are open and not acknowledged.',
      SEVERITIES.map((severity): Sample => [{ severity }, countOf(findings, severity)]),
    ),
    family(
      'aufswatch_finding_since_timestamp_seconds',
      'gauge',
      'Since when each open finding is there.',
      known.map(({ code, subject, severity, about, sinceMs: since, acknowledged }): Sample => {
        // Empty, as if it were not there: it is about something else than the next boot.
        const next_boot_loses = about.nextBootLoses.join(' ');
        const labels = { code, subject, severity, acknowledged: String(acknowledged), next_boot_loses };
        return [labels, (since ?? 0) / 1000];
      }),
    ),
    ...(kernels === null
      ? []
      : [
          family('aufswatch_kernel_builds_total', 'counter', 'Kernel builds on record.', [
            [{}, kernels.builds],
          ]),
          family('aufswatch_boots_total', 'counter', 'Boots on record.', [[{}, kernels.boots]]),
        ]),
  ].join('');
}

function countOf(findings: readonly MeasuredFinding[], severity: string): number {
  return findings.filter((finding) => finding.severity === severity && !finding.acknowledged).length;
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

function family(name: string, type: string, help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelText(labels: Sample[0]): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** A label's value may hold anything in UTF-8; what acts on whoever reads it is shown. */
function escaped(value: string): string {
  return visible(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
