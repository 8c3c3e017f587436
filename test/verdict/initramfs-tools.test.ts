import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InitramfsTool } from '../../src/model/boot.ts';
import { commandText } from '../../src/model/command-text.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import { planOf } from '../../src/verdict/plan.ts';
import { assess } from '../../src/verdict/situation.ts';
import { judged } from '../support/machines.ts';
import { IN_SYNC } from './catalogue/changes.ts';

/** An initramfs is built again with the tool that this machine has, after the modules and before the reboot. */

const { snapshot } = await judged({ machine: IN_SYNC });
const RELEASE = '6.1.192-gentoo';
const PLAIN = `/boot/initramfs-${RELEASE}.img`;
const OF_GENKERNEL = `/boot/initramfs-genkernel-x86_64-${RELEASE}`;
const BY_HAND = (path: string) =>
  `by hand: make ${path} again for ${RELEASE}, with the modules that are on disk`;

function steps(path: string, initramfsTools: readonly InitramfsTool[]): string[] {
  const situation = assess({ ...snapshot, boot: { ...snapshot.boot, initramfsTools } }, NO_MEMORY);
  const plan = planOf(situation, [
    { goal: { is: 'initramfs-made', path, kernel: RELEASE, release: RELEASE }, code: 'initramfs-outdated' },
    { goal: { is: 'booted', why: 'starts it' }, code: 'initramfs-outdated' },
  ]);
  return plan.map((step) => commandText(step) ?? `by hand: ${step.why}`);
}

test('each tool is used with its own command', () => {
  const cases: readonly (readonly [InitramfsTool, string, string])[] = [
    ['dracut', PLAIN, `dracut --force ${PLAIN} ${RELEASE}`],
    ['ugrd', PLAIN, `ugrd --kver ${RELEASE} ${PLAIN}`],
    ['genkernel', OF_GENKERNEL, 'genkernel initramfs'],
    ['mkinitramfs', PLAIN, `mkinitramfs -o ${PLAIN} ${RELEASE}`],
  ];
  for (const [tool, path, command] of cases) assert.deepEqual(steps(path, [tool]), [command, 'reboot'], tool);
});

test('an initramfs of genkernel is known by its name, and only genkernel rebuilds it', () => {
  assert.deepEqual(steps(OF_GENKERNEL, ['dracut', 'genkernel']), ['genkernel initramfs', 'reboot']);
  assert.deepEqual(steps(PLAIN, ['dracut', 'genkernel']), [`dracut --force ${PLAIN} ${RELEASE}`, 'reboot']);
  assert.deepEqual(steps(OF_GENKERNEL, ['dracut']), [BY_HAND(OF_GENKERNEL), 'reboot']);
});

test('with several tools none is assumed, and an initramfs inside an image has no command', () => {
  assert.deepEqual(steps(PLAIN, ['dracut', 'ugrd']), [BY_HAND(PLAIN), 'reboot']);
  assert.deepEqual(steps(PLAIN, []), [BY_HAND(PLAIN), 'reboot']);
  const unified = '/efi/EFI/Linux/gentoo.efi';
  assert.deepEqual(steps(unified, ['dracut']), [BY_HAND(unified), 'reboot']);
});
