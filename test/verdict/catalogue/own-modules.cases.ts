import { type Fact, known, unknown } from '../../../src/model/fact.ts';
import type { ModuleFile, OwnModules } from '../../../src/model/module.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import type { Case } from './case.ts';
import { IN_SYNC, MODULES } from './changes.ts';

const UNTOLD = unknown('no-data', 'the compilation of the modules is not known');

/** All builds, with this fact about their own modules. */
function withOwn(ownModules: Fact<OwnModules>): (snapshot: Snapshot) => Snapshot {
  return (snapshot) => ({
    ...snapshot,
    sources: {
      ...snapshot.sources,
      trees: snapshot.sources.trees.map((tree) => ({
        ...tree,
        builds: tree.builds.map((build) => ({ ...build, ownModules })),
      })),
    },
  });
}

/** A second zfs.ko that modules.dep lists instead of the package's own. */
function withSecond(change: Partial<ModuleFile>): (snapshot: Snapshot) => Snapshot {
  return (snapshot) => ({
    ...snapshot,
    modules: snapshot.modules.map((release) => ({
      ...release,
      modules: release.modules.flatMap((file) => {
        if (file.path !== `${MODULES}/extra/zfs.ko`) return [file];
        const path = `${MODULES}/extra/zfs/zfs.ko`;
        return [
          { ...file, indexed: false },
          { ...file, path, owner: null, indexed: true, ...change },
        ];
      }),
    })),
  });
}

function isUntold({ sources }: Snapshot): boolean {
  return sources.trees.every(({ builds }) => builds.every(({ ownModules }) => !ownModules.known));
}

export const OWN_MODULES_CASES: readonly Case[] = [
  {
    code: 'own-modules-missing',
    raised: { machine: IN_SYNC, alter: withOwn(known('none')) },
    // The kernel was compiled without modules.
    neighbour: { machine: IN_SYNC, alter: withOwn(known('no-need')) },
    unknown: { machine: IN_SYNC, alter: withOwn(UNTOLD), shows: isUntold },
  },
  {
    code: 'own-modules-older',
    raised: { machine: IN_SYNC, alter: withOwn(known('older')) },
    neighbour: { machine: IN_SYNC, alter: withOwn(known('of-this-build')) },
    unknown: { machine: IN_SYNC, alter: withOwn(UNTOLD), shows: isUntold },
  },
  {
    code: 'module-shadowed',
    raised: { machine: IN_SYNC, alter: withSecond({}) },
    // A module of another package, or of the kernel itself, was chosen on purpose.
    neighbour: { machine: IN_SYNC, alter: withSecond({ inTree: true }) },
    unknown: {
      machine: IN_SYNC,
      alter: (snapshot) => ({
        ...withSecond({})(snapshot),
        portage: { ...snapshot.portage, form: unknown('missing', 'there is no /var/db/pkg') },
      }),
      shows: ({ portage }) => !portage.form.known,
    },
  },
];
