import assert from 'node:assert/strict';
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DAY, HOUR, inSync, NEW_SET } from '../../src/demo/in-sync.ts';
import type { Machine } from '../../src/demo/machine.ts';
import { aufsPackage, sourcesPackage } from '../../src/demo/packages.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { readHistory } from '../../src/ledger/history.ts';
import { listBuilds } from '../../src/ledger/list-builds.ts';
import { readMemory } from '../../src/ledger/read-memory.ts';
import { boot, buildKernel, installKernel } from '../support/demo/act-kernel.ts';
import { mergePackage, patchTree, unpatchTree } from '../support/demo/act-portage.ts';
import { distributionKernel } from '../support/demo/routes.ts';
import { hookEvent, type Remembered, remembered } from '../support/remembered.ts';

const NOW = 1_795_000_000_000;
const MINUTE = 60_000;
const TREE = '/usr/src/linux-6.1.192-gentoo';
const ALL = {
  since: null,
  kinds: ['package', 'patch', 'build', 'image', 'boot', 'module'],
  tree: null,
} as const;

function mergeSources(machine: Remembered, before: Machine, at: number): Machine {
  return mergePackage(machine.root, before, sourcesPackage('6.1.192', at, 0));
}

function lastState(machine: Remembered): Record<string, unknown> | undefined {
  return machine.rows(`SELECT state, patch_state.at, cpv, what, source FROM patch_state
    LEFT JOIN package_event ON package_event.id = cause WHERE tree = '${TREE}' ORDER BY patch_state.id DESC`)[0];
}

test('the first scan records everything that exists, and no event', async () => {
  const machine = remembered(inSync(NOW));
  await machine.scan(NOW);
  assert.deepEqual(machine.rows('SELECT * FROM package_event'), []);
  assert.deepEqual(
    machine.rows(`SELECT kernel_build.release, gone_at FROM image
      JOIN kernel_build ON kernel_build.id = build ORDER BY 1`),
    [
      { release: '6.1.191-gentoo', gone_at: null },
      { release: '6.1.192-gentoo', gone_at: null },
    ],
  );
  const hashes = machine.rows('SELECT hash FROM image').map(({ hash }) => String(hash));
  assert.ok(hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash)));
  assert.deepEqual(
    machine.rows('SELECT boot.release, number FROM boot JOIN kernel_build ON kernel_build.id = build'),
    [{ release: '6.1.192-gentoo', number: 3 }],
  );
  assert.deepEqual(
    machine.rows("SELECT owner FROM module_file WHERE path LIKE '%192%aufs.ko%' AND gone_at IS NULL"),
    [{ owner: 'sys-fs/aufs6-0_pre20230828' }],
  );
});

test('a second scan of the same machine writes no row', async () => {
  const machine = remembered(inSync(NOW));
  await machine.scan(NOW);
  const before = machine.ledger.database.pragma('data_version', { simple: true });
  const count = (): number =>
    machine.ledger.database.prepare('SELECT total_changes() AS n').pluck().get() as never;
  const changes = count();
  await machine.scan(NOW + MINUTE);
  assert.equal(count(), changes);
  assert.equal(machine.ledger.database.pragma('data_version', { simple: true }), before);
});

test('the merge that removed the patch is its cause, and patch-reverted names it', async () => {
  const machine = remembered(inSync(NOW));
  await machine.scan(NOW);
  const at = NOW + HOUR;
  mergeSources(machine, inSync(NOW), at);
  const { verdict, transitions } = await machine.scan(at + MINUTE);
  assert.deepEqual(lastState(machine), {
    // Files that the patch created and no package owns are left. They count for nothing.
    state: 'absent',
    at,
    cpv: 'sys-kernel/gentoo-sources-6.1.192',
    what: 'merged',
    source: 'vdb',
  });
  const reverted = verdict.findings.find(({ code }) => code === 'patch-reverted');
  assert.match(
    reverted?.title ?? '',
    /^sys-kernel\/gentoo-sources-6\.1\.192, merged .* took the AUFS patches out/,
  );
  assert.ok(transitions.some(({ kind, finding }) => kind === 'opened' && finding.code === 'patch-reverted'));
});

