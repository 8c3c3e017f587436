import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { HOUR, kernelOf, NEW_SET, OLD_SET } from '../../src/demo/in-sync.ts';
import { releaseOf } from '../../src/demo/kernel.ts';
import type { Machine } from '../../src/demo/machine.ts';
import { plainModule } from '../../src/demo/module.ts';
import { moduleIn } from '../../src/demo/out-of-tree.ts';
import { commandText } from '../../src/model/command-text.ts';
import { known } from '../../src/model/fact.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { endless, judged, NOW, notAFile } from '../support/machines.ts';
import { IN_SYNC, MODULES } from './catalogue/changes.ts';

/** Modules that neither a package nor a kernel build installed: those of DKMS, and those that were built by hand. */

const OLDER = '6.1.191-gentoo';
const NEWER = '6.1.192-gentoo';
const KERNEL = kernelOf('6.1.192', 3, NOW - 26 * HOUR, OLD_SET);
const ELSEWHERE = kernelOf('6.1.192', 1, NOW - 30 * HOUR, NEW_SET);

/** The machine in sync, which runs and boots 6.1.192, with more modules. */
function withModules(...placed: readonly ReturnType<typeof moduleIn>[]): Machine {
  const releases = IN_SYNC.releases.map((release) => ({
    ...release,
    unowned: [
      ...release.unowned,
      ...placed.filter(({ module }) => releaseOf(module.against) === releaseOf(release.kernel)),
    ],
  }));
  return { ...IN_SYNC, releases };
}

/** DKMS has built it for that release. */
function ofDkms(name: string, release: string, machine: Machine): Machine {
  const file = `/var/lib/dkms/${name}/1.2/${release}/x86_64/module/${name}.ko`;
  return { ...machine, files: { ...machine.files, [file]: '' } };
}

const gone =
  (path: string) =>
  (root: string): void =>
    rmSync(join(root, path), { recursive: true });

const nextIsOlder = (machine: Machine): Machine => ({
  ...machine,
  boot: { ...machine.boot, links: { vmlinuz: `vmlinuz-${OLDER}` } },
});

const loadedToo = (snapshot: Snapshot): Snapshot => {
  const { loaded } = snapshot.running;
  return {
    ...snapshot,
    running: { ...snapshot.running, loaded: known([...(loaded.known ? loaded.value : []), 'card']) },
  };
};

function ofModules({ findings }: Verdict): Finding[] {
  return findings.filter(({ code }) => /^module-/.test(code));
}

function steps({ plan }: Verdict): string[] {
  return plan.map((step) => commandText(step) ?? `by hand: ${step.why}`);
}

test('a module of DKMS that exists and loads is fine', async () => {
  const card = moduleIn('updates/dkms', plainModule('card', KERNEL), KERNEL.at);
  const { verdict, snapshot } = await judged({ machine: ofDkms('card', NEWER, withModules(card)) });
  assert.deepEqual(ofModules(verdict), []);
  const file = snapshot.modules.flatMap(({ modules }) => modules).find(({ name }) => name === 'card');
  assert.equal(file?.path, `${MODULES}/updates/dkms/card.ko`);
  assert.equal(file?.inTree, false);
});

test('a module of DKMS for another kernel is built for the next one', async () => {
  const card = moduleIn('updates/dkms', plainModule('card', KERNEL), KERNEL.at);
  const machine = nextIsOlder(ofDkms('card', NEWER, withModules(card)));
  const { verdict } = await judged({ machine });
  const [missing] = ofModules(verdict).filter(({ about }) => about.modules?.includes('card'));
  assert.equal(missing?.code, 'module-missing');
  assert.equal(missing.severity, 'critical');
  assert.equal(missing.text, `DKMS has card/1.2, but there is no card module in /lib/modules/${OLDER}.`);
  assert.ok(steps(verdict).includes(`dkms install card/1.2 -k ${OLDER}`), steps(verdict).join('\n'));
});

test('a module of DKMS that the kernel refuses is built again, for which DKMS needs --force', async () => {
  const card = moduleIn('updates/dkms', plainModule('card', ELSEWHERE), KERNEL.at);
  const { verdict } = await judged({ machine: ofDkms('card', NEWER, withModules(card)) });
  const [refused] = ofModules(verdict);
  assert.equal(refused?.code, 'module-will-not-load');
  assert.deepEqual(steps(verdict), [
    `dkms build --force card/1.2 -k ${NEWER} && dkms install --force card/1.2 -k ${NEWER}`,
  ]);
});

