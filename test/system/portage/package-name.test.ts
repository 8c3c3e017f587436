import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitPackageName } from '../../../src/system/portage/package-name.ts';

test('name and version are split by the rules for package names (PMS 3.1, 3.2)', () => {
  const names: Readonly<Record<string, readonly [name: string, version: string]>> = {
    'aufs4-0_pre20180312': ['aufs4', '0_pre20180312'],
    'gentoo-sources-6.1.192': ['gentoo-sources', '6.1.192'],
    'gentoo-sources-6.6.30-r1': ['gentoo-sources', '6.6.30-r1'],
    'zfs-kmod-2.2.7': ['zfs-kmod', '2.2.7'],
    'aufs-standalone-9999': ['aufs-standalone', '9999'],
    'aufs-util-9999-r12': ['aufs-util', '9999-r12'],
    'linux-firmware-20261101': ['linux-firmware', '20261101'],
    'openssl-1.0.2u-r1': ['openssl', '1.0.2u-r1'],
    'x-1_alpha2_beta_pre3_rc_p20200101-r0': ['x', '1_alpha2_beta_pre3_rc_p20200101-r0'],
    'font-adobe-100dpi-1.0.4': ['font-adobe-100dpi', '1.0.4'],
    'gtk+-3.24.43': ['gtk+', '3.24.43'],
    'libstdc++-v3-3.3.6-r1': ['libstdc++-v3', '3.3.6-r1'],
    '9menu-1.10': ['9menu', '1.10'],
    'p-r1-1': ['p-r1', '1'],
    'a-1.2.3.4.5.6.7.8.9.10': ['a', '1.2.3.4.5.6.7.8.9.10'],
    '_x-0': ['_x', '0'],
    'nvidia-drivers-470.256.02': ['nvidia-drivers', '470.256.02'],
    'r8168-8.053.00-r2': ['r8168', '8.053.00-r2'],
    'linux-mod-6.1_rc3-r1': ['linux-mod', '6.1_rc3-r1'],
  };
  for (const [pf, [name, version]] of Object.entries(names)) {
    assert.deepEqual(splitPackageName(pf), { name, version }, pf);
  }
});

test('texts that are no package names', () => {
  for (const pf of [
    '',
    '-',
    'aufs4',
    'aufs4-',
    '-1',
    '1',
    'aufs4-r1',
    'aufs4-1.',
    'aufs4-1..2',
    'aufs4-1ab',
    'aufs4-1_pre1a',
    'aufs4-1_post1',
    'aufs4-1-r',
    'aufs4-1-r1-r2',
    'aufs4-1.0.portage_lockfile',
    '.aufs4-1.portage_lockfile',
    '-MERGING-aufs4-1',
    '+x-1',
    'aufs 4-1',
    'aufs4-1\n',
    'aufs4-1 ',
    'aufs.4-1',
    'ä-1',
    // No name ends in a hyphen and text like a version.
    'foo-1-2',
    'foo-1-r1-2',
    `${'a'.repeat(300)}-1`,
  ]) {
    assert.equal(splitPackageName(pf), null, pf);
  }
});

test('names made by the rules are split where they were joined', () => {
  const name = fc
    .stringMatching(/^[A-Za-z0-9_][A-Za-z0-9+_-]{0,20}$/)
    .filter((text) => !/-\d+(\.\d+)*[a-z]?(_(alpha|beta|pre|rc|p)\d*)*(-r\d+)?$/.test(text));
  const version = fc.stringMatching(
    /^\d{1,4}(\.\d{1,3}){0,3}[a-z]?(_(alpha|beta|pre|rc|p)\d{0,8}){0,2}(-r\d{1,3})?$/,
  );
  fc.assert(
    fc.property(name, version, (one, other) => {
      assert.deepEqual(splitPackageName(`${one}-${other}`), { name: one, version: other });
    }),
  );
});

test('any text is split without loss, or is no name', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', '1', '-', '.', '_', 'r', 'p', 'pre', '+', '\n'), maxLength: 300 }),
    fc.constantFrom('1.', '-1', '_p', '1-', 'a-1', '_pre1').map((part) => part.repeat(200).slice(0, 255)),
  );
  fc.assert(
    fc.property(text, (pf) => {
      const split = splitPackageName(pf);
      if (split !== null) assert.equal(`${split.name}-${split.version}`, pf);
    }),
    { numRuns: 2000 },
  );
});