test('a merge that both the hook and the database report is one event, and the cause', async () => {
  const machine = remembered(inSync(NOW));
  await machine.scan(NOW);
  const at = NOW + HOUR;
  mergeSources(machine, inSync(NOW), at);
  await machine.scan(at + MINUTE, [hookEvent('sys-kernel/gentoo-sources-6.1.192', at + 5)]);
  const events = machine.rows('SELECT what, cpv, source FROM package_event');
  assert.deepEqual(events, [{ what: 'merged', cpv: 'sys-kernel/gentoo-sources-6.1.192', source: 'hook' }]);
  assert.equal(lastState(machine)?.cpv, 'sys-kernel/gentoo-sources-6.1.192');
});

test('an event that the hook reports before the database shows the merge is not counted twice', async () => {
  const machine = remembered(inSync(NOW));
  await machine.scan(NOW);
  const at = NOW + HOUR;
  await machine.scan(at, [hookEvent('sys-kernel/gentoo-sources-6.1.192', at)]);
  mergeSources(machine, inSync(NOW), at + 50);
  await machine.scan(at + MINUTE);
  await machine.scan(at + 2 * MINUTE);
  assert.equal(machine.rows('SELECT * FROM package_event').length, 1);
});

test('the pkg_setup that patched the sources is the cause, and is not called a merge', async () => {
  const start = inSync(NOW);
  const machine = remembered(start);
  await machine.scan(NOW);
  const bare = unpatchTree(machine.root, start, TREE, NOW + HOUR);
  await machine.scan(NOW + HOUR + MINUTE);
  assert.equal(lastState(machine)?.cpv, null, 'nothing was merged: it was done by hand');
  const at = NOW + 3 * HOUR;
  patchTree(machine.root, bare, TREE, { ...NEW_SET, at, rejected: [], reverted: false });
  await machine.scan(at + MINUTE, [hookEvent('sys-fs/aufs6-0_pre20240701', at, 'setup', 'patched')]);
  assert.equal(lastState(machine)?.state, 'whole');
  assert.equal(lastState(machine)?.what, 'setup');
  const { patchChanged } = readMemory(machine.ledger, []).trees[TREE] ?? {};
  assert.deepEqual(patchChanged?.cause, { cpv: 'sys-fs/aufs6-0_pre20240701', what: 'setup', atMs: at });
  const entries = readHistory(machine.ledger, { ...ALL, kinds: ['package'] });
  assert.match(entries[0]?.text ?? '', /changed the patches in the sources$/);
});

test('a package that patched the tree a moment ago is not the cause of the removal', async () => {
  const start = inSync(NOW);
  const machine = remembered(start);
  await machine.scan(NOW);
  const at = NOW + HOUR;
  const patched = patchTree(machine.root, start, TREE, { ...NEW_SET, at, rejected: [], reverted: false });
  await machine.scan(at + MINUTE, [hookEvent('sys-fs/aufs6-0_pre20240701', at, 'setup', 'patched')]);
  assert.equal(lastState(machine)?.what, 'setup');
  unpatchTree(machine.root, patched, TREE, at + 2 * MINUTE);
  await machine.scan(at + 3 * MINUTE);
  assert.equal(lastState(machine)?.state, 'absent');
  assert.equal(lastState(machine)?.cpv, null, 'it was done by hand');
});

test('a package of AUFS that was merged when the patch was applied is the cause', async () => {
  const start = inSync(NOW);
  const machine = remembered(start);
  await machine.scan(NOW);
  const at = NOW + 2 * HOUR;
  const kernel = start.running?.kernel;
  assert.ok(kernel !== undefined);
  const again = mergePackage(machine.root, start, aufsPackage(NEW_SET, kernel, at, 0));
  patchTree(machine.root, again, TREE, { ...NEW_SET, at: at - MINUTE, rejected: [], reverted: false });
  const { verdict } = await machine.scan(at + MINUTE);
  assert.equal(lastState(machine)?.cpv, 'sys-fs/aufs6-0_pre20240701');
  const sources = verdict.links.find(({ name }) => name === 'sources');
  assert.match(sources?.reason ?? '', /^patched .* by sys-fs\/aufs6-0_pre20240701$/);
  const stale = verdict.findings.find(({ code }) => code === 'kernel-not-rebuilt');
  assert.match(stale?.title ?? '', /by sys-fs\/aufs6-0_pre20240701, and the kernel not compiled since/);
});

