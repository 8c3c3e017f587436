import type { PlanStep } from '../../model/finding.ts';
import type { Command } from '../../model/step.ts';
import type { Tree } from '../../model/tree.ts';
import type { Situation } from '../situation.ts';
import { listed } from '../words.ts';
import type { DueGoal } from './due.ts';
import { type Codes, hand, run, union } from './step-list.ts';

/** Modules of DKMS that a release lacks or refuses. `release` null: the release of the selected sources is not known. */
export function dkmsSteps(
  situation: Situation,
  goals: readonly DueGoal<'module-built'>[],
  release: string | null,
  also: Codes,
): PlanStep[] {
  if (release === null) return [];
  const found = new Map<
    string,
    { readonly commands: Commands; readonly codes: Codes; readonly name: string }
  >();
  for (const { goal, codes } of goals) {
    if (goal.maker.by !== 'dkms') continue;
    const { name, version } = goal.maker;
    const key = `${name}/${version}`;
    const isThere = goal.modules.some((module) => isInRelease(situation, release, module));
    const before = found.get(key)?.codes ?? also;
    found.set(key, { name, commands: commandsFor(key, release, isThere), codes: union(before, codes) });
  }
  return [...found.values()].flatMap(({ name, commands, codes }) =>
    run('modules', codes, `builds ${name} for ${release} with DKMS`, ...commands),
  );
}

/** All modules of DKMS, for a new kernel: it loads none that were built for another one. */
export function dkmsStepsFor(situation: Situation, release: string | null, codes: Codes): PlanStep[] {
  const { dkms, modules } = situation.snapshot;
  if (release === null) return [];
  const installed = dkms.filter((each) =>
    modules.some((other) =>
      other.modules.some(({ name, owner }) => owner === null && each.modules.includes(name)),
    ),
  );
  return installed.flatMap(({ name, version, modules: names }) => {
    const isThere = names.some((module) => isInRelease(situation, release, module));
    const commands = commandsFor(`${name}/${version}`, release, isThere);
    return run('modules', codes, `builds ${name} for that kernel with DKMS`, ...commands);
  });
}

type Commands = readonly [Command, ...Command[]];

/** Without --force dkms(8) skips what it has already built and installed. */
function commandsFor(key: string, release: string, isThere: boolean): Commands {
  if (!isThere) return [{ words: ['dkms', 'install', key, '-k', release] }];
  return [
    { words: ['dkms', 'build', '--force', key, '-k', release] },
    { words: ['dkms', 'install', '--force', key, '-k', release] },
  ];
}

function isInRelease({ snapshot }: Situation, release: string, name: string): boolean {
  const directory = snapshot.modules.find((modules) => modules.release === release);
  return (
    directory?.modules.some((file) => file.name === name && file.owner === null && !file.inTree) === true
  );
}

/** What neither Portage nor DKMS builds. */
export function stepsByHand(goals: readonly DueGoal<'module-built'>[], tree: Tree | null): PlanStep[] {
  const byHand = goals.filter(({ goal }) => goal.maker.by === 'hand');
  const aufs = byHand.filter(({ goal }) => goal.modules.includes('aufs'));
  const others = byHand.filter(({ goal }) => !goal.modules.includes('aufs'));
  const names = [...new Set(others.flatMap(({ goal }) => goal.modules))].sort();
  const it = names.length === 1 ? 'it' : 'them';
  const what = `build ${listed(names)} again from source against ${against(tree)} and install ${it}: no package here does`;
  return [
    ...hand('modules', union(...aufs.map(({ codes }) => codes)), buildAufsOn(tree)),
    ...hand('modules', union(...others.map(({ codes }) => codes)), what),
  ];
}

export function buildAufsOn(tree: Tree | null): string {
  return `build the aufs module of aufs-standalone against ${against(tree)} and install it: no package here does`;
}

function against(tree: Tree | null): string {
  return tree === null ? 'the kernel' : tree.path;
}
