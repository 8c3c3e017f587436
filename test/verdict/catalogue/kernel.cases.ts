import { HOUR, inSync } from '../../../src/demo/in-sync.ts';
import type { Machine } from '../../../src/demo/machine.ts';
import { SCENARIOS } from '../../support/demo/scenarios.ts';
import { endless, NOW, notAFile } from '../../support/machines.ts';
import type { Case } from './case.ts';
import { bootedInto, IN_SYNC, TREE, withoutRunning, withTree } from './changes.ts';

const UNREADABLE_BUILD = endless(`${TREE}/init/main.o`);

/** The build was interrupted before it made the image. */
function interrupted(): Machine {
  const kernel = IN_SYNC.running?.kernel;
  if (kernel === undefined) throw new Error('in-sync runs a kernel');
  return withTree({ build: { kernel, state: 'interrupted', output: null, duration: HOUR / 3 } });
}

/** The older sources are selected, and the boot loader's link points to the newer kernel. */
function otherSelected(): Machine {
  const machine = inSync(NOW);
  return {
    ...machine,
    selected: { target: 'linux-6.1.191-gentoo', at: NOW - HOUR },
    boot: { ...machine.boot, links: { vmlinuz: 'vmlinuz-6.1.192-gentoo' } },
  };
}

export const KERNEL_CASES: readonly Case[] = [
  {
    code: 'kernel-never-built',
    raised: { machine: SCENARIOS['never-built'](NOW) },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: SCENARIOS['never-built'](NOW), change: UNREADABLE_BUILD },
  },
  {
    code: 'build-interrupted',
    raised: { machine: interrupted() },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: interrupted(), change: UNREADABLE_BUILD },
  },
  {
    code: 'kernel-not-rebuilt',
    raised: { machine: SCENARIOS.story(NOW) },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: SCENARIOS.story(NOW), change: UNREADABLE_BUILD },
  },
  {
    code: 'config-changed-since-build',
    raised: { machine: SCENARIOS['config-changed'](NOW) },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: SCENARIOS['config-changed'](NOW), change: notAFile(`${TREE}/.config`) },
  },
  {
    code: 'kernel-not-installed',
    raised: { machine: SCENARIOS['not-installed'](NOW) },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: SCENARIOS['not-installed'](NOW), change: endless('/boot') },
  },
  {
    code: 'boot-not-readable',
    raised: { machine: SCENARIOS['boot-not-mounted'](NOW) },
    neighbour: { machine: IN_SYNC },
    // /boot exists but cannot be read; mounting it would not help.
    unknown: { machine: IN_SYNC, change: endless('/boot') },
  },
  {
    code: 'next-boot-without-aufs',
    raised: { machine: SCENARIOS.story(NOW) },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: SCENARIOS.story(NOW), change: endless('/boot') },
  },
  {
    code: 'running-kernel-without-aufs',
    raised: { machine: SCENARIOS.story(NOW), change: bootedInto(SCENARIOS.story(NOW)) },
    neighbour: { machine: IN_SYNC, change: bootedInto(IN_SYNC) },
    unknown: { machine: withoutRunning(SCENARIOS.story(NOW)) },
  },
  {
    code: 'reboot-pending',
    raised: { machine: SCENARIOS['reboot-pending'](NOW) },
    neighbour: {
      machine: SCENARIOS['reboot-pending'](NOW),
      change: bootedInto(SCENARIOS['reboot-pending'](NOW)),
    },
    unknown: { machine: withoutRunning(SCENARIOS['reboot-pending'](NOW)) },
  },
  {
    code: 'sources-not-running',
    raised: { machine: otherSelected() },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: withoutRunning(otherSelected()) },
  },
];
