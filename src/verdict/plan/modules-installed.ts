import type { Situation } from '../situation.ts';

/**
 * Is it proved that `make modules_install` ran since the kernel of the selected sources was compiled? It points
 * /lib/modules/RELEASE/build to its build directory, writes modules.order, and its modules are those of the build. False as
 * well where one of these is not known.
 */
export function modulesInstalled({ build, built }: Situation): boolean {
  if (build === null || built === null || built.modules === null) return false;
  const { ownModules, builtAt } = build;
  const { installedAt } = built.modules;
  return (
    built.modules.build === build.directory &&
    ownModules.known &&
    ownModules.value === 'of-this-build' &&
    builtAt.known &&
    installedAt.known &&
    installedAt.value >= builtAt.value
  );
}
