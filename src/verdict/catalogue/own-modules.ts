import { aboutKernel } from '../about-kernel.ts';
import { chooseModule } from '../choose-module.ts';
import type { Goal } from '../goal.ts';
import { kernelsThatCount, whichKernel } from '../kernels-that-count.ts';
import { make } from '../make.ts';
import type { Kernel, Situation } from '../situation.ts';
import { treeOfRelease } from '../tree-of-release.ts';
import { entry, type Instance, NOTHING } from './entry.ts';

interface OwnModulesArgs {
  readonly situation: Situation;
  readonly kernel: Kernel;
  readonly release: string;
  readonly directory: string;
}

/** The kernels that count whose own modules are in that state. */
function whenOwnModulesAre(situation: Situation, state: 'none' | 'older'): Instance<OwnModulesArgs>[] {
  return kernelsThatCount(situation).flatMap((kernel) => {
    const { release } = kernel.identity;
    if (!kernel.ownModules.known || kernel.ownModules.value !== state || !release.known) return [];
    const directory = kernel.modules?.directory ?? `/lib/modules/${release.value}`;
    const subject = kernel.role === 'running' ? `${release.value}, running` : release.value;
    return [{ subject, args: { situation, kernel, release: release.value, directory } }];
  });
}

/** `make modules_install` in the sources that the kernel was compiled from; its package installs a distribution kernel's. */
function installThem({ situation, kernel, release }: OwnModulesArgs): Goal[] {
  const tree = kernel.tree ?? treeOfRelease(situation.snapshot, release);
  if (tree !== null && tree.path === situation.tree?.path && kernel.build === situation.build)
    return tree.kind === 'distribution' ? [{ is: 'compiled' }] : [{ is: 'own-modules' }];
  const owner = situation.snapshot.portage.packages.find(({ cpv }) => cpv === tree?.owner);
  if (tree?.kind === 'distribution' && owner !== undefined)
    return [
      { is: 'package-merged', package: owner, stage: 'install', why: 'brings the modules of that kernel' },
    ];
  if (tree === null || kernel.build === null)
    return [
      {
        is: 'done-by-hand',
        stage: 'install',
        what: `install the modules of ${release} from where it was compiled (make modules_install): its build is not here`,
      },
    ];
  return [
    {
      is: 'ran',
      stage: 'install',
      commands: [make(tree, kernel.build, 'modules_install')],
      why: "installs that kernel's own modules",
    },
  ];
}

export const ownModulesMissing = entry<OwnModulesArgs>({
  code: 'own-modules-missing',
  meaning:
    'A kernel that counts was compiled with parts as modules (=m), and none of them is in /lib/modules: make modules_install was forgotten, or the directory was removed. What is not built in does not work: drivers, file systems, often the network.',
  severities: ['critical', 'warning'],
  when: (situation) => whenOwnModulesAre(situation, 'none'),
  about: ({ kernel }) => ({
    kernel: aboutKernel(kernel),
    nextBootLoses: kernel.role === 'running' ? [] : ["the kernel's own modules"],
  }),
  severity: ({ kernel }) => (kernel.role === 'running' ? 'warning' : 'critical'),
  title: ({ situation, kernel }) =>
    `The kernel's own modules are missing for ${whichKernel(situation, kernel)}`,
  text: ({ directory }) =>
    `It was compiled with modules, and ${directory} has none of them. What is not built into it does not work.`,
  goals: installThem,
});

export const ownModulesOlder = entry<OwnModulesArgs>({
  code: 'own-modules-older',
  meaning:
    'The modules of the kernel itself in /lib/modules are those of the compilation before: make modules_install did not run after the last one. They may be refused, or do harm.',
  severities: ['warning'],
  when: (situation) => whenOwnModulesAre(situation, 'older'),
  about: ({ kernel }) => ({ kernel: aboutKernel(kernel) }),
  severity: () => 'warning',
  title: ({ situation, kernel }) =>
    `The kernel's own modules are older than ${whichKernel(situation, kernel)}`,
  text: ({ directory }) =>
    `What is in ${directory} was installed before that kernel was compiled: make modules_install did not run since.`,
  goals: installThem,
});

interface ShadowArgs {
  readonly stale: string;
  readonly own: string;
  readonly owner: string;
  readonly release: string;
  readonly kernel: Kernel;
  readonly module: string;
}

export const moduleShadowed = entry<ShadowArgs>({
  code: 'module-shadowed',
  meaning:
    'modprobe does not take the module that a package installed, but another file of the same name that belongs to no package: what that package builds is never loaded.',
  severities: ['warning'],
  when: (situation) => {
    const { form, packages } = situation.snapshot.portage;
    // Whose a file is nobody can tell without Portage's database.
    if (!form.known) return NOTHING;
    return kernelsThatCount(situation).flatMap((kernel) => {
      const { modules } = kernel;
      if (modules === null) return [];
      return modules.modules.flatMap((own) => {
        const owner = packages.find(({ cpv }) => cpv === own.owner);
        const taken = chooseModule(modules.modules, own.name);
        if (owner === undefined || taken === null || taken === own) return [];
        if (taken.owner !== null || taken.inTree) return [];
        const { release } = modules;
        const args = {
          stale: taken.path,
          own: own.path,
          owner: owner.cpv,
          release,
          kernel,
          module: own.name,
        };
        return [{ subject: taken.path, args }];
      });
    });
  },
  about: ({ kernel, module, owner }) => ({ kernel: aboutKernel(kernel), modules: [module], package: owner }),
  severity: () => 'warning',
  title: ({ stale, owner }) => `${stale} is loaded in the place of the module of ${owner}`,
  text: ({ stale, own }) =>
    `modprobe prefers it to ${own}. It belongs to no package: ${stale} is left from an earlier installation, or was put there by hand.`,
  goals: ({ stale, release }) => [
    {
      is: 'ran',
      stage: 'modules',
      commands: [{ words: ['rm', '--', stale] }, { words: ['depmod', '-a', release] }],
      why: "has modprobe take the package's own module",
    },
  ],
});
