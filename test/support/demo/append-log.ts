import type { Disk } from '../../../src/demo/disk.ts';
import { EMERGE_LOG, emergeLines, INSTALL_LOG, installLine, type LogEntry } from '../../../src/demo/logs.ts';

/** Adds one entry to the end of its log. */
export function appendLog(disk: Disk, entry: LogEntry): void {
  const isInstall = entry.what === 'kernel-installed';
  disk.append(
    isInstall ? INSTALL_LOG : EMERGE_LOG,
    isInstall ? installLine(entry) : emergeLines(entry),
    entry.at,
  );
}
