import { test } from 'node:test';
import { needs } from '../../support/tools.ts';
import { GRUB_CONFIGURATIONS } from './grub-configurations.ts';
import { GRUB_TOOLS, grubTrial } from './grub-trial.ts';

test('GRUB starts what was foretold, on BIOS and on EFI', { skip: needs(...GRUB_TOOLS) }, (t) =>
  grubTrial(t, GRUB_CONFIGURATIONS),
);
