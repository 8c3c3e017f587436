import { test } from 'node:test';
import { needs } from '../../support/tools.ts';
import { SYSTEMD_BOOT_CONFIGURATIONS, WITH_VARIABLES } from './systemd-boot-configurations.ts';
import { SYSTEMD_BOOT_TOOLS, systemdBootTrial, variablesTrial } from './systemd-boot-trial.ts';

const skip = needs(...SYSTEMD_BOOT_TOOLS);

test('systemd-boot starts the predicted entry', { skip }, (t) =>
  systemdBootTrial(t, SYSTEMD_BOOT_CONFIGURATIONS),
);

test('systemd-boot’s variables have the predicted effect', { skip }, (t) =>
  variablesTrial(t, WITH_VARIABLES),
);
