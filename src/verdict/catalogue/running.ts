import { sameKernel } from '../../model/same-kernel.ts';
import type { Tree } from '../../model/tree.ts';
import type { NextBoot } from '../../model/verdict.ts';
import { aboutKernel } from '../about-kernel.ts';
import { aufsGoals } from '../aufs-goals.ts';
import { awaitsMenu } from '../boot-menu.ts';
import { bootsNext } from '../boot-words.ts';
import { type Kernel, kernelName } from '../kernel/kernel.ts';
import { type LoadAnswer, loadAnswer } from '../load-answer.ts';
import { pinnedAndRunning } from '../pinned.ts';
import type { Situation } from '../situation.ts';
import { sentence } from '../words.ts';
import { entry, NOTHING } from './entry.ts';

const AUFS = ['aufs'];

interface KernelArgs {
  readonly situation: Situation;
  readonly kernel: Kernel;
  readonly answer: LoadAnswer;
}

export const nextBootWithoutAufs = entry<KernelArgs>({
  code: 'next-boot-without-aufs',
  meaning:
    'AUFS is wanted, but the kernel that boots next will not have it: AUFS is not built in, and the kernel will refuse the aufs module, or there is no module for it.',
  severities: ['critical'],
  followsFrom: [
    'patch-reverted',
    'sources-unpatched',
    'sources-partly-patched',
    'kernel-not-rebuilt',
    'kernel-not-installed',
    'config-changed-since-build',
    'aufs-not-configured',
  ],
  when: (situation) => {
    const { wanted, next } = situation;
    if (wanted.answer === 'no' || next === null) return NOTHING;
    const answer = loadAnswer(next, 'aufs');
    return answer.is === 'no'
      ? [{ subject: next.image?.path ?? next.name, args: { situation, kernel: next, answer } }]
      : NOTHING;
  },
  severity: () => 'critical',
  title: ({ situation: { nextBoot } }) =>
    nextBoot.kind === 'guess'
      ? 'The next boot will be without AUFS, if it starts the kernel that aufswatch guesses'
      : 'The next boot will be without AUFS',
  text: ({ kernel, answer }) =>
    `${kernel.image?.path ?? 'The next kernel'} is ${kernel.name}: ${answer.why}.`,
  about: ({ kernel }) => ({ kernel: aboutKernel(kernel), modules: AUFS, nextBootLoses: AUFS }),
  goals: ({ situation, kernel, answer }) => aufsGoals(situation, kernel, answer),
});

export const runningKernelWithoutAufs = entry<KernelArgs>({
  code: 'running-kernel-without-aufs',
  meaning:
    'AUFS is wanted, but the running kernel neither has it nor can load it. Whatever needs AUFS does not work now.',
  severities: ['critical'],
  followsFrom: [
    'patch-reverted',
    'sources-unpatched',
    'sources-partly-patched',
    'kernel-not-rebuilt',
    'kernel-not-installed',
  ],
  when: (situation) => {
    const { wanted, running, snapshot } = situation;
    const { filesystems } = snapshot.running;
    if (wanted.answer === 'no' || !filesystems.known || filesystems.value.includes('aufs')) return NOTHING;
    const answer = loadAnswer(running, 'aufs');
    return answer.is === 'no' ? [{ subject: '', args: { situation, kernel: running, answer } }] : NOTHING;
  },
  severity: () => 'critical',
  title: ({ kernel }) => `The running kernel ${kernel.name} has no AUFS`,
  text: ({ answer }) => sentence(answer.why),
  about: ({ kernel }) => ({ kernel: aboutKernel(kernel), modules: AUFS }),
  goals: ({ situation, kernel, answer }) => aufsGoals(situation, kernel, answer),
});

interface NextArgs {
  readonly nextBoot: NextBoot;
  readonly running: string;
  readonly next: Kernel;
  readonly image: string;
}

export const rebootPending = entry<NextArgs>({
  code: 'reboot-pending',
  meaning:
    'The next boot starts another kernel than the running one: a new kernel is installed, and the machine was not rebooted since.',
  severities: ['notice'],
  when: (situation) => {
    const { running, next, nextBoot } = situation;
    // The user pinned the running kernel to stay on it, so a reboot is not due.
    if (next === null || next.image === null || pinnedAndRunning(situation) !== null) return NOTHING;
    if (sameKernel(running.identity, next.identity) !== 'different') return NOTHING;
    return [
      { subject: next.image.path, args: { nextBoot, running: running.name, next, image: next.image.path } },
    ];
  },
  severity: () => 'notice',
  title: ({ next, running }) => `A reboot is pending: ${next.name} is installed, but ${running} is running`,
  text: ({ image, nextBoot }) => `${image} ${bootsNext(nextBoot)}${whyGuess(nextBoot)}.`,
  about: ({ next }) => ({ kernel: aboutKernel(next) }),
  goals: ({ nextBoot }) => [
    {
      is: 'booted',
      why:
        nextBoot.kind === 'guess'
          ? 'starts the installed kernel, if the guess is right'
          : 'starts the installed kernel',
    },
  ],
});

/** The reason for a guess, to be appended to the sentence that calls it one; '' if the next boot is known. */
function whyGuess(next: NextBoot): string {
  return next.kind === 'guess' ? `: ${next.why}` : '';
}

interface NotRunningArgs {
  readonly tree: Tree;
  readonly running: string;
}

export const sourcesNotRunning = entry<NotRunningArgs>({
  code: 'sources-not-running',
  meaning:
    'Neither the running kernel nor the one that boots next was built from the selected sources. Modules built now are for another kernel.',
  severities: ['notice'],
  dependsOn: ['kernel-never-built', 'kernel-not-installed'],
  when: (situation) => {
    const { tree, running, next } = situation;
    // Once the menu lists the kernel of these sources, that kernel boots next.
    if (awaitsMenu(situation) || pinnedAndRunning(situation) !== null) return NOTHING;
    if (tree === null || !tree.release.known || !running.identity.release.known) return NOTHING;
    const release = tree.release.value;
    if (release === running.identity.release.value) return NOTHING;
    if (next === null || !next.identity.release.known || next.identity.release.value === release)
      return NOTHING;
    return [{ subject: tree.path, args: { tree, running: kernelName(running.identity) } }];
  },
  severity: () => 'notice',
  title: ({ tree }) =>
    `${tree.path} is selected, but neither the running nor the next kernel is built from it`,
  text: ({ running }) =>
    `Out-of-tree modules are built for the selected sources, not for ${running}, which is running.`,
  about: ({ tree }) => ({ tree: tree.path }),
  goals: () => [
    {
      is: 'ran',
      stage: 'sources',
      commands: [{ words: ['eselect', 'kernel', 'list'] }],
      why: 'shows the sources to choose from',
    },
  ],
});
