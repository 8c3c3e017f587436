import { moduleName } from '../../model/module-name.ts';
import { bootsNext } from '../boot-words.ts';
import { loadAnswer } from '../load-answer.ts';
import { imagesOfRelease, isOfRelease } from '../pinned.ts';
import { kernelOfImage, type Situation } from '../situation.ts';
import { listed } from '../words.ts';
import { entry, NOTHING } from './entry.ts';

interface NotNextArgs {
  readonly pinned: string;
  readonly next: string;
  readonly image: string;
  readonly boots: string;
}

export const pinnedKernelNotNext = entry<NotNextArgs>({
  code: 'pinned-kernel-not-next',
  meaning:
    'A kernel is pinned (aufswatch pin), but another one boots next. Make the pinned one the default of the boot loader, or remove the pin with "aufswatch pin --undo".',
  severities: ['warning'],
  when: ({ memory: { pinned }, next, nextBoot }) => {
    if (pinned === null || next?.image == null || !next.identity.release.known) return NOTHING;
    if (isOfRelease(next.identity, pinned)) return NOTHING;
    const args = { pinned, next: next.name, image: next.image.path, boots: bootsNext(nextBoot) };
    return [{ subject: pinned, args }];
  },
  severity: () => 'warning',
  title: ({ pinned, next, boots }) => `The pinned kernel ${pinned} does not boot next: ${next} ${boots}`,
  text: ({ pinned, image, boots }) => `A reboot does not start ${pinned}: ${image} ${boots}.`,
  goals: ({ pinned }) => [
    {
      is: 'done-by-hand',
      stage: 'menu',
      what: `make ${pinned} the default of the boot loader ("aufswatch boot" shows how), or remove the pin: aufswatch pin --undo`,
    },
  ],
});

interface LostArgs {
  readonly pinned: string;
  /** What is missing, as a clause. */
  readonly lost: string;
  readonly modules: readonly string[];
}

export const pinnedKernelIncomplete = entry<LostArgs>({
  code: 'pinned-kernel-incomplete',
  meaning:
    'A kernel is pinned (aufswatch pin), but a part of it is gone: its image, its directory in /lib/modules, or a module that this machine has for other kernels.',
  severities: ['warning'],
  dependsOn: ['own-modules-missing'],
  when: (situation) => {
    const { pinned } = situation.memory;
    const lost = pinned === null ? null : lostOf(situation, pinned);
    return pinned === null || lost === null ? NOTHING : [{ subject: pinned, args: { pinned, ...lost } }];
  },
  severity: () => 'warning',
  title: ({ pinned }) => `The pinned kernel ${pinned} is not complete`,
  text: ({ lost }) => `${lost}.`,
  about: ({ pinned, modules }) => ({
    kernel: { role: 'pinned', release: pinned, name: pinned },
    modules,
  }),
  goals: ({ pinned }) => [
    {
      is: 'done-by-hand',
      // At the end: the steps before it do not depend on it, and a script stops here.
      stage: 'menu',
      what: `restore what ${pinned} needs, or remove the pin: aufswatch pin --undo`,
    },
  ],
});

/** What is known to be missing. Missing modules of the running and the next kernel are left to other findings. */
function lostOf(situation: Situation, pinned: string): Omit<LostArgs, 'pinned'> | null {
  const { snapshot, running, next } = situation;
  const directory = snapshot.modules.some(({ release }) => release === pinned);
  if (!directory && snapshot.modules.length > 0)
    return { lost: `There is no /lib/modules/${pinned}`, modules: [] };
  const images = imagesOfRelease(situation, pinned);
  const [image] = images;
  if (image === undefined)
    return hasUnreadImages(situation) ? null : { lost: `There is no image of ${pinned}`, modules: [] };
  if ([running, next].some((kernel) => kernel !== null && isOfRelease(kernel.identity, pinned))) return null;
  const kernel = kernelOfImage(situation, image.path);
  if (kernel === null) return null;
  const gone = wantedModules(situation).filter((name) => loadAnswer(kernel, name).is === 'no');
  return gone.length === 0 ? null : { lost: `It cannot load ${listed(gone)}`, modules: gone };
}

/** True if an image has no readable release: it may be that of the pinned kernel. */
function hasUnreadImages({ snapshot }: Situation): boolean {
  const { images } = snapshot.boot;
  return !images.known || images.value.some(({ identity }) => !identity.release.known);
}

function wantedModules({ snapshot, wanted }: Situation): string[] {
  const { ignoredModules, optionalModules } = snapshot.preferences;
  const owned = snapshot.portage.packages.flatMap(({ modules }) =>
    modules.map(({ path }) => moduleName(path)),
  );
  const all = new Set([...(wanted.answer === 'yes' ? ['aufs'] : []), ...owned]);
  return [...all].filter((name) => !ignoredModules.includes(name) && !optionalModules.includes(name));
}
