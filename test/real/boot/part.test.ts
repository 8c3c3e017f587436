import { test } from 'node:test';
import { needs } from '../../support/tools.ts';
import { GRUB_CONFIGURATIONS } from './grub-configurations.ts';
import { GRUB_TOOLS, grubTrial } from './grub-trial.ts';
import { SYSTEMD_BOOT_CONFIGURATIONS, WITH_VARIABLES } from './systemd-boot-configurations.ts';
import { SYSTEMD_BOOT_TOOLS, systemdBootTrial, variablesTrial } from './systemd-boot-trial.ts';

/** The part that the gate has time for; `npm run test:boot` tries all. */
const GRUB = GRUB_CONFIGURATIONS.filter((_, index) => index % 3 === 1);
const SYSTEMD_BOOT = SYSTEMD_BOOT_CONFIGURATIONS.filter((_, index) => index % 3 === 0);

test('GRUB starts the predicted entry', { skip: needs(...GRUB_TOOLS) }, (t) => grubTrial(t, GRUB));

test('systemd-boot starts the predicted entry', { skip: needs(...SYSTEMD_BOOT_TOOLS) }, async (t) => {
  await systemdBootTrial(t, SYSTEMD_BOOT);
  await variablesTrial(t, WITH_VARIABLES.slice(0, 1));
});
