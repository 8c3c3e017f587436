import type { PlanStep } from '../model/finding.ts';
import { STAGES } from '../model/step.ts';
import { atom, emergeAgain } from './emerge.ts';
import type { Wish } from './goal.ts';
import { bringSteps, withBroughtSources } from './plan/brought-sources.ts';
import { type Due, type DueGoal, dueOf } from './plan/due.ts';
import { initramfsSteps } from './plan/initramfs-steps.ts';
import { kernelSteps } from './plan/kernel-steps.ts';
import { moduleSteps } from './plan/module-steps.ts';
import { reloadSteps } from './plan/reload-steps.ts';
import { sourceSteps } from './plan/source-steps.ts';
import { type Codes, hand, run, union } from './plan/step-list.ts';
import type { Situation } from './situation.ts';

/**
 * The steps from the present state to these goals. Every link is visited once, so that each step is there once, in the order of
 * the stages, with the findings that it helps to resolve. Empty where there is no goal, or nothing can be done.
 */
export function planOf(situation: Situation, wishes: readonly Wish[]): PlanStep[] {
  const lost = wishes.flatMap(({ goal }) => (goal.is === 'sources-brought' ? [goal.link] : []))[0];
  const place = lost === undefined ? situation : withBroughtSources(situation, lost);
  const due = dueOf(place, wishes);
  const modules = moduleSteps(place, due);
  const brought = lost === undefined ? [] : bringSteps(place, lost, due.sources);
  const steps = [
    ...sourceSteps(place, due),
    ...(place.tree?.kind === 'distribution' ? [] : brought),
    ...kernelSteps(place, due, modules.length > 0),
    ...(place.tree?.kind === 'distribution' ? brought : []),
    ...due.all('use-flag').flatMap(({ goal, codes }) => setFlag(goal, codes)),
    ...modules,
    ...initramfsSteps(place, due, modules),
    ...due.all('package-merged').flatMap(({ goal, codes }) => mergePackage(place, goal, codes)),
    ...due.all('ran').flatMap(({ goal, codes }) => run(goal.stage, codes, goal.why, ...goal.commands)),
    ...due.all('done-by-hand').flatMap(({ goal, codes }) => hand(goal.stage, codes, goal.what)),
    ...bootSteps(place, due),
  ];
  const isBroughtCompiled = lost !== undefined && place.tree?.kind === 'distribution';
  const order = wishes.map(({ code }) => code);
  return (isBroughtCompiled ? steps.map(compiledAsBrought) : steps)
    .map((step) => ({
      ...step,
      resolves: step.resolves.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
    }))
    .toSorted(byStage);
}

/** package.use may be a file or a directory of files, so a person has to do it. */
function setFlag(
  { package: { category, name }, flag, stage, why }: DueGoal<'use-flag'>['goal'],
  codes: Codes,
): PlanStep[] {
  return hand(stage, codes, `add "${category}/${name} ${flag}" to /etc/portage/package.use: ${why}`);
}

function mergePackage(
  { snapshot }: Situation,
  { package: installed, stage, why }: DueGoal<'package-merged'>['goal'],
  codes: Codes,
): PlanStep[] {
  return run(stage, codes, why, emergeAgain(snapshot.portage, atom(installed)));
}

/** Reloads the modules that can be reloaded. The others are left to the reboot, which is the last step of the plan. */
function bootSteps(situation: Situation, due: Due): PlanStep[] {
  const reload = reloadSteps(situation, due);
  const [wish] = due.all('booted');
  const why = due.install.length > 0 ? 'starts the new kernel' : (wish?.goal.why ?? reload.why);
  // A module that fits the new kernel as it is needs no step of its own.
  const fitted = due.install.length > 0 ? due.all('module-built').flatMap(({ codes }) => codes) : [];
  const codes = union(due.boot, reload.leftToBoot, fitted);
  return [...reload.steps, ...run('boot', codes, why, { words: ['reboot'] })];
}

/** The sources of a distribution kernel come with the compiled kernel: before that there is nothing to select. */
function compiledAsBrought(step: PlanStep): PlanStep {
  return step.stage === 'build' ? { ...step, stage: 'sources' } : step;
}

function byStage(a: PlanStep, b: PlanStep): number {
  return STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage);
}
