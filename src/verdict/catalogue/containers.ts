import type { ContainerStorage } from '../../model/container-storage.ts';
import { storageStart } from '../containers/storage-start.ts';
import { byHand } from '../docker-goals.ts';
import { lackText } from '../dockerd/refusal.ts';
import { runningSupport } from '../kernel-support.ts';
import { listed, sentence } from '../words.ts';
import { entry, NOTHING } from './entry.ts';

interface Args {
  readonly storage: ContainerStorage;
  readonly why: string;
  readonly mend: string;
}

export const containersStorageUnavailable = entry<Args>({
  code: 'containers-storage-unavailable',
  meaning:
    'podman or buildah is installed, but the storage driver that storage.conf sets for both (or that has data here) cannot work: the running kernel or the filesystem does not support it, or a program is missing.',
  severities: ['warning'],
  when: (situation) => {
    const { containers: storage } = situation.snapshot;
    if (storage.programs.length === 0) return NOTHING;
    const start = storageStart(storage, runningSupport(situation));
    const path = (storage.configuration.known ? storage.configuration.value.path : null) ?? 'storage.conf';
    if (start.is === 'several') {
      const why = `${storage.graphRoot} has directories of ${listed(start.drivers)}, but ${path} sets no driver`;
      const mend = `set one of ${listed(start.drivers)} as driver in ${path}`;
      return [{ subject: storage.graphRoot, args: { storage, why, mend } }];
    }
    if (start.is !== 'refuses') return NOTHING;
    const mend =
      start.lack.of === 'kernel' && start.lack.option !== null
        ? `set CONFIG_${start.lack.option}=m in the kernel's configuration, compile, install and boot it; or set another driver in ${path}`
        : `set a driver in ${path} that works here (vfs always does), or provide what ${start.driver} lacks`;
    return [{ subject: start.driver, args: { storage, why: lackText(start.driver, start.lack), mend } }];
  },
  severity: () => 'warning',
  title: ({ storage }) =>
    `${listed(storage.programs)} cannot store images: the storage driver does not work here`,
  text: ({ why }) => sentence(why),
  goals: ({ mend }) => [byHand(mend)],
});
