import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { known, unknown } from '../../../src/model/fact.ts';
import { EFIVARS, LOADER } from '../../../src/system/boot/efi-variables.ts';
import { readBoot } from '../../../src/system/images/read-images.ts';
import { openRoot } from '../../../src/system/root.ts';
import { nextBoot } from '../../../src/verdict/next-boot.ts';
import { UNKNOWN_IDENTITY } from '../../support/boot-facts.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import {
  layOutEsp,
  makeDisk,
  makeTellers,
  OVMF,
  OVMF_VARIABLES,
  SYSTEMD_BOOT,
  writeVariables,
} from './efi-disk.ts';
import { triedEntries } from './grub-disk.ts';
import { outputOfGuest } from './guest.ts';
import type { SystemdBootConfiguration } from './systemd-boot-configurations.ts';

const TIMEOUT = 150_000;
const TO_A_MACHINE = 10;
export const SYSTEMD_BOOT_TOOLS = [
  'qemu-system-x86_64',
  'grub-mkimage',
  'mformat',
  'mcopy',
  'objcopy',
  SYSTEMD_BOOT,
  OVMF,
  OVMF_VARIABLES,
];

/** Lets systemd-boot try them all, several in one machine. */
export async function systemdBootTrial(
  t: TestContext,
  all: readonly SystemdBootConfiguration[],
): Promise<void> {
  const directory = temporaryDirectory();
  const tellers = makeTellers(directory);
  const started = new Map<number, string>();
  // Each program stays in memory when the next one starts.
  for (let first = 0; first < all.length; first += TO_A_MACHINE) {
    const some = all.slice(first, first + TO_A_MACHINE);
    const disks = some.map((configuration, at) => {
      const esp = join(directory, `disk-${first + at}`);
      layOutEsp(esp, configuration, tellers);
      return makeDisk(esp, first + at, at === some.length - 1);
    });
    const output = await outputOfGuest(
      [...firmware(directory, {}), ...disks.flatMap(drive)],
      /ALL-TRIED/,
      TIMEOUT,
    );
    for (const [index, tag] of triedEntries(output)) started.set(index, tag);
  }
  for (const [index, configuration] of all.entries())
    await t.test(configuration.what, () =>
      assert.equal(foretell(join(directory, `machine-${index}`), configuration, tellers), started.get(index)),
    );
}

/** Tries each with its variables, in its own machine. */
export async function variablesTrial(
  t: TestContext,
  all: readonly SystemdBootConfiguration[],
): Promise<void> {
  const directory = temporaryDirectory();
  const tellers = makeTellers(directory);
  for (const [index, configuration] of all.entries()) {
    await t.test(configuration.what, async () => {
      const esp = join(directory, `disk-${index}`);
      layOutEsp(esp, configuration, tellers);
      const disk = makeDisk(esp, index, true);
      const words = [...firmware(directory, configuration.variables ?? {}), ...drive(disk)];
      const output = await outputOfGuest(words, /ALL-TRIED/, TIMEOUT);
      const foretold = foretell(join(directory, `machine-${index}`), configuration, tellers);
      assert.equal(foretold, triedEntries(output).get(index), output.slice(-500));
    });
  }
}

function firmware(directory: string, variables: Readonly<Record<string, string>>): string[] {
  const file = join(directory, 'variables.fd');
  writeVariables(
    file,
    Object.fromEntries(
      Object.entries(variables).map(([name, text]) => [name, { guid: LOADER, value: wide(text) }]),
    ),
  );
  return [
    ...['-drive', `if=pflash,format=raw,readonly=on,file=${OVMF}`],
    ...['-drive', `if=pflash,format=raw,file=${file}`],
  ];
}

function drive(disk: string): string[] {
  return ['-drive', `if=virtio,format=raw,file=${disk}`];
}

function foretell(
  root: string,
  configuration: SystemdBootConfiguration,
  tellers: ReturnType<typeof makeTellers>,
): string {
  layOutEsp(join(root, 'efi'), configuration, tellers);
  mkdirSync(join(root, 'boot'));
  mkdirSync(join(root, EFIVARS), { recursive: true });
  const variables = { LoaderInfo: 'systemd-boot 252.39-1~deb12u2', ...configuration.variables };
  for (const [name, text] of Object.entries(variables))
    writeFileSync(
      join(root, EFIVARS, `${name}-${LOADER}`),
      Buffer.concat([Buffer.from([7, 0, 0, 0]), wide(text)]),
    );
  const boot = readBoot(openRoot(root), {
    fstab: known([]),
    mounts: unknown('not-running-here', ''),
    hashImages: false,
  });
  const next = nextBoot({ boot, configured: null, selectedRelease: null, running: UNKNOWN_IDENTITY });
  assert.equal(next.kind, 'known', JSON.stringify(next));
  return next.kind === 'known' && next.commandLine.known ? next.commandLine.value : '';
}

function wide(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf16le');
}
