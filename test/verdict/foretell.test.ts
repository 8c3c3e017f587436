import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inSync } from '../../src/demo/in-sync.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import type { Merge } from '../../src/model/merge.ts';
import { patchOverall } from '../../src/model/patch-overall.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { parseMergeList } from '../../src/system/portage/merge-list.ts';
import { type Foretold, foretell } from '../../src/verdict/foretell.ts';
import { judge } from '../../src/verdict/judge.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { judged, NOW } from '../support/machines.ts';

const { snapshot: IN_SYNC } = await judged({ machine: inSync(NOW) });
const { snapshot: REVERTED } = await judged({ machine: SCENARIOS.unpatched(NOW) });

const SOURCES = 'sys-kernel/gentoo-sources-6.1.192';
const NEXT = '[ebuild  NS   ] sys-kernel/gentoo-sources-6.1.193:6.1.193::gentoo';
const AUFS = installed('aufs6');
const ZFS = installed('zfs-kmod');

function installed(name: string): string {
  return IN_SYNC.portage.packages.find((each) => each.name === name)?.cpv ?? '';
}

function after(before: Snapshot, ...lines: readonly string[]): Foretold {
  return foretell(before, parseMergeList(lines.join('\n')).merges);
}

function codes({ snapshot }: Pick<Foretold, 'snapshot'>): string[] {
  return judge(snapshot, NO_MEMORY).findings.map(({ code }) => code);
}

function effects({ effects: all }: Foretold): string[] {
  return all.map(({ certainty, text }) => `${certainty}: ${text}`);
}

function patchState({ sources }: Snapshot, version = '6.1.192'): string {
  const tree = sources.trees.find(({ path }) => path === `/usr/src/linux-${version}-gentoo`);
  return tree === undefined ? 'no tree' : patchOverall(tree).state;
}

test('packages that do not matter leave the machine as it was', () => {
  const foretold = after(IN_SYNC, 'app-misc/hello-2.12.2', 'www-client/firefox-130');
  assert.deepEqual(foretold, { snapshot: IN_SYNC, effects: [], trees: [] });
});

describe('kernel sources', () => {
  test('merged again lose the patch, and Portage is named as the cause', () => {
    const foretold = after(IN_SYNC, SOURCES);
    assert.equal(patchState(foretold.snapshot), 'absent');
    assert.deepEqual(codes(foretold), ['patch-reverted', 'kernel-not-rebuilt']);
    assert.deepEqual(effects(foretold), [
      'known: brings the original files of /usr/src/linux-6.1.192-gentoo back: the AUFS patches in it are lost',
    ]);
    assert.deepEqual(foretold.trees, ['/usr/src/linux-6.1.192-gentoo']);
  });

  test('of another version are installed beside the others, and not selected', () => {
    const foretold = after(IN_SYNC, `${NEXT}  USE="-symlink"`);
    assert.deepEqual(foretold.snapshot.sources.selected, IN_SYNC.sources.selected);
    assert.equal(patchState(foretold.snapshot, '6.1.193'), 'absent');
    assert.equal(patchState(foretold.snapshot), 'whole');
    assert.deepEqual(codes(foretold), []);
  });

  test('with USE=symlink they are selected: unpatched and never compiled', () => {
    const foretold = after(IN_SYNC, `${NEXT}  USE="symlink"`);
    assert.deepEqual(codes(foretold), ['sources-unpatched', 'kernel-never-built']);
    assert.match(effects(foretold)[1] ?? '', /^known: moves \/usr\/src\/linux to .*6\.1\.193-gentoo/);
  });

  test('with an AUFS patch of the user for them: whether it applies is unknown', () => {
    const path = '/etc/portage/patches/sys-kernel/gentoo-sources/aufs6-base.patch';
    const userPatches = [{ path, target: 'sys-kernel/gentoo-sources', mtime: NOW, appliesTo: [SOURCES] }];
    const foretold = after({ ...IN_SYNC, portage: { ...IN_SYNC.portage, userPatches } }, SOURCES);
    assert.equal(patchState(foretold.snapshot), 'unknown');
    assert.deepEqual(
      foretold.effects.map(({ certainty }) => certainty),
      ['unknown'],
    );
    assert.ok(!codes(foretold).includes('sources-unpatched'));
  });

  test('of aufs-sources have AUFS', () => {
    const foretold = after(IN_SYNC, '[ebuild N] sys-kernel/aufs-sources-6.1.193 USE="symlink"');
    assert.ok(effects(foretold)[0]?.endsWith('with AUFS in it'));
    assert.ok(!codes(foretold).includes('sources-unpatched'));
  });

  test('that are removed leave the link without sources', () => {
    const foretold = after(IN_SYNC, `All selected packages: =${SOURCES}`);
    assert.equal(foretold.snapshot.sources.selected.state, 'not-a-tree');
    assert.ok(codes(foretold).includes('sources-link-broken'));
  });
});

