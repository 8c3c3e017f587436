import type { Severity } from '../../model/finding.ts';
import { aboutKernel } from '../about-kernel.ts';
import { type InitramfsState, initramfsState } from '../initramfs.ts';
import { listed } from '../words.ts';
import { entry, NOTHING } from './entry.ts';

export const initramfsOutdated = entry<InitramfsState>({
  code: 'initramfs-outdated',
  meaning:
    'The initramfs of the next boot has an older copy of an out-of-tree module than the disk. A module that the initramfs loads stays loaded, so its copy counts.',
  severities: ['critical', 'warning'],
  when: (situation) => {
    const state = initramfsState(situation);
    return state === null || state.outdated.length === 0
      ? NOTHING
      : [{ subject: state.file.path, args: state }];
  },
  severity: ({ refused }) => (refused.length > 0 ? 'critical' : 'warning'),
  title: ({ file, outdated }) =>
    `${file.path} has an older ${listed(outdated.map(({ name }) => name))} than the disk`,
  text: ({ outdated }) => {
    const [first] = outdated;
    if (first === undefined) return '';
    return first.inside === null
      ? `The root file system needs that module, and the initramfs is older than ${first.disk.path}.`
      : `The next boot loads the copy in the initramfs: ${first.inside.path} is ${versionOf(first.inside)} there, but ${first.disk.path} on disk is ${versionOf(first.disk)}.`;
  },
  about: ({ kernel, outdated, refused }) => ({
    kernel: aboutKernel(kernel),
    modules: outdated.map(({ name }) => name),
    nextBootLoses: refused,
  }),
  goals: ({ file, kernel }) => [
    { is: 'initramfs-made', path: file.path, kernel: kernel.name, release: releaseOf(kernel) },
  ],
});

function versionOf({ info }: InitramfsState['outdated'][number]['disk']): string {
  if (!info.known) return 'of unknown version';
  const { version, buildId, srcversion } = info.value;
  return (
    [version, buildId?.slice(0, 12) ?? srcversion].filter((part) => part != null).join(', build ') ||
    'another build'
  );
}

function releaseOf({ identity }: InitramfsState['kernel']): string | null {
  return identity.release.known ? identity.release.value : null;
}

export const initramfsLacksModule = entry<InitramfsState>({
  code: 'initramfs-lacks-module',
  meaning:
    'The root file system needs an out-of-tree module that the initramfs of the next boot does not have: the root file system cannot be mounted.',
  severities: ['critical'],
  when: (situation) => {
    const state = initramfsState(situation);
    return state === null || state.lacking.length === 0
      ? NOTHING
      : [{ subject: state.file.path, args: state }];
  },
  severity: (): Severity => 'critical',
  title: ({ file, lacking }) => `${file.path} lacks ${listed(lacking)}, which the root file system needs`,
  text: ({ lacking }) =>
    `The next boot cannot mount the root file system: it needs ${listed(lacking)} before /lib/modules can be read.`,
  about: ({ kernel, lacking }) => ({
    kernel: aboutKernel(kernel),
    modules: lacking,
    nextBootLoses: lacking,
  }),
  goals: ({ file, kernel }) => [
    { is: 'initramfs-made', path: file.path, kernel: kernel.name, release: releaseOf(kernel) },
  ],
});
