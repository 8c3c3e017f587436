import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HOUR, kernelOf, OLD_SET } from '../../src/demo/in-sync.ts';
import type { Machine } from '../../src/demo/machine.ts';
import { type KernelModule, plainModule } from '../../src/demo/module.ts';
import { moduleIn } from '../../src/demo/out-of-tree.ts';
import { plainPackage } from '../../src/demo/package.ts';
import type { Finding } from '../../src/model/finding.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import { judge } from '../../src/verdict/judge.ts';
import { judged, NOW } from '../support/machines.ts';
import { builtElsewhere, IN_SYNC } from './catalogue/changes.ts';

/** The same problem with several modules of one package is reported once: one command builds them all again. */

const NEWER = '6.1.192-gentoo';
const CARD = ['card', 'card_drm', 'card_modeset', 'card_peer', 'card_uvm'];

test('modules that are missing', async () => {
  const change = (root: string): void => {
    for (const name of CARD.slice(1)) rmSync(join(root, `lib/modules/${NEWER}/video/${name}.ko`));
  };
  const { verdict } = await judged({ machine: withCard(), change });
  const [finding, ...others] = modulesOf(verdict.findings);
  assert.deepEqual(others, []);
  assert.ok(finding);
  assert.equal(finding.subject, `x11-drivers/card on ${NEWER}`);
  assert.equal(
    finding.title,
    `There are no modules card_drm, card_modeset, card_peer and card_uvm for ${NEWER} #3, which boots next`,
  );
  assert.equal(
    finding.text,
    `x11-drivers/card-1.0 is installed, but there is no card_drm module in /lib/modules/${NEWER}, nor card_modeset, card_peer and card_uvm.`,
  );
});

test('modules that are refused: first the one that the others need', async () => {
  const { verdict } = await judged({ machine: builtElsewhere('zfs-kmod') });
  const [finding, ...others] = modulesOf(verdict.findings);
  assert.deepEqual(others, []);
  assert.ok(finding);
  assert.equal(finding.subject, `sys-fs/zfs-kmod on ${NEWER}`);
  assert.match(finding.title, /^spl and zfs will not load on /);
  assert.match(
    finding.text,
    /^It refuses \/lib\/modules\/[^ ]+spl\.ko: .*\. "aufswatch kernels" shows why it refuses zfs\.$/,
  );
});

test('an optional module does not lower the severity for the others', async () => {
  const { snapshot } = await judged({ machine: builtElsewhere('zfs-kmod') });
  const severities = (...optionalModules: readonly string[]) => {
    const preferences = { ...snapshot.preferences, optionalModules };
    const { findings } = judge({ ...snapshot, preferences }, NO_MEMORY);
    return modulesOf(findings).map(({ severity }) => severity);
  };
  assert.deepEqual(severities('zfs'), ['critical']);
  assert.deepEqual(severities('zfs', 'spl'), ['warning']);
});

function modulesOf(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ code }) => code === 'module-missing' || code === 'module-will-not-load');
}

/** A package with the five modules of a graphics card, built for the kernel that boots next. */
function withCard(): Machine {
  const kernel = kernelOf('6.1.192', 3, NOW - 26 * HOUR, OLD_SET);
  const modules = CARD.map((name): KernelModule => plainModule(name, kernel));
  const card = {
    ...plainPackage('x11-drivers', 'card', '1.0', NOW - HOUR),
    inherited: ['linux-mod-r1'],
    counter: 20,
    modules: modules.map((module) => moduleIn('video', module, kernel.at)),
  };
  return { ...IN_SYNC, packages: [...IN_SYNC.packages, card] };
}