describe('AUFS', () => {
  test('after the sources, in the same list: what fitted before fits again', () => {
    const foretold = after(IN_SYNC, SOURCES, `[ebuild   R    ] ${AUFS}  USE="kernel-patch"`);
    assert.equal(patchState(foretold.snapshot), 'whole');
    assert.deepEqual(
      codes(foretold).filter((code) => code.startsWith('sources')),
      [],
    );
  });

  test('in another version: whether its patches apply is unknown, and no alarm', () => {
    const foretold = after(REVERTED, '[ebuild U] sys-fs/aufs6-0_pre20250101 USE="kernel-patch"');
    assert.equal(patchState(foretold.snapshot), 'unknown');
    assert.ok(effects(foretold).some((text) => /^unknown: .*whether its patches apply/.test(text)));
    assert.ok(!codes(foretold).some((code) => code === 'patch-reverted' || code === 'sources-unpatched'));
  });

  test('without USE=kernel-patch the sources stay as they are', () => {
    const foretold = after(REVERTED, `[ebuild   R    ] ${AUFS}  USE="-kernel-patch"`);
    assert.equal(patchState(foretold.snapshot), 'absent');
  });
});

describe('packages of modules', () => {
  test('build for the selected sources: a module that did not fit then loads', async () => {
    const { snapshot } = await judged({ machine: SCENARIOS['module-will-not-load'](NOW) });
    assert.ok(
      codes({ snapshot }).includes('module-will-not-load') ||
        codes({ snapshot }).includes('next-boot-without-aufs'),
    );
    const foretold = after(snapshot, `[ebuild   R    ] ${AUFS}  USE="kernel-patch"`);
    assert.deepEqual(
      codes(foretold).filter((code) => code === 'module-will-not-load' || code === 'next-boot-without-aufs'),
      [],
    );
  });

  test('fail after new selected sources that are not compiled, and their modules stay as they are', () => {
    const asking = IN_SYNC.portage.packages.map((each) => ({ ...each, asksForSymvers: true }));
    const machine = { ...IN_SYNC, portage: { ...IN_SYNC.portage, packages: asking } };
    const foretold = after(machine, `${NEXT}  USE="symlink"`, ZFS);
    assert.match(effects(foretold).at(-1) ?? '', /^failure: fails: .*6\.1\.193-gentoo is not compiled/);
    assert.deepEqual(foretold.snapshot.modules, IN_SYNC.modules);
  });

  test('that are binary: for which kernel is unknown', () => {
    const foretold = after(IN_SYNC, `[binary   R    ] ${ZFS}`);
    assert.deepEqual(effects(foretold), ['unknown: installs modules; for which kernel is not known']);
  });

  test('for a kernel without a symbol that they need: unknown, and not refused', () => {
    const trees = IN_SYNC.sources.trees.map((tree) => ({
      ...tree,
      builds: tree.builds.map((build) => ({
        ...build,
        abi: {
          ...build.abi,
          exports: build.abi.exports.known
            ? { known: true as const, value: { ...build.abi.exports.value, symbols: {} } }
            : build.abi.exports,
        },
      })),
    }));
    const foretold = after({ ...IN_SYNC, sources: { ...IN_SYNC.sources, trees } }, ZFS);
    assert.match(effects(foretold)[0] ?? '', /^unknown: builds .* whether that succeeds is not known$/);
  });

  test('that are removed leave modules without an owner', () => {
    const foretold = after(IN_SYNC, `All selected packages: =${ZFS}`);
    const files = foretold.snapshot.modules.flatMap(({ modules }) => modules);
    assert.ok(files.some(({ name, owner }) => name === 'zfs' && owner === null));
    assert.ok(!files.some(({ owner }) => owner === ZFS));
  });
});

test('with a distribution kernel the next boot becomes unknown, without an alarm', () => {
  const foretold = after(IN_SYNC, '[ebuild  N    ] sys-kernel/gentoo-kernel-6.6.58');
  assert.equal(judge(foretold.snapshot, NO_MEMORY).nextBoot.kind, 'unknown');
  assert.ok(!codes(foretold).includes('next-boot-without-aufs'));
});

test('the order of the list counts', () => {
  const merges = (lines: readonly string[]): readonly Merge[] => parseMergeList(lines.join('\n')).merges;
  const lines = [SOURCES, `[ebuild   R    ] ${AUFS}  USE="kernel-patch"`];
  const before = foretell(IN_SYNC, merges(lines.toReversed()));
  assert.equal(patchState(before.snapshot), 'absent');
});
