import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { known, unknown } from '../../../src/model/fact.ts';
import { readBoot } from '../../../src/system/images/read-images.ts';
import { openRoot } from '../../../src/system/root.ts';
import { nextBoot } from '../../../src/verdict/next-boot.ts';
import { UNKNOWN_IDENTITY } from '../../support/boot-facts.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import type { GrubConfiguration } from './grub-configurations.ts';
import { layOutGrub, triedEntries, writeGrubDisk } from './grub-disk.ts';
import { outputOfGuest } from './guest.ts';

export const GRUB_TOOLS = ['qemu-system-x86_64', 'grub-mkrescue', 'xorriso', 'grub-editenv'];
const TIMEOUT = 120_000;

/** Number of configurations on a disk. Each disk is tried on BIOS and on EFI. */
const TO_A_DISK = 20;

/** Lets GRUB try them all, and compares the started entries with the predictions. */
export async function grubTrial(t: TestContext, configurations: readonly GrubConfiguration[]): Promise<void> {
  const directory = temporaryDirectory();
  const started: Record<'bios' | 'efi', Map<number, string>> = { bios: new Map(), efi: new Map() };
  for (let first = 0; first < configurations.length; first += TO_A_DISK) {
    const some = configurations.slice(first, first + TO_A_DISK);
    const place = join(directory, `disk-${first}`);
    const disk = writeGrubDisk(place, some, first);
    const cd = ['-drive', `file=${disk},format=raw,if=ide,media=cdrom,readonly=on`];
    const [bios, efi] = await Promise.all([
      outputOfGuest(cd, /ALL-TRIED/, TIMEOUT),
      outputOfGuest(['-bios', '/usr/share/OVMF/OVMF_CODE.fd', ...cd], /ALL-TRIED/, TIMEOUT),
    ]);
    for (const [index, tag] of triedEntries(bios)) started.bios.set(index, tag);
    for (const [index, tag] of triedEntries(efi)) started.efi.set(index, tag);
  }
  for (const [index, configuration] of configurations.entries()) {
    await t.test(configuration.what, () => {
      const foretold = foretell(join(directory, `machine-${index}`), configuration);
      assert.deepEqual([foretold, foretold], [started.bios.get(index), started.efi.get(index)]);
    });
  }
}

function foretell(root: string, configuration: GrubConfiguration): string {
  mkdirSync(root);
  layOutGrub(root, configuration);
  const boot = readBoot(openRoot(root), {
    fstab: known([]),
    mounts: unknown('not-running-here', ''),
    hashImages: false,
  });
  const next = nextBoot({ boot, configured: null, selectedRelease: null, running: UNKNOWN_IDENTITY });
  assert.equal(next.kind, 'known', JSON.stringify(next));
  return next.kind === 'known' && next.commandLine.known ? next.commandLine.value : '';
}
