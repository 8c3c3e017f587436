import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { NO_MEMORY } from '../../../src/model/memory.ts';
import { endless } from '../../support/machines.ts';
import type { Case } from './case.ts';
import { IN_SYNC } from './changes.ts';

const OLDER = '6.1.191-gentoo';
const RUNNING = '6.1.192-gentoo';

function pinned(release: string) {
  return { ...NO_MEMORY, pinned: release };
}

function withoutModules(root: string): void {
  rmSync(join(root, `/lib/modules/${OLDER}`), { recursive: true });
}

export const PINNED_CASES: readonly Case[] = [
  {
    code: 'pinned-kernel-not-next',
    raised: { machine: IN_SYNC, memory: pinned(OLDER) },
    neighbour: { machine: IN_SYNC, memory: pinned(RUNNING) },
    unknown: { machine: IN_SYNC, memory: pinned(OLDER), change: endless('/boot') },
  },
  {
    code: 'pinned-kernel-incomplete',
    raised: { machine: IN_SYNC, memory: pinned(OLDER), change: withoutModules },
    neighbour: { machine: IN_SYNC, memory: pinned(RUNNING), change: withoutModules },
    unknown: { machine: IN_SYNC, memory: pinned(OLDER), change: endless('/boot') },
  },
];
