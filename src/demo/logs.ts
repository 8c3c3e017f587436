import type { Disk } from './disk.ts';

/** An entry in the log of emerge or of installkernel. */
export type LogEntry =
  | {
      readonly what: 'merged';
      readonly cpv: string;
      readonly at: number;
      readonly binary: boolean;
      readonly replaces: string | null;
    }
  | { readonly what: 'unmerged'; readonly cpv: string; readonly at: number }
  | { readonly what: 'kernel-installed'; readonly release: string; readonly at: number };

export const EMERGE_LOG = '/var/log/emerge.log';
export const INSTALL_LOG = '/var/log/installkernel.log';

/** Writes /var/log/emerge.log and, where kernels were installed, /var/log/installkernel.log. */
export function writeLogs(disk: Disk, log: readonly LogEntry[]): void {
  const sorted = [...log].sort((a, b) => a.at - b.at);
  const newest = sorted.at(-1)?.at;
  if (newest === undefined) return;
  disk.file(EMERGE_LOG, sorted.map(emergeLines).join(''), newest, 0o660);
  const installs = sorted.map(installLine).join('');
  if (installs !== '') disk.file(INSTALL_LOG, installs, newest);
}

/** All lines of emerge for one package. The last line has the time of the entry. */
export function emergeLines(entry: LogEntry): string {
  if (entry.what === 'kernel-installed') return '';
  const lines = entry.what === 'merged' ? mergeLines(entry) : unmergeLines(entry.cpv);
  const end = Math.floor(entry.at / 1000);
  return lines.map((line, at) => `${end - lines.length + 1 + at}: ${line}\n`).join('');
}

function mergeLines({ cpv, at, binary, replaces }: Extract<LogEntry, { what: 'merged' }>): string[] {
  const [, day = '', month = '', year = '', time = ''] =
    /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(at).toUTCString()) ?? [];
  const merging = binary
    ? ` === (1 of 1) Merging Binary (${cpv}::/var/cache/binpkgs/${cpv}.gpkg.tar)`
    : ` === (1 of 1) Compiling/Merging (${cpv}::/var/db/repos/gentoo/${cpv}.ebuild)`;
  return [
    `Started emerge on: ${month} ${day}, ${year} ${time}`,
    ` *** emerge --oneshot =${cpv}`,
    ` >>> emerge (1 of 1) ${cpv} to /`,
    merging,
    ...(replaces === null ? [] : [` === Unmerging... (${replaces})`, ` >>> unmerge success: ${replaces}`]),
    ` ::: completed emerge (1 of 1) ${cpv} to /`,
  ];
}

function unmergeLines(cpv: string): string[] {
  return [` *** emerge --unmerge =${cpv}`, ` === Unmerging... (${cpv})`, ` >>> unmerge success: ${cpv}`];
}

/** The log of sys-kernel/installkernel: date, distro, version, conf root, layout, generators, directory, files, plugins. */
export function installLine(entry: LogEntry): string {
  if (entry.what !== 'kernel-installed') return '';
  const date = new Date(entry.at).toISOString().slice(0, 19).replace('T', ' ');
  const fields = [date, 'gentoo', entry.release, '/etc/kernel', 'compat', 'none', 'none', '/boot'];
  return `${[...fields, `vmlinuz-${entry.release}`, '', ''].join('\t')}\n`;
}
