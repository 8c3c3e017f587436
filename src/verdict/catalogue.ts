import {
  imageCopyOutdated,
  kernelNotInMenu,
  kernelPassedOver,
  moduleBlocked,
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
import {
  dockerAskedTwice,
  dockerAufsOnBtrfs,
  dockerAufsUnavailable,
  dockerConfigurationRefused,
  dockerDataDeprecated,
  dockerDriverRemoved,
  dockerDriverUnavailable,
  dockerSeveralDrivers,
} from './catalogue/docker-start.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';
import { bootNotReadable, kernelNotInstalled } from './catalogue/image.ts';
import { initramfsLacksModule, initramfsOutdated } from './catalogue/initramfs.ts';
import {
  depmodDue,
  moduleLeftover,
  moduleMissing,
  moduleNotReloaded,
  moduleWillNotLoad,
  utilitiesMismatch,
} from './catalogue/module.ts';
import { moduleShadowed, ownModulesMissing, ownModulesOlder } from './catalogue/own-modules.ts';
import { pinnedKernelIncomplete, pinnedKernelNotNext } from './catalogue/pinned.ts';
import { rehearsalContradicts } from './catalogue/rehearsal.ts';
import {
  nextBootWithoutAufs,
  rebootPending,
  runningKernelWithoutAufs,
  sourcesNotRunning,
} from './catalogue/running.ts';
import { hookMissing, hookUnheard, inboxStuck, ledgerRecovered, watchDegraded } from './catalogue/self.ts';
import {
  aufsConfiguredTwice,
  aufsNotConfigured,
  aufsPerhapsWanted,
  aufsSourcesMissing,
  patchReverted,
  seriesMismatch,
  sourcesLinkBroken,
  sourcesPartlyPatched,
  sourcesUnpatched,
  userPatchesPending,
} from './catalogue/sources.ts';

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
