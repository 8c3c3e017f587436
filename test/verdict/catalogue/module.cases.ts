import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCENARIOS } from '../../support/demo/scenarios.ts';
import { endless, NOW, notAFile } from '../../support/machines.ts';
import { type Case, isOpenNext, notFine } from './case.ts';
import { builtElsewhere, IN_SYNC, MODULES, withoutPackage, withoutRunning, withPackage } from './changes.ts';

const NO_ZFS = { ...IN_SYNC, removed: [`${MODULES}/extra/zfs.ko`] };
const OLD_UTILITIES = withPackage('aufs-util', { version: '4.14_p20171218' });

function garbage(path: string): (root: string) => void {
  return (root) => writeFileSync(join(root, path), 'not an ELF file');
}

export const MODULE_CASES: readonly Case[] = [
  {
    code: 'module-missing',
    raised: { machine: NO_ZFS },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: withoutRunning(NO_ZFS), change: endless('/boot') },
  },
  {
    code: 'module-will-not-load',
    raised: { machine: builtElsewhere('zfs-kmod') },
    neighbour: { machine: IN_SYNC },
    // The CRCs of the kernel that runs and boots next are not known here.
    unknown: {
      machine: { ...builtElsewhere('zfs-kmod'), trees: SCENARIOS['never-built'](NOW).trees },
      shows: isOpenNext('zfs'),
    },
  },
  {
    code: 'module-not-reloaded',
    raised: { machine: SCENARIOS['module-will-not-load'](NOW) },
    neighbour: { machine: IN_SYNC },
    unknown: {
      machine: SCENARIOS['module-will-not-load'](NOW),
      change: notAFile('/sys/module/aufs/notes/.note.gnu.build-id'),
      shows: ({ running }) => running.modules.some(({ name, buildId }) => name === 'aufs' && !buildId.known),
    },
  },
  {
    code: 'module-leftover',
    raised: { machine: withoutPackage('aufs6') },
    // The module of the older kernel is there too: that kernel can be booted, and the package is installed.
    neighbour: { machine: IN_SYNC },
    unknown: {
      machine: withoutPackage('aufs6'),
      change: endless('/lib/modules'),
      shows: ({ problems }) => problems.some(({ path }) => path === '/lib/modules'),
    },
  },
  {
    code: 'depmod-due',
    raised: { machine: SCENARIOS['depmod-due'](NOW) },
    neighbour: { machine: IN_SYNC },
    unknown: {
      machine: SCENARIOS['depmod-due'](NOW),
      change: notAFile(`${MODULES}/modules.dep`, '/lib/modules/6.1.191-gentoo/modules.dep'),
      shows: ({ modules }) => modules.every(({ depmod }) => !depmod.known),
    },
  },
  {
    code: 'utilities-mismatch',
    raised: { machine: OLD_UTILITIES },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: OLD_UTILITIES, change: garbage(`${MODULES}/misc/aufs.ko`), shows: notFine('module') },
  },
];
