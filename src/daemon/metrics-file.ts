import { basename, dirname, join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { replaceFile } from '../files/replace-file.ts';
import { type Measured, metricsText } from '../metrics/metrics-text.ts';
import { isSilenced } from '../model/leading-findings.ts';
import type { Published } from '../published/form.ts';
import type { Root } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import type { Log } from './log.ts';

export interface MetricsFileOptions {
  root(): Root;
  settings(): Settings;
  kernels(): Measured['kernels'];
  readonly log: Log;
}

/** Writes the file for node_exporter, if the configuration names one. A full disk is logged once. */
export function createMetricsFile({ root, settings, kernels, log }: MetricsFileOptions): {
  update(published: Published): void;
} {
  let writtenFor: number | null = null;
  let unreadSince: number | null = null;
  const isSame = ({ takenAtMs, unread }: Published): boolean =>
    takenAtMs === writtenFor && (unread?.sinceMs ?? null) === unreadSince;
  let complained: string | null = null;
  return {
    update: (published) => {
      const { textfile } = settings().metrics;
      // A heartbeat, each minute, changes nothing in the file.
      if (textfile === null || isSame(published)) return;
      writtenFor = published.takenAtMs;
      unreadSince = published.unread?.sinceMs ?? null;
      const problem = write(root(), textfile, measured(published, kernels()));
      if (problem !== null && problem !== complained) log.error(`${textfile} cannot be written: ${problem}`);
      complained = problem;
    },
  };
}

function measured(
  { program, takenAtMs: takenAt, verdict, findings, unread }: Published,
  kernels: Measured['kernels'],
): Measured {
  const told = findings.map((finding) => ({ ...finding, acknowledged: isSilenced(finding, takenAt) }));
  return {
    program,
    takenAtMs: takenAt,
    unreadSinceMs: unread?.sinceMs ?? null,
    links: verdict.links,
    findings: told,
    kernels,
  };
}

/** Returns what went wrong; null: nothing did. */
function write(root: Root, textfile: string, values: Measured): string | null {
  const directory = root.hostPath(dirname(textfile));
  if (!directory.known) return directory.detail;
  try {
    replaceFile(join(directory.value, basename(textfile)), metricsText(values), 0o644);
    return null;
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return code === 'EINVAL' ? 'it is no regular file' : code;
  }
}
