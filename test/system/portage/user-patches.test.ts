import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPortage } from '../../../src/system/portage/read-portage.ts';
import { openRoot } from '../../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const VDB = 'var/db/pkg/sys-kernel';
const PATCHES = 'etc/portage/patches/sys-kernel';

test('eapply_user’s directories: with and without version, revision (r0 if there is none) and slot', () => {
  const root = temporaryDirectory();
  layOut(root, {
    ...sources('gentoo-sources-6.1.192', '6.1.192'),
    ...sources('gentoo-sources-6.6.30-r1', '6.6.30-r1'),
    [`${PATCHES}/gentoo-sources/all.patch`]: 'x',
    [`${PATCHES}/gentoo-sources:6.1.192/slot.patch`]: 'x',
    [`${PATCHES}/gentoo-sources-6.1.192/version.diff`]: 'x',
    [`${PATCHES}/gentoo-sources-6.1.192-r0/revision.patch`]: 'x',
    [`${PATCHES}/gentoo-sources-6.6.30/version.patch`]: 'x',
    [`${PATCHES}/gentoo-sources-6.6.30-r1:6.6.30-r1/all.patch`]: 'x',
    [`${PATCHES}/gentoo-sources-6.6.30-r0/other.patch`]: 'x',
    [`${PATCHES}/gentoo-sources/README`]: 'x',
  });
  const found = readPortage(openRoot(root)).facts.userPatches;
  const appliesTo = Object.fromEntries(
    found.map(({ path, appliesTo }) => [
      path.slice(PATCHES.length + 2),
      appliesTo.map((cpv) => cpv.slice(26)),
    ]),
  );
  assert.deepEqual(appliesTo, {
    'gentoo-sources/all.patch': ['6.1.192', '6.6.30-r1'],
    'gentoo-sources:6.1.192/slot.patch': ['6.1.192'],
    'gentoo-sources-6.1.192/version.diff': ['6.1.192'],
    'gentoo-sources-6.1.192-r0/revision.patch': ['6.1.192'],
    'gentoo-sources-6.6.30/version.patch': ['6.6.30-r1'],
    'gentoo-sources-6.6.30-r1:6.6.30-r1/all.patch': ['6.6.30-r1'],
    'gentoo-sources-6.6.30-r0/other.patch': [],
  });
});

test('headers for the C library are no kernel sources, although kernel-2.eclass installs them', () => {
  const root = temporaryDirectory();
  layOut(root, { ...sources('linux-headers-6.12', '0'), ...sources('gentoo-sources-6.1.192', '6.1.192') });
  assert.deepEqual(
    readPortage(openRoot(root)).facts.packages.map(({ cpv }) => cpv),
    ['sys-kernel/gentoo-sources-6.1.192'],
  );
});

function sources(pf: string, slot: string): Record<string, string> {
  return { [`${VDB}/${pf}/INHERITED`]: 'toolchain-funcs kernel-2\n', [`${VDB}/${pf}/SLOT`]: `${slot}\n` };
}