test('a build follows from the patch state; its image and its boot follow from the build', async () => {
  const start = inSync(NOW);
  const machine = remembered(start);
  await machine.scan(NOW);
  const bare = mergeSources(machine, start, NOW + HOUR);
  await machine.scan(NOW + HOUR + MINUTE);
  const built = buildKernel(machine.root, bare, TREE, NOW + 2 * HOUR);
  await machine.scan(NOW + 2 * HOUR + MINUTE);
  const installed = installKernel(machine.root, built, TREE, NOW + 3 * HOUR);
  await machine.scan(NOW + 3 * HOUR + MINUTE);
  boot(machine.root, installed, 'vmlinuz-6.1.192-gentoo', NOW + 4 * HOUR);
  await machine.scan(NOW + 4 * HOUR + MINUTE);
  await machine.scan(NOW + 9 * HOUR);
  const record = listBuilds(machine.ledger).at(-1);
  assert.match(record?.utsVersion ?? '', /^#4 /);
  assert.equal(record?.madeOf, 'absent');
  assert.equal(record?.installedAtMs, NOW + 3 * HOUR);
  assert.equal(record?.firstBootedAtMs, NOW + 4 * HOUR);
  assert.equal(record?.ranMs, 5 * HOUR);
  const [row] = machine.rows(`SELECT state FROM kernel_build JOIN patch_state ON patch_state.id = patch_state
    WHERE number = 4`);
  assert.equal(row?.state, 'absent');
});

test('a kernel older than the first recorded patch state shows itself what it was built from', async () => {
  const machine = remembered(patchedAgainNotRebuilt(NOW));
  await machine.scan(NOW);
  const record = listBuilds(machine.ledger).find(({ tree }) => tree === TREE);
  assert.equal(record?.madeOf, 'whole', 'the sources were patched again since, but the kernel has a patch');
  const [build] = machine.rows(`SELECT patch_state, carried FROM kernel_build WHERE tree = '${TREE}'`);
  assert.deepEqual(build, { patch_state: null, carried: 'whole' });
  const entries = readHistory(machine.ledger, { ...ALL, kinds: ['build'] });
  assert.deepEqual([...new Set(entries.map(({ cause }) => cause))], ['sources with the AUFS patches']);
});

test('the same for an unpatched kernel older than the first recorded patch state', async () => {
  const start = inSync(NOW);
  const kernels = start.trees.map((tree) => ({
    ...tree,
    patch: null,
    build: tree.build === null ? null : { ...tree.build, kernel: { ...tree.build.kernel, patch: null } },
  }));
  const machine = remembered({ ...start, trees: kernels });
  await machine.scan(NOW);
  assert.deepEqual([...new Set(listBuilds(machine.ledger).map(({ madeOf }) => madeOf))], ['absent']);
});

test('an image that disappears is not confused with one that replaces it with the same time', async () => {
  const start = inSync(NOW);
  const machine = remembered(start);
  await machine.scan(NOW);
  const path = join(machine.root, 'boot/vmlinuz-6.1.191-gentoo');
  const [before] = machine.rows("SELECT at, hash FROM image WHERE path LIKE '%191%'");
  writeFileSync(path, 'another kernel, restored from a tape');
  utimesSync(path, Number(before?.at) / 1000, Number(before?.at) / 1000);
  await machine.scan(NOW + MINUTE);
  const rows = machine.rows("SELECT hash, gone_at FROM image WHERE path LIKE '%191%' ORDER BY id");
  // A file that is no longer a kernel, or has another hash, is no longer this image. The old row ended in either case.
  assert.equal(rows[0]?.gone_at, NOW + MINUTE);
  assert.equal(rows[0]?.hash, before?.hash);
});

test('replaced and removed modules are recorded', async () => {
  const start = inSync(NOW);
  const machine = remembered(start);
  await machine.scan(NOW);
  const kernel = start.running?.kernel;
  assert.ok(kernel !== undefined);
  const at = NOW + HOUR;
  mergePackage(machine.root, start, aufsPackage(NEW_SET, kernel, at, 0));
  await machine.scan(at + MINUTE);
  const rows = machine.rows(`SELECT owner, gone_at IS NULL AS there FROM module_file
    WHERE path LIKE '%6.1.192%aufs.ko%' ORDER BY id`);
  assert.deepEqual(rows, [
    { owner: 'sys-fs/aufs6-0_pre20230828', there: 0 },
    { owner: 'sys-fs/aufs6-0_pre20240701', there: 1 },
  ]);
});

test('if the package database cannot be read, no package counts as removed', async () => {
  const start = inSync(NOW);
  const machine = remembered(start);
  const { snapshot } = await machine.scan(NOW);
  const portage = {
    ...snapshot.portage,
    form: { known: false, code: 'io', detail: '' } as const,
    packages: [],
  };
  const { recordPackages } = await import('../../src/ledger/record-packages.ts');
  recordPackages(machine.ledger, { ...snapshot, portage }, [], NOW + MINUTE);
  assert.deepEqual(machine.rows('SELECT * FROM package_event'), []);
});

test('the history is in order of time, and can be limited by kind, tree and time', async () => {
  const start = inSync(NOW);
  const machine = remembered(start);
  await machine.scan(NOW);
  mergeSources(machine, start, NOW + HOUR);
  await machine.scan(NOW + HOUR + MINUTE);
  const all = readHistory(machine.ledger, ALL);
  assert.deepEqual(
    all.map(({ atMs: at }) => at),
    all.map(({ atMs: at }) => at).toSorted((a, b) => a - b),
  );
  const ofTree = readHistory(machine.ledger, { ...ALL, tree: TREE });
  assert.ok(ofTree.length > 0 && ofTree.every(({ text }) => text.includes('6.1.192-gentoo')));
  const recent = readHistory(machine.ledger, { ...ALL, since: NOW });
  assert.deepEqual(
    recent.map(({ text, cause }) => [text, cause]),
    [
      ['sys-kernel/gentoo-sources-6.1.192 merged again', null],
      [`${TREE} does not carry the AUFS patches`, 'sys-kernel/gentoo-sources-6.1.192'],
    ],
  );
  const older = readHistory(machine.ledger, { ...ALL, since: NOW - 30 * DAY, kinds: ['boot'] });
  assert.match(older[0]?.text ?? '', /^booted 6\.1\.192-gentoo #3/);
});

test('a removed module or image is reported, a replaced one is not', async () => {
  const machine = remembered(inSync(NOW));
  await machine.scan(NOW);
  const module = '/lib/modules/6.1.192-gentoo/misc/aufs.ko';
  const image = '/boot/vmlinuz-6.1.191-gentoo';
  const touched = new Date(NOW + MINUTE);
  utimesSync(join(machine.root, module), touched, touched);
  await machine.scan(NOW + 2 * MINUTE);
  rmSync(join(machine.root, module));
  rmSync(join(machine.root, image));
  await machine.scan(NOW + 3 * MINUTE);
  const entries = readHistory(machine.ledger, { ...ALL, since: NOW, kinds: ['image', 'module'] });
  assert.deepEqual(
    entries.map(({ atMs: at, text }) => ({ at, text })),
    [
      { at: NOW + MINUTE, text: `installed ${module} (6.1-20230828)` },
      { at: NOW + 3 * MINUTE, text: `${image} is gone` },
      { at: NOW + 3 * MINUTE, text: `${module} is gone` },
    ],
  );
});

test('a kernel that was installed compiled was not compiled here', async () => {
  const start = distributionKernel(NOW);
  const named = (name: string) =>
    start.packages.map((pkg) => (pkg.name === 'gentoo-kernel' ? { ...pkg, name } : pkg));
  for (const [name, wanted] of [
    ['gentoo-kernel', null],
    ['gentoo-kernel-bin', 'sys-kernel/gentoo-kernel-bin-6.1.192'],
  ] as const) {
    const trees = start.trees.map((tree) => ({ ...tree, owner: `sys-kernel/${name}-6.1.192` }));
    const machine = remembered({ ...start, packages: named(name), trees });
    await machine.scan(NOW);
    const builds = listBuilds(machine.ledger);
    assert.ok(builds.length > 0);
    assert.deepEqual([...new Set(builds.map(({ cameWith }) => cameWith))], [wanted]);
    const [entry] = readHistory(machine.ledger, { since: null, kinds: ['build'], tree: null });
    assert.equal(
      entry?.text.startsWith(wanted === null ? 'compiled ' : `${wanted} brought `),
      true,
      entry?.text,
    );
  }
});
