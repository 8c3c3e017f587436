import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Fact, known } from '../../../src/model/fact.ts';
import type { InstalledPackage } from '../../../src/model/portage.ts';
import { readPortage } from '../../../src/system/portage/read-portage.ts';
import { openVdbFields, parseMetadata } from '../../../src/system/portage/vdb-fields.ts';
import { openRoot } from '../../../src/system/root.ts';
import { packagesOf, unpackVdb, type VdbArchive } from '../../support/portage.ts';
import { needs } from '../../support/tools.ts';

const skip = needs('tar', 'gzip');
const ARCHIVES: readonly VdbArchive[] = ['classic', '3.0.82', '3.0.82-consolidated'];
const VDB = 'var/db/pkg';
const AUFS = 'sys-fs/aufs4-0_pre20180312';
const CPVS = [
  'app-containers/docker-28.4.0',
  AUFS,
  'sys-fs/zfs-kmod-2.2.7',
  'sys-kernel/gentoo-sources-6.1.191',
  'sys-kernel/gentoo-sources-6.1.192',
];
/** The fields that are read and that `metadata` has. */
const FIELDS = ['SLOT', 'repository', 'USE', 'BUILD_TIME', 'COUNTER'] as const;

test('the database of a real Portage gives the same in each of its three forms', { skip }, () => {
  const [classic, both, consolidated] = ARCHIVES.map((form) => readPortage(openRoot(unpackVdb(form))));
  for (const [reading, form] of [
    [classic, 'classic'],
    [both, 'both'],
    [consolidated, 'consolidated'],
  ] as const) {
    assert.ok(reading !== undefined);
    assert.deepEqual(reading.facts.form, known(form));
    assert.deepEqual(reading.problems, []);
    assert.equal(reading.facts.installed, 6);
    assert.deepEqual(
      reading.facts.packages.map(({ cpv }) => cpv),
      CPVS,
    );
    // Only the time of the directory differs: the conversion from one form to another changes it.
    const timeless = ({ facts }: typeof reading): unknown[] =>
      facts.packages.map(({ mergedAt: _, ...rest }) => rest);
    assert.deepEqual(timeless(reading), timeless(classic ?? reading));
  }
});

test('each package equals that of the archive', { skip }, () => {
  const read = packagesOf(unpackVdb('classic'));
  const seen = Object.values(read).map(({ cpv, name, version, kinds, modules, trees, patches }) => ({
    cpv,
    name,
    version,
    kinds,
    modules: modules.map(({ path }) => path),
    trees,
    patches,
  }));
  const none = { modules: [], trees: [], patches: [] };
  assert.deepEqual(seen, [
    { cpv: CPVS[0], name: 'docker', version: '28.4.0', kinds: ['docker'], ...none },
    {
      ...none,
      cpv: AUFS,
      name: 'aufs4',
      version: '0_pre20180312',
      kinds: ['aufs', 'module'],
      modules: ['/lib/modules/6.1.192-gentoo/misc/aufs.ko'],
    },
    {
      ...none,
      cpv: CPVS[2],
      name: 'zfs-kmod',
      version: '2.2.7',
      kinds: ['module'],
      modules: ['/lib/modules/6.1.192-gentoo/extra/zfs.ko'],
    },
    ...['6.1.191', '6.1.192'].map((version) => ({
      ...none,
      cpv: `sys-kernel/gentoo-sources-${version}`,
      name: 'gentoo-sources',
      version,
      kinds: ['kernel-sources'],
      trees: [`/usr/src/linux-${version}-gentoo`],
    })),
  ]);
  assert.deepEqual(read[AUFS]?.modules[0], {
    path: '/lib/modules/6.1.192-gentoo/misc/aufs.ko',
    md5: '306faf690f2bd360db304fafec9ff428',
    mtime: 1_795_402_677_000,
  });
});

test('the fields equal those of the single files, also if only `metadata` has them', { skip }, () => {
  const files = unpackVdb('classic');
  for (const form of ARCHIVES) {
    const root = unpackVdb(form);
    for (const [cpv, installed] of Object.entries(packagesOf(root))) {
      const field = (name: string): string =>
        readFileSync(join(files, VDB, cpv, name), 'utf8').replace(/\n$/, '');
      assert.deepEqual(
        [installed.slot, installed.repository, installed.use, installed.buildTime, installed.counter],
        [
          known(field('SLOT')),
          known(field('repository')),
          known(field('USE').split(' ')),
          known(Number(field('BUILD_TIME')) * 1000),
          known(Number(field('COUNTER'))),
        ],
        `${form} ${cpv}`,
      );
      assert.equal(installed.mergedAt, statSync(join(root, VDB, cpv)).mtimeMs);
      assert.equal(existsSync(join(root, VDB, cpv, 'SLOT')), form !== '3.0.82-consolidated');
    }
  }
});

test('a field that is missing in a valid `metadata` is empty, USE as well', { skip }, () => {
  const root = openRoot(unpackVdb('3.0.82-consolidated'));
  const fields = openVdbFields(root, `/${VDB}/app-misc/hello-1`);
  assert.ok(fields.consolidated);
  assert.deepEqual(fields.field('USE'), known(''));
  assert.deepEqual(fields.field('RDEPEND'), known(''));
  assert.deepEqual(fields.field('PF'), known('hello-1'));
});