test('a module built by hand that the kernel refuses is reported, with general advice', async () => {
  const card = moduleIn('extra', plainModule('card', ELSEWHERE), KERNEL.at);
  const { verdict } = await judged({ machine: withModules(card) });
  const [refused, ...others] = ofModules(verdict);
  assert.deepEqual(others, []);
  assert.equal(refused?.code, 'module-will-not-load');
  assert.equal(refused.severity, 'warning', 'nothing uses it');
  assert.match(refused.text, /No package here builds it\.$/);
  assert.deepEqual(steps(verdict), [
    'by hand: build card again from source against /usr/src/linux-6.1.192-gentoo and install it: no package here does',
  ]);
});

test('a module built by hand counts as missing if it is loaded now, and not if it is only on the disk', async () => {
  const card = moduleIn('extra', plainModule('card', KERNEL), KERNEL.at);
  const machine = nextIsOlder(withModules(card));
  const aboutCard = ({ about }: Finding) => about.modules?.includes('card') === true;
  const idle = await judged({ machine });
  assert.deepEqual(ofModules(idle.verdict).filter(aboutCard), []);
  const used = await judged({ machine, alter: loadedToo });
  const [missing] = ofModules(used.verdict).filter(aboutCard);
  assert.equal(missing?.code, 'module-missing');
  assert.equal(missing.severity, 'critical');
  assert.equal(
    missing.text,
    `card is loaded and belongs to no package, but there is no card module in /lib/modules/${OLDER}.`,
  );
});

test('within kernel/ the list of the kernel’s own modules decides; without that list nothing is known', async () => {
  const place = 'kernel/drivers/net/card';
  const card = moduleIn(place, plainModule('card', ELSEWHERE), KERNEL.at);
  const machine = withModules(card);
  const { verdict } = await judged({ machine });
  assert.deepEqual(
    ofModules(verdict).map(({ code }) => code),
    ['module-will-not-load'],
  );
  const own = (root: string): void =>
    appendFileSync(join(root, MODULES, 'modules.order'), `${place}/card.ko\n`);
  assert.deepEqual(ofModules((await judged({ machine, change: own })).verdict), []);
  const without = await judged({ machine, change: gone(`${MODULES}/modules.order`) });
  assert.deepEqual(ofModules(without.verdict), []);
});

test('a compressed module of the kernel is its own, as its list has the uncompressed name', async () => {
  const card = {
    ...moduleIn('kernel/fs', plainModule('card', ELSEWHERE), KERNEL.at),
    compression: 'gzip',
  } as const;
  const change = (root: string): void =>
    appendFileSync(join(root, MODULES, 'modules.order'), 'kernel/fs/card.ko\n');
  const { verdict, snapshot } = await judged({ machine: withModules(card), change });
  assert.deepEqual(ofModules(verdict), []);
  assert.ok(!snapshot.modules.some(({ modules }) => modules.some(({ name }) => name === 'card')));
});

test('if it hides a module of the kernel, it is not missing on a kernel that has that module', async () => {
  const card = moduleIn('updates/dkms', plainModule('card', KERNEL), KERNEL.at);
  const machine = nextIsOlder(ofDkms('card', NEWER, withModules(card)));
  const change = (root: string): void => {
    const directory = join(root, 'lib/modules', OLDER);
    mkdirSync(join(directory, 'kernel/drivers'), { recursive: true });
    cpSync(join(root, MODULES, 'updates/dkms/card.ko'), join(directory, 'kernel/drivers/card.ko'));
    for (const [list, line] of [
      ['modules.order', 'kernel/drivers/card.ko\n'],
      ['modules.dep', 'kernel/drivers/card.ko:\n'],
    ] as const)
      appendFileSync(join(directory, list), line);
  };
  const { verdict } = await judged({ machine, change });
  assert.deepEqual(
    ofModules(verdict).filter(
      ({ code, about }) => code === 'module-missing' && about.modules?.includes('card'),
    ),
    [],
  );
});

test('a list that lacks most modules does not belong to this kernel', async () => {
  const change = (root: string): void => {
    const names = Array.from({ length: 100 }, (_, n) => `kernel/drivers/card${n}.ko`);
    for (const name of names) {
      mkdirSync(dirname(join(root, MODULES, name)), { recursive: true });
      writeFileSync(join(root, MODULES, name), '');
    }
    appendFileSync(join(root, MODULES, 'modules.dep'), names.map((name) => `${name}:\n`).join(''));
  };
  const { verdict } = await judged({ machine: IN_SYNC, change });
  assert.deepEqual(ofModules(verdict), []);
});

test('without Portage’s database the owner of a module is unknown', async () => {
  const card = moduleIn('extra', plainModule('card', ELSEWHERE), KERNEL.at);
  const { verdict } = await judged({ machine: withModules(card), change: endless('/var/db/pkg') });
  assert.deepEqual(ofModules(verdict), []);
});

test('a file instead of DKMS’s directory gives no modules of DKMS', async () => {
  const { snapshot } = await judged({ machine: IN_SYNC, change: notAFile('/var/lib/dkms') });
  assert.deepEqual(snapshot.dkms, []);
});
