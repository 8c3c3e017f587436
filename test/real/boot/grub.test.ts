import { test } from 'node:test';
import { needs } from '../../support/tools.ts';
import { GRUB_CONFIGURATIONS } from './grub-configurations.ts';
import { GRUB_TOOLS, grubTrial } from './grub-trial.ts';

test('GRUB starts the predicted entry, on BIOS and on EFI', { skip: needs(...GRUB_TOOLS) }, (t) =>
  grubTrial(t, GRUB_CONFIGURATIONS),
);
