import { aboutKernel } from '../about-kernel.ts';
import { chooseModule } from '../choose-module.ts';
import type { Goal } from '../goal.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { kernelsThatCount, whichKernel } from '../kernels-that-count.ts';
import { make } from '../make.ts';
import type { Situation } from '../situation.ts';
import { treeOfRelease } from '../tree-of-release.ts';
import { entry, type Instance, NOTHING } from './entry.ts';

interface OwnModulesArgs {
  readonly situation: Situation;
  readonly kernel: Kernel;
  readonly release: string;
  readonly directory: string;
}

/** The running and the next kernel, where their own modules are in that state. */
function whenOwnModulesAre(situation: Situation, state: 'none' | 'older'): Instance<OwnModulesArgs>[] {
  return kernelsThatCount(situation).flatMap((kernel) => {
    const { release } = kernel.identity;
    if (!kernel.ownModules.known || kernel.ownModules.value !== state || !release.known) return [];
    const directory = kernel.modules?.directory ?? `/lib/modules/${release.value}`;
    const subject = kernel.role === 'running' ? `${release.value}, running` : release.value;
    return [{ subject, args: { situation, kernel, release: release.value, directory } }];
  });
}

/** `make modules_install` in the sources of the kernel; a distribution kernel gets its modules from its package. */
function installThem({ situation, kernel, release }: OwnModulesArgs): Goal[] {
  const tree = kernel.tree ?? treeOfRelease(situation.snapshot, release);
  if (tree !== null && tree.path === situation.tree?.path && kernel.build === situation.build)
    return tree.kind === 'distribution' ? [{ is: 'compiled' }] : [{ is: 'own-modules' }];
  const owner = situation.snapshot.portage.packages.find(({ cpv }) => cpv === tree?.owner);
  if (tree?.kind === 'distribution' && owner !== undefined)
    return [
      { is: 'package-merged', package: owner, stage: 'install', why: 'installs the modules of that kernel' },
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
    'The running kernel, or the one that boots next, has parts compiled as modules (=m), but none of them is in /lib/modules: make modules_install was not run, or the directory was removed. What is not built in does not work: drivers, file systems, often the network.',
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
    `Drivers and file systems that are not built in do not work: ${directory} has none of the modules that the kernel was compiled with.`,
  goals: installThem,
});

export const ownModulesOlder = entry<OwnModulesArgs>({
  code: 'own-modules-older',
  meaning:
    "The kernel's own modules in /lib/modules are from an earlier build: make modules_install did not run after the last one. The kernel may refuse them, or they may do harm.",
  severities: ['warning'],
  when: (situation) => whenOwnModulesAre(situation, 'older'),
  about: ({ kernel }) => ({ kernel: aboutKernel(kernel) }),
  severity: () => 'warning',
  title: ({ situation, kernel }) =>
    `The kernel's own modules are older than ${whichKernel(situation, kernel)}`,
  text: ({ directory }) =>
    `The kernel may refuse them. The modules in ${directory} were installed before that kernel was compiled; make modules_install has not run since.`,
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
    'modprobe loads another file of the same name instead of the module that a package installed. The file belongs to no package. The module of the package is never loaded.',
  severities: ['warning'],
  when: (situation) => {
    const { form, packages } = situation.snapshot.portage;
    // Without Portage's database the owner of a file is not known.
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
  title: ({ stale, owner }) => `modprobe loads ${stale} instead of the module of ${owner}`,
  text: ({ own }) =>
    `${own} is never loaded. The other file belongs to no package: it is left from an earlier installation, or was put there by hand.`,
  goals: ({ stale, release }) => [
    {
      is: 'ran',
      stage: 'modules',
      commands: [{ words: ['rm', '--', stale] }, { words: ['depmod', '-a', release] }],
      why: "makes modprobe load the package's own module",
    },
  ],
});
