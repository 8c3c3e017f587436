import {
  aufsConfiguredTwice,
  aufsNotConfigured,
  aufsSourcesMissing,
  seriesMismatch,
} from './catalogue/aufs-in-tree.ts';
import {
  imageCopyOutdated,
  kernelNotInMenu,
  kernelPassedOver,
  oneShotBoot,
  otherKernelIsDefault,
} from './catalogue/boot.ts';
import {
  buildInterrupted,
  configChangedSinceBuild,
  kernelNeverBuilt,
  kernelNotRebuilt,
} from './catalogue/build.ts';
import { containersStorageUnavailable } from './catalogue/containers.ts';
import {
  dockerDataLeft,
  dockerLoopback,
  dockerNextBoot,
  dockerNoDType,
  dockerUpgradeFails,
  dockerVfs,
} from './catalogue/docker.ts';
import { dockerAskedTwice, dockerConfigurationRefused } from './catalogue/docker-configuration.ts';
import { dockerDataDeprecated, dockerDriverRemoved, dockerSeveralDrivers } from './catalogue/docker-data.ts';
import {
  dockerAufsOnBtrfs,
  dockerAufsUnavailable,
  dockerDriverUnavailable,
} from './catalogue/docker-driver.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';
import { bootNotReadable, kernelNotInstalled } from './catalogue/image.ts';
import { initramfsLacksModule, initramfsOutdated } from './catalogue/initramfs.ts';
import { moduleBlocked, moduleMissing, moduleWillNotLoad } from './catalogue/module.ts';
import {
  depmodDue,
  moduleLeftover,
  moduleNotReloaded,
  utilitiesMismatch,
} from './catalogue/module-on-disk.ts';
import { moduleShadowed, ownModulesMissing, ownModulesOlder } from './catalogue/own-modules.ts';
import {
  aufsPerhapsWanted,
  patchReverted,
  sourcesPartlyPatched,
  sourcesUnpatched,
} from './catalogue/patch-state.ts';
import { pinnedKernelIncomplete, pinnedKernelNotNext } from './catalogue/pinned.ts';
import { rehearsalContradicts } from './catalogue/rehearsal.ts';
import {
  nextBootWithoutAufs,
  rebootPending,
  runningKernelWithoutAufs,
  sourcesNotRunning,
} from './catalogue/running.ts';
import { hookMissing, hookUnheard, inboxStuck, ledgerRecovered, watchDegraded } from './catalogue/self.ts';
import { sourcesLinkBroken, userPatchesPending } from './catalogue/sources.ts';

/** Every kind of finding, in the order of the links. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  aufsPerhapsWanted,
  patchReverted,
  sourcesUnpatched,
  sourcesPartlyPatched,
  aufsNotConfigured,
  aufsSourcesMissing,
  aufsConfiguredTwice,
  seriesMismatch,
  sourcesLinkBroken,
  userPatchesPending,
  kernelNeverBuilt,
  buildInterrupted,
  kernelNotRebuilt,
  configChangedSinceBuild,
  kernelNotInstalled,
  bootNotReadable,
  kernelNotInMenu,
  otherKernelIsDefault,
  oneShotBoot,
  kernelPassedOver,
  imageCopyOutdated,
  nextBootWithoutAufs,
  runningKernelWithoutAufs,
  rebootPending,
  sourcesNotRunning,
  pinnedKernelNotNext,
  pinnedKernelIncomplete,
  ownModulesMissing,
  ownModulesOlder,
  moduleMissing,
  moduleWillNotLoad,
  initramfsOutdated,
  initramfsLacksModule,
  moduleBlocked,
  moduleNotReloaded,
  moduleShadowed,
  moduleLeftover,
  depmodDue,
  utilitiesMismatch,
  rehearsalContradicts,
  dockerDriverRemoved,
  dockerAskedTwice,
  dockerConfigurationRefused,
  dockerSeveralDrivers,
  dockerDataDeprecated,
  dockerAufsUnavailable,
  dockerAufsOnBtrfs,
  dockerDriverUnavailable,
  dockerNextBoot,
  dockerUpgradeFails,
  dockerNoDType,
  dockerDataLeft,
  dockerLoopback,
  dockerVfs,
  containersStorageUnavailable,
  hookMissing,
  hookUnheard,
  watchDegraded,
  ledgerRecovered,
  inboxStuck,
];
