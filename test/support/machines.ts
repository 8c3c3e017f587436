import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Machine, writeMachine } from '../../src/demo/machine.ts';
import { type Memory, NO_MEMORY } from '../../src/model/memory.ts';
import { DEFAULT_PREFERENCES } from '../../src/model/preferences.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { readSnapshot } from '../../src/system/read-snapshot.ts';
import { openRoot } from '../../src/system/root.ts';
import { judge } from '../../src/verdict/judge.ts';
import { initramfsInQuestion, kernelsInQuestion } from '../../src/verdict/kernels-in-question.ts';
import { temporaryDirectory } from './temporary.ts';

export const NOW = Date.UTC(2026, 10, 23, 9);

/** A machine, changes by hand after it was laid out, and the ledger's memory of it. */
export interface Scene {
  readonly machine: Machine;
  readonly change?: (root: string) => void;
  /** Changes facts of the machine that was laid out: the smallest input of a rule. */
  readonly alter?: (snapshot: Snapshot) => Snapshot;
  readonly memory?: Memory;
}

/**
 * Lays the machine out in a temporary directory, reads it and judges it. Also asserts that a scan that reads only the facts
 * that the verdict needs gives the same verdict.
 */
export async function judged(scene: Scene): Promise<{ snapshot: Snapshot; verdict: Verdict; root: string }> {
  const { root, whole, inQuestion } = await readScene(scene);
  const alter = scene.alter ?? ((snapshot) => snapshot);
  const memory = scene.memory ?? NO_MEMORY;
  const snapshot = alter(whole);
  const verdict = judge(snapshot, memory);
  assert.deepEqual(judge(alter(inQuestion), memory), verdict);
  return { snapshot, verdict, root };
}

interface ReadScene {
  readonly root: string;
  readonly whole: Snapshot;
  readonly inQuestion: Snapshot;
}

/** Machines without changes by hand are laid out and read once. */
const readBefore = new Map<string, ReadScene>();

async function readScene({ machine, change }: Scene): Promise<ReadScene> {
  const key = JSON.stringify(machine);
  const before = change === undefined ? readBefore.get(key) : undefined;
  // Test files share a process. The directory is removed at the end of the file that made it.
  if (before !== undefined && existsSync(before.root)) return before;
  const root = join(temporaryDirectory(), 'root');
  writeMachine(root, machine);
  change?.(root);
  const scene = { root, whole: await read(root), inQuestion: await readInQuestion(root) };
  if (change === undefined) readBefore.set(key, scene);
  return scene;
}

function readInQuestion(root: string): Promise<Snapshot> {
  return readSnapshot(openRoot(root), {
    preferences: DEFAULT_PREFERENCES,
    takenAt: NOW,
    hashImages: false,
    kernelsInQuestion: ({ running, boot, selectedRelease }) =>
      kernelsInQuestion(running, boot, DEFAULT_PREFERENCES.nextBootImage, selectedRelease),
    initramfsInQuestion: ({ running, boot, selectedRelease }) =>
      initramfsInQuestion(running, boot, DEFAULT_PREFERENCES.nextBootImage, selectedRelease),
  });
}

export function read(
  root: string,
  earlier?: Parameters<typeof readSnapshot>[2],
  takenAt = NOW,
): Promise<Snapshot> {
  const options = { preferences: DEFAULT_PREFERENCES, takenAt, hashImages: false };
  return readSnapshot(openRoot(root), options, earlier);
}

/** Puts a directory where a file is expected: root may read everything, so that modes would prove nothing. */
export function notAFile(...paths: readonly string[]): (root: string) => void {
  return (root) => {
    for (const path of paths) {
      rmSync(join(root, path), { recursive: true, force: true });
      mkdirSync(join(root, path), { recursive: true });
    }
  };
}

/** Replaces a path by a symlink that points to itself. */
export function endless(path: string): (root: string) => void {
  return (root) => {
    rmSync(join(root, path), { recursive: true, force: true });
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(path.slice(path.lastIndexOf('/') + 1), join(root, path));
  };
}
