import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Machine, writeMachine } from '../../../src/demo/machine.ts';
import { type Memory, NO_MEMORY } from '../../../src/model/memory.ts';
import type { Outcome } from '../../../src/model/rehearsal.ts';
import { moduleFile } from '../../../src/verdict/kernel/kernel.ts';
import { assess } from '../../../src/verdict/situation.ts';
import { SCENARIOS } from '../../support/demo/scenarios.ts';
import { NOW, read } from '../../support/machines.ts';
import { type Case, isOpenNext } from './case.ts';
import { builtElsewhere, IN_SYNC } from './changes.ts';

const REFUSED: Outcome = { is: 'refused', error: 'ENOEXEC', words: ['zfs: Unknown symbol x (err -2)'] };

/** The memory of a machine on whose next kernel a rehearsal of zfs had this outcome. */
async function rehearsed(machine: Machine, outcome: Outcome): Promise<Memory> {
  const root = mkdtempSync(join(tmpdir(), 'aufswatch-case-'));
  try {
    writeMachine(root, machine);
    const { next: kernel } = assess(await read(root), NO_MEMORY);
    const file = kernel === null ? null : moduleFile(kernel, 'zfs');
    if (kernel === null || kernel.image === null || file === null) throw new Error('nothing to rehearse');
    const { release, utsVersion } = kernel.identity;
    if (!release.known || !utsVersion.known) throw new Error('a kernel without an identity');
    const same = ({ path, size, mtime }: { path: string; size: number; mtime: number }) => ({
      ...{ path, size, mtimeMs: mtime },
      hash: 'ab',
    });
    const ran = {
      release: release.value,
      utsVersion: utsVersion.value,
      image: same(kernel.image),
      words: [],
    };
    const seen = { atMs: NOW, kernel: ran, module: 'zfs', file: same(file), needs: [], outcome };
    return { ...NO_MEMORY, rehearsals: [seen] };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The CRCs of the kernel are not known, so there is no prediction to contradict. */
const OPEN: Machine = { ...builtElsewhere('zfs-kmod'), trees: SCENARIOS['never-built'](NOW).trees };

export const REHEARSAL_CASES: readonly Case[] = [
  {
    code: 'rehearsal-contradicts',
    raised: { machine: IN_SYNC, memory: await rehearsed(IN_SYNC, REFUSED) },
    // The rehearsal saw what was predicted.
    neighbour: { machine: IN_SYNC, memory: await rehearsed(IN_SYNC, { is: 'loads' }) },
    unknown: { machine: OPEN, memory: await rehearsed(OPEN, REFUSED), shows: isOpenNext('zfs') },
  },
];
