import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Disk, openDisk } from '../../../src/demo/disk.ts';
import { MARKER, type Machine } from '../../../src/demo/machine.ts';
import { type SourceTree, treePath } from '../../../src/demo/tree.ts';

/**
 * Runs one action on a demonstration root and sets the times of the directories. Throws NotADemoError if `directory`
 * was not written by writeMachine, so that no action can ever touch a real system.
 */
export function act(directory: string, action: (disk: Disk) => void): void {
  if (!existsSync(join(directory, MARKER))) throw new NotADemoError(directory);
  const disk = openDisk(directory);
  action(disk);
  disk.settle();
}

/** The tree at this path, such as `/usr/src/linux-6.1.192-gentoo`; throws if the machine has no such tree. */
export function treeAt(machine: Machine, path: string): SourceTree {
  const tree = machine.trees.find((candidate) => treePath(candidate) === path);
  if (tree === undefined) throw new Error(`no kernel tree ${path} in this demonstration`);
  return tree;
}

/** The machine with one tree replaced. */
export function withTree(machine: Machine, tree: SourceTree, changed: SourceTree, at: number): Machine {
  return { ...machine, now: at, trees: machine.trees.map((other) => (other === tree ? changed : other)) };
}

export class NotADemoError extends Error {
  constructor(directory: string) {
    super(`${directory} was not laid out by aufswatch demo`);
    this.name = 'NotADemoError';
  }
}
