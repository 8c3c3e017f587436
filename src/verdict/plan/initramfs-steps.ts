import type { InitramfsTool } from '../../model/boot.ts';
import type { PlanStep } from '../../model/finding.ts';
import type { Command } from '../../model/step.ts';
import { initramfsState } from '../initramfs.ts';
import type { Situation } from '../situation.ts';
import { installDistribution } from './distribution.ts';
import type { Due } from './due.ts';
import { type Codes, hand, run, union } from './step-list.ts';

/**
 * Makes the initramfs again, with the tool of this machine: after the modules, because the boot loads the copies in it, and
 * before the reboot. `modules`: the steps that build modules.
 */
export function initramfsSteps(situation: Situation, due: Due, modules: readonly PlanStep[]): PlanStep[] {
  const wanted = due.all('initramfs-made');
  const [first] = wanted;
  const goal = first?.goal ?? heldGoal(situation, due, modules);
  if (goal === null) return [];
  const codes = union(...wanted.map(({ codes: own }) => own), first === undefined ? codesOf(modules) : []);
  const why = 'makes the initramfs again, with the modules that are on disk';
  const { tree } = situation;
  const isOfTree = tree?.release.known === true && tree.release.value === goal.release;
  // Its package installs the image, and kernel-install then makes the initramfs.
  if (tree?.kind === 'distribution' && isOfTree)
    return due.install.length > 0
      ? []
      : installDistribution(situation, tree, codes).map((step) => ({ ...step, why, stage: 'initramfs' }));
  const command = commandOf(situation, goal);
  if (command !== null) return run('initramfs', codes, why, command);
  return hand(
    'initramfs',
    codes,
    `make ${goal.path} again for ${goal.kernel}, with the modules that are on disk`,
  );
}

interface MadeGoal {
  readonly path: string;
  readonly kernel: string;
  readonly release: string | null;
}

/** Are there modules that the plan builds, and of which the initramfs of the next boot holds a copy? null: none. */
function heldGoal(situation: Situation, due: Due, modules: readonly PlanStep[]): MadeGoal | null {
  // A new kernel gets its own initramfs.
  if (modules.length === 0 || due.install.length > 0) return null;
  const state = initramfsState(situation);
  if (state === null || !state.file.contents.known) return null;
  const release = state.kernel.identity.release.known ? state.kernel.identity.release.value : null;
  const held = state.file.contents.value.modules.filter((module) => module.release === release);
  const built = due
    .all('module-built')
    .filter(({ goal }) => goal.release === null || goal.release === release)
    .flatMap(({ goal }) => goal.modules);
  const isHeld = built.some((name) => held.some((module) => module.name === name));
  return isHeld ? { path: state.file.path, kernel: state.kernel.name, release } : null;
}

function codesOf(steps: readonly PlanStep[]): Codes {
  return union(...steps.map(({ resolves }) => resolves));
}

/** null: it is not known which tool makes it, or it is part of an image. */
function commandOf({ snapshot }: Situation, { path, release }: MadeGoal): Command | null {
  if (release === null || path.endsWith('.efi')) return null;
  switch (toolFor(path, snapshot.boot.initramfsTools)) {
    case 'dracut':
      return { words: ['dracut', '--force', path, release] };
    case 'ugrd':
      return { words: ['ugrd', '--kver', release, path] };
    case 'genkernel':
      return { words: ['genkernel', 'initramfs'] };
    case 'mkinitramfs':
      return { words: ['mkinitramfs', '-o', path, release] };
    case null:
      return null;
  }
}

/** genkernel by the file name that only genkernel uses; else the only tool that is installed. null: not known. */
function toolFor(path: string, tools: readonly InitramfsTool[]): InitramfsTool | null {
  if (/\/initramfs-genkernel-/.test(path)) return tools.includes('genkernel') ? 'genkernel' : null;
  const others = tools.filter((tool) => tool !== 'genkernel');
  const [only, ...more] = others.length > 0 ? others : tools;
  return only !== undefined && more.length === 0 ? only : null;
}
