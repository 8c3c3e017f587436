import { type Memory, NO_MEMORY, type SelfReport } from '../../../src/model/memory.ts';
import { NOW } from '../../support/machines.ts';
import type { Case } from './case.ts';
import { IN_SYNC } from './changes.ts';

const REPORTS: readonly SelfReport[] = [
  { code: 'hook-missing', missing: ['/etc/portage/bashrc'] },
  { code: 'hook-unheard', cpv: 'sys-fs/zfs-kmod-2.2.7', atMs: NOW },
  { code: 'watch-degraded', places: 12, limit: 'watches' },
  { code: 'ledger-recovered', atMs: NOW, movedTo: '/var/lib/aufswatch/ledger.sqlite3.damaged' },
  { code: 'inbox-stuck', path: '/var/lib/aufswatch/inbox', detail: 'permission denied' },
];

function remembering(...self: readonly SelfReport[]): Memory {
  return { ...NO_MEMORY, self };
}

/**
 * The daemon's reports about itself. The neighbour has all reports except this one. Without a daemon there are no reports,
 * and no finding.
 */
export const SELF_CASES: readonly Case[] = REPORTS.map((report) => ({
  code: report.code,
  raised: { machine: IN_SYNC, memory: remembering(report) },
  neighbour: { machine: IN_SYNC, memory: remembering(...REPORTS.filter((other) => other !== report)) },
  unknown: {
    machine: IN_SYNC,
    shows: (_, { findings }) => findings.every(({ code }) => code !== report.code),
  },
}));