test('a changed file in the directory makes `metadata` outdated: the files count', { skip }, () => {
  const root = unpackVdb('3.0.82');
  const slot = join(root, VDB, AUFS, 'SLOT');
  // As an editor and `emaint` do: a new file under the old name.
  rmSync(slot);
  writeFileSync(slot, '7\n');
  assert.equal(packagesOf(root)[AUFS]?.slot.known, true);
  assert.deepEqual(packagesOf(root)[AUFS]?.slot, known('7'));
  assert.deepEqual(readPortage(openRoot(root)).facts.form, known('mixed'));
});

test('a nanosecond is a difference', { skip: needs('tar', 'gzip', 'touch') }, () => {
  const root = unpackVdb('3.0.82');
  const directory = join(root, VDB, AUFS);
  const valid = (): boolean => openVdbFields(openRoot(root), `/${VDB}/${AUFS}`).consolidated;
  assert.ok(valid());
  execFileSync('touch', ['-d', '@1795402680.981686182', directory]);
  assert.ok(!valid());
  execFileSync('touch', ['-d', '@1795402680.981686181', directory]);
  assert.ok(valid());
});

test('another format, no last line, half a file, or something else in its place: the files count', {
  skip: needs('tar', 'gzip', 'touch', 'mkfifo'),
}, () => {
  const root = unpackVdb('3.0.82');
  const directory = join(root, VDB, AUFS);
  const path = join(directory, 'metadata');
  const whole = readFileSync(path, 'utf8').replace('SLOT=0', 'SLOT=wrong');
  const spoil: Readonly<Record<string, () => void>> = {
    'format 2': () => writeFileSync(path, whole.replace('#format=1', '#format=2')),
    'no format': () => writeFileSync(path, whole.replace('#format=1\n', '')),
    'no last line': () => writeFileSync(path, whole.replace(/#dir_mtime.*\n/, '')),
    'an empty number': () => writeFileSync(path, whole.replace(/(#dir_mtime=).*/, '$1')),
    'a number that is none': () => writeFileSync(path, whole.replace(/(#dir_mtime=).*/, '$10x10')),
    'cut in the middle': () => writeFileSync(path, whole.slice(0, whole.length / 2)),
    'a line without a field': () => writeFileSync(path, whole.replace('USE=', 'USE ')),
    empty: () => writeFileSync(path, ''),
    'a NUL in a field': () => writeFileSync(path, whole.replace('wrong', 'wr\0ng')),
    huge: () => writeFileSync(path, whole.replace('wrong', 'x'.repeat(1024 * 1024))),
    'a FIFO': () => {
      rmSync(path);
      execFileSync('mkfifo', [path]);
    },
  };
  for (const [what, change] of Object.entries(spoil)) {
    change();
    execFileSync('touch', ['-d', '@1795402680.981686181', directory]);
    assert.deepEqual(packagesOf(root)[AUFS]?.slot, known('0'), what);
  }
});

test('consolidated, changed since, and without files: unknown, and the others are read', {
  skip: needs('tar', 'gzip', 'touch'),
}, () => {
  const root = unpackVdb('3.0.82-consolidated');
  execFileSync('touch', [join(root, VDB, AUFS)]);
  const { facts, problems } = readPortage(openRoot(root));
  const aufs = facts.packages.find(({ cpv }) => cpv === AUFS);
  assert.ok(aufs !== undefined);
  const { slot, repository, use, buildTime, counter } = aufs;
  for (const fact of [slot, repository, use, buildTime, counter]) assert.equal(code(fact), 'missing');
  assert.deepEqual(aufs.kinds, ['aufs', 'module']);
  assert.equal(aufs.modules.length, 1);
  assert.deepEqual(
    facts.packages.map(({ cpv }) => cpv),
    CPVS,
  );
  assert.deepEqual(problems, []);
});

test('invalid numbers are malformed, and a field with a NUL is no text', { skip }, () => {
  const root = unpackVdb('classic');
  const put = (name: string, text: string): InstalledPackage | undefined => {
    writeFileSync(join(root, VDB, AUFS, name), text);
    return packagesOf(root)[AUFS];
  };
  for (const text of ['', '-1', '1e3', '0x10', ' 1', '9'.repeat(16), 'seven', '\ufeff1']) {
    assert.equal(code(put('BUILD_TIME', `${text}\n`)?.buildTime), 'malformed', text);
    assert.equal(code(put('COUNTER', text)?.counter), 'malformed', text);
  }
  assert.equal(code(put('SLOT', '0\0')?.slot), 'malformed');
  assert.deepEqual(put('USE', ' a\t b\n')?.use, known(['a', 'b']));
  assert.deepEqual(put('USE', '')?.use, known([]));
});

test('any text is a `metadata` with its fields, or none', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '#format=1', '#format=2', '#dir_mtime=', '#dir_mtime=12', 'USE=', 'USE=a=b', '=x'),
    fc.tuple(fc.constantFrom(...FIELDS, '__proto__'), fc.string()).map(([key, value]) => `${key}=${value}`),
  );
  fc.assert(
    fc.property(fc.array(line), fc.boolean(), fc.boolean(), (lines, begins, ends) => {
      const all = [...(begins ? ['#format=1'] : []), ...lines, ...(ends ? ['#dir_mtime=5\n'] : [])];
      const text = all.join('\n');
      const parsed = parseMetadata(text);
      if (parsed === null) return;
      assert.ok(text.startsWith('#format=1\n'));
      for (const [key, value] of parsed.fields) assert.ok(text.includes(`${key}=${value}`));
    }),
  );
});

function code(fact: Fact<unknown> | undefined): string {
  assert.ok(fact !== undefined);
  return fact.known ? 'known' : fact.code;
}
