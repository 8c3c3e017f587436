import { type Finding, SEVERITIES } from '../model/finding.ts';
import type { Link } from '../model/verdict.ts';
import { visible } from '../model/visible.ts';

/** The values that go to monitoring. Times in ms. */
export interface Measured {
  readonly program: string;
  readonly takenAtMs: number;
  /** Since when the machine cannot be read; null: it can be read. */
  readonly unreadSinceMs: number | null;
  readonly links: readonly Link[];
  readonly findings: readonly MeasuredFinding[];
  /** Counted in the ledger; null: there is no ledger. */
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
 * The text exposition format of Prometheus, as node_exporter's textfile collector reads it. It is valid OpenMetrics too,
 * except for the types that the collector does not support.
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
    family('aufswatch_info', 'gauge', 'The version of aufswatch that scanned the machine.', [
      [{ version: program }, 1],
    ]),
    family('aufswatch_last_scan_timestamp_seconds', 'gauge', 'When the machine was last read.', [
      [{}, takenAt / 1000],
    ]),
    family(
      'aufswatch_unread_since_timestamp_seconds',
      'gauge',
      'Since when a file system does not answer, so that nothing newer is known; absent if all answer.',
      unreadSince === null ? [] : [[{}, unreadSince / 1000]],
    ),
    family(
      'aufswatch_link_state',
      'gauge',
      'The marks of the five links: 1 for the mark that the link has, 0 for the others.',
      links.flatMap(({ name, mark }) =>
        MARKS.map((each): Sample => [{ link: name, mark: each }, each === mark ? 1 : 0]),
      ),
    ),
    family(
      'aufswatch_findings',
      'gauge',
      'The number of findings that are open and not acknowledged.',
      SEVERITIES.map((severity): Sample => [{ severity }, countOf(findings, severity)]),
    ),
    family(
      'aufswatch_finding_since_timestamp_seconds',
      'gauge',
      'Since when each finding has been open.',
      known.map(({ code, subject, severity, about, sinceMs: since, acknowledged }): Sample => {
        // Prometheus reads an empty label as absent: the finding is not about the next boot.
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

/** A label's value may hold any UTF-8. Control characters, which could act on the reader's terminal, are made visible. */
function escaped(value: string): string {
  return visible(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
