import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inSync, kernelOf, NEW_SET } from '../../src/demo/in-sync.ts';
import { type Machine, writeMachine } from '../../src/demo/machine.ts';
import { cpvOf, type Package } from '../../src/demo/package.ts';
import { aufsPackage } from '../../src/demo/packages.ts';
import { treeAt } from './demo/act.ts';
import { boot, buildKernel, builtKernel, installKernel } from './demo/act-kernel.ts';
import { mergePackage, patchTree } from './demo/act-portage.ts';
import { rebuiltPackage } from './demo/rebuilt.ts';
import { addProcess } from './process-files.ts';
import { temporaryDirectory } from './temporary.ts';

export const TREE = '/usr/src/linux-6.1.192-gentoo';
const IMAGE = 'vmlinuz-6.1.192-gentoo';

/** A machine on the disk that changes during a test. */
export interface MachineInMotion {
  readonly root: string;
  /** AUFS is emerged: its setup patches the sources again, and the new module fits only the next kernel. */
  mergeAufs(): void;
  /** A phase of emerge runs from now on, until it is ended. */
  startEmerge(): { end(): void };
  /** The kernel is compiled and installed, the modules are built for it, and it is booted. */
  mend(): void;
  /** Any other action of src/demo. */
  act(change: (root: string, machine: Machine) => Machine): void;
  machine(): Machine;
}

/** Writes a machine on which all is well, or the given one; readable by all. */
export function machineInMotion(
  start: Machine = inSync(Date.now()),
  directory = temporaryDirectory(),
): MachineInMotion {
  const root = join(directory, 'root');
  mkdirSync(root);
  chmodSync(dirname(root), 0o755);
  writeMachine(root, start);
  let machine = start;
  const act = (change: (root: string, machine: Machine) => Machine): void => {
    machine = change(root, machine);
  };
  return {
    root,
    act,
    machine: () => machine,
    mergeAufs: () => {
      act((_, now) =>
        patchTree(root, now, TREE, { ...NEW_SET, at: Date.now(), rejected: [], reverted: false }),
      );
      act((_, now) => mergePackage(root, now, newAufs(now)));
    },
    startEmerge: () => {
      const words = ['/bin/bash', '/usr/lib/portage/ebuild.sh', 'setup'];
      addProcess(root, 4711, 'ebuild.sh', words);
      return { end: () => rmSync(join(root, 'proc/4711'), { recursive: true }) };
    },
    mend: () => {
      act((_, now) => buildKernel(root, now, TREE, Date.now()));
      act((_, now) => installKernel(root, now, TREE, Date.now()));
      for (const pkg of withModules(machine)) {
        const rebuilt = rebuiltPackage(pkg, builtKernel(treeAt(machine, TREE)), Date.now());
        act((_, now) => mergePackage(root, now, rebuilt));
      }
      act((_, now) => boot(root, now, IMAGE, Date.now()));
    },
  };
}

/** A binary package that was built elsewhere, against a kernel of the same release with the new patches. */
function newAufs({ now, packages }: Machine): Package {
  const elsewhere = kernelOf('6.1.192', 1, now - 30 * 3_600_000, NEW_SET);
  const old = packages.find(({ name }) => name === 'aufs6');
  if (old === undefined) throw new Error('no aufs6 in this demonstration');
  return { ...aufsPackage(NEW_SET, elsewhere, Date.now(), old.counter), binary: true };
}

function withModules({ packages }: Machine): Package[] {
  return packages
    .filter(({ modules }) => modules.length > 0)
    .toSorted((a, b) => cpvOf(a).localeCompare(cpvOf(b)));
}
