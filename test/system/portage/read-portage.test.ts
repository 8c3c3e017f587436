import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { known } from '../../../src/model/fact.ts';
import { readPortage } from '../../../src/system/portage/read-portage.ts';
import { openRoot, type Root } from '../../../src/system/root.ts';
import { give, ORDINARY } from '../../support/ordinary-user.ts';
import { packagesOf, unpackVdb } from '../../support/portage.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';

const VDB = 'var/db/pkg';
const AUFS = 'sys-fs/aufs4-0_pre20180312';
const ZFS = 'sys-fs/zfs-kmod-2.2.7';
const SOURCES = ['6.1.191', '6.1.192'].map((version) => `sys-kernel/gentoo-sources-${version}`);
const ALL = ['app-containers/docker-28.4.0', AUFS, ZFS, ...SOURCES];
const skip = needs('tar', 'gzip', 'mkfifo');

/** Puts something that is no file in place of a path. */
const IN_PLACE: Readonly<Record<string, (path: string) => void | Promise<void>>> = {
  'a FIFO': (path) => {
    execFileSync('mkfifo', [path]);
  },
  'a directory': (path) => {
    mkdirSync(path);
  },
  'a loop': (path) => {
    symlinkSync(path.slice(path.lastIndexOf('/') + 1), path);
  },
  'a socket': async (path) => {
    const server = createServer().listen(path);
    await once(server, 'listening');
    // The file must stay; the process that waits for the server must not.
    server.unref();
  },
};

function cpvs(root: string): string[] {
  return readPortage(openRoot(root)).facts.packages.map(({ cpv }) => cpv);
}

test('no database, an empty one, and a file instead of it', () => {
  const root = temporaryDirectory();
  const form = (): string => {
    const { facts, problems } = readPortage(openRoot(root));
    assert.deepEqual([facts.installed, facts.packages, problems], [0, [], []]);
    return facts.form.known ? facts.form.value : facts.form.code;
  };
  assert.equal(form(), 'missing');
  mkdirSync(join(root, VDB), { recursive: true });
  assert.equal(form(), 'empty');
  mkdirSync(join(root, VDB, 'sys-fs'));
  assert.equal(form(), 'empty');
  rmSync(join(root, VDB), { recursive: true });
  writeFileSync(join(root, VDB), '');
  assert.equal(form(), 'missing');
  rmSync(join(root, VDB));
  symlinkSync('pkg', join(root, VDB));
  assert.equal(form(), 'bad-link');
});

test('if each file is replaced by something else, that file is unknown, and everything else is read', {
  skip,
}, async () => {
  for (const [what, put] of Object.entries(IN_PLACE)) {
    const root = unpackVdb('classic');
    const before = packagesOf(root)[AUFS];
    for (const name of ['SLOT', 'repository', 'USE', 'BUILD_TIME', 'COUNTER']) {
      rmSync(join(root, VDB, AUFS, name));
      await put(join(root, VDB, AUFS, name));
    }
    const aufs = packagesOf(root)[AUFS];
    assert.ok(aufs !== undefined && before !== undefined);
    const wanted = what === 'a loop' ? 'bad-link' : 'wrong-type';
    for (const fact of [aufs.slot, aufs.repository, aufs.use, aufs.buildTime, aufs.counter]) {
      assert.ok(!fact.known);
      assert.equal(fact.code, wanted, `${what}: ${fact.detail}`);
    }
    assert.deepEqual([aufs.kinds, aufs.modules], [before.kinds, before.modules]);
    assert.deepEqual(cpvs(root), ALL);
  }
});

test('CONTENTS that cannot be read is a problem: the package does not seem to own nothing', {
  skip,
}, async () => {
  for (const [what, put] of Object.entries(IN_PLACE)) {
    const root = unpackVdb('classic');
    for (const cpv of [AUFS, ...SOURCES]) {
      rmSync(join(root, VDB, cpv, 'CONTENTS'));
      await put(join(root, VDB, cpv, 'CONTENTS'));
    }
    const { facts, problems } = readPortage(openRoot(root));
    assert.deepEqual(
      problems.map(({ path }) => path),
      [AUFS, ...SOURCES].map((cpv) => `/${VDB}/${cpv}/CONTENTS`),
      what,
    );
    assert.deepEqual(
      facts.packages.map(({ modules, trees }) => modules.length + trees.length),
      [0, 0, 1, 0, 0],
    );
  }
  const root = unpackVdb('classic');
  truncateSync(join(root, VDB, AUFS, 'CONTENTS'), 10 * 1024 ** 3);
  assert.match(readPortage(openRoot(root)).problems[0]?.detail ?? '', /larger than/);
});

test('a package that could build modules and owns none is another kind', { skip }, () => {
  const root = unpackVdb('classic');
  const kinds = (contents: string): readonly string[] | undefined => {
    writeFileSync(join(root, VDB, ZFS, 'CONTENTS'), contents);
    return packagesOf(root)[ZFS]?.kinds;
  };
  assert.deepEqual(kinds('dir /usr\nobj /usr/sbin/zfs 306faf690f2bd360db304fafec9ff428 1795402677\n'), [
    'without-modules',
  ]);
  for (const damaged of ['', 'obj /usr/sbin/zf']) assert.deepEqual(kinds(damaged), ['module'], damaged);
});

test('if CONTENTS cannot be read, the USE flag for modules decides', { skip }, () => {
  const kindsWith = (flags: {
    iuse: string;
    use: string;
    ebuild?: string;
  }): readonly string[] | undefined => {
    const root = unpackVdb('classic');
    layOut(join(root, VDB, ZFS), {
      CONTENTS: '',
      IUSE: flags.iuse,
      USE: flags.use,
      'zfs-kmod-2.2.7.ebuild': flags.ebuild ?? 'EAPI=8\n',
    });
    return packagesOf(root)[ZFS]?.kinds;
  };
  assert.deepEqual(kindsWith({ iuse: '+modules strip', use: 'strip' }), ['without-modules']);
  assert.deepEqual(kindsWith({ iuse: '+modules strip', use: 'modules' }), ['module']);
  assert.deepEqual(kindsWith({ iuse: 'strip', use: 'strip' }), ['module']);
  for (const ebuild of ['MODULES_OPTIONAL_IUSE=journal\n', 'A=1\nMODULES_OPTIONAL_IUSE="+journal"\n'])
    assert.deepEqual(kindsWith({ iuse: 'journal modules', use: 'modules', ebuild }), ['without-modules']);
});

test('the USE flags of an ebuild have no default signs', { skip }, () => {
  for (const form of ['classic', '3.0.82-consolidated'] as const) {
    const root = unpackVdb(form);
    assert.deepEqual(packagesOf(root)[AUFS]?.iuse, known(['kernel-patch', 'debug']));
  }
  const root = unpackVdb('classic');
  writeFileSync(join(root, VDB, ZFS, 'IUSE'), '+modules -strip modules-sign\n');
  assert.deepEqual(packagesOf(root)[ZFS]?.iuse, known(['modules', 'strip', 'modules-sign']));
  rmSync(join(root, VDB, ZFS, 'IUSE'));
  assert.deepEqual(packagesOf(root)[ZFS]?.iuse, known([]));
});

test('the ebuild of a package of AUFS is searched in its repository', { skip }, () => {
  const root = unpackVdb('classic');
  const ebuild = (): string | null | undefined => packagesOf(root)[AUFS]?.ebuild;
  const repository = packagesOf(root)[AUFS]?.repository;
  assert.ok(repository?.known);
  assert.equal(ebuild(), null, 'no repos.conf');
  const conf = (location: string): string =>
    `[DEFAULT]\nlocation = /x\n\n[${repository.value}]\nlocation = ${location}\n`;
  layOut(root, {
    'usr/share/portage/config/repos.conf': conf('/old'),
    'etc/portage/repos.conf/a.conf': conf('/srv/r/'),
  });
  assert.equal(ebuild(), null, 'it does not exist any more');
  layOut(root, { [`srv/r/sys-fs/aufs4/${AUFS.split('/')[1]}.ebuild`]: '' });
  assert.equal(ebuild(), `/srv/r/sys-fs/aufs4/${AUFS.split('/')[1]}.ebuild`);
});

test('INHERITED that cannot be read is a problem; the kinds that follow from the name are still known', {
  skip,
}, async () => {
  for (const [what, put] of Object.entries(IN_PLACE)) {
    const root = unpackVdb('classic');
    for (const cpv of [AUFS, ZFS]) {
      rmSync(join(root, VDB, cpv, 'INHERITED'));
      await put(join(root, VDB, cpv, 'INHERITED'));
    }
    const { facts, problems } = readPortage(openRoot(root));
    assert.deepEqual(
      problems.map(({ path }) => path),
      [`/${VDB}/${AUFS}`, `/${VDB}/${ZFS}`],
      what,
    );
    assert.deepEqual(
      facts.packages.map(({ cpv, kinds }) => [cpv, kinds[0]]),
      ALL.filter((cpv) => cpv !== ZFS).map((cpv) => [cpv, packagesOf(root)[cpv]?.kinds[0]]),
    );
    assert.deepEqual(packagesOf(root)[AUFS]?.kinds, ['aufs']);
    assert.equal(packagesOf(root)[AUFS]?.modules.length, 1);
    assert.equal(facts.installed, 6);
  }
});

test('something else instead of a package or a category', { skip }, async () => {
  for (const [what, put] of Object.entries(IN_PLACE)) {
    if (what === 'a directory') continue;
    const root = unpackVdb('classic');
    rmSync(join(root, VDB, AUFS), { recursive: true });
    await put(join(root, VDB, AUFS));
    await put(join(root, VDB, 'sys-fs/unknown-1'));
    await put(join(root, VDB, 'sys-boot'));
    const { facts, problems } = readPortage(openRoot(root));
    assert.deepEqual(
      facts.packages.map(({ cpv }) => cpv),
      ALL.filter((cpv) => cpv !== AUFS),
      what,
    );
    const paths = problems.map(({ path }) => path.slice(VDB.length + 2));
    // There are files beside the categories; a loop could be one of them.
    assert.deepEqual(paths, [...(what === 'a loop' ? ['sys-boot'] : []), AUFS, 'sys-fs/unknown-1'], what);
  }
});

test('an empty directory with the name of a package is an unknown package', () => {
  const root = temporaryDirectory();
  for (const cpv of [AUFS, ZFS]) mkdirSync(join(root, VDB, cpv), { recursive: true });
  const { facts, problems } = readPortage(openRoot(root));
  assert.equal(facts.installed, 2);
  assert.deepEqual(
    facts.packages.map(({ cpv, kinds, slot }) => [cpv, kinds, slot.known]),
    [[AUFS, ['aufs'], false]],
  );
  assert.deepEqual(
    problems.map(({ path }) => path),
    [`/${VDB}/${AUFS}/CONTENTS`],
  );
});

test('merges in progress, locks and files of others are no packages', { skip }, () => {
  const root = unpackVdb('classic');
  const before = readPortage(openRoot(root));
  layOut(root, {
    [`${VDB}/sys-fs/-MERGING-aufs5-1/INHERITED`]: 'linux-mod-r1\n',
    [`${VDB}/sys-fs/-MERGING-aufs5-1/SLOT`]: '0\n',
    [`${VDB}/sys-fs/.aufs4-0_pre20180312.portage_lockfile`]: '',
    [`${VDB}/sys-fs/aufs4-0_pre20180312.portage_lockfile`]: '',
    [`${VDB}/sys-fs/.keep`]: '',
    [`${VDB}/sys-fs/README`]: '',
    [`${VDB}/sys-fs/lost+found/INHERITED`]: 'kernel-2\n',
    [`${VDB}/.sys-fs.portage_lockfile`]: '',
    [`${VDB}/.hidden/aufs4-1/INHERITED`]: 'linux-mod-r1\n',
    [`${VDB}/-MERGING-x/aufs4-1/INHERITED`]: 'linux-mod-r1\n',
    [`${VDB}/world`]: 'x\n',
  });
  // A merge changes the directory of the category, and none of a package.
  assert.deepEqual(readPortage(openRoot(root)), before);
});

test('names that are not UTF-8, of a package and of a category, are reported', { skip }, () => {
  const root = unpackVdb('classic');
  const bytes = (text: string): Buffer =>
    Buffer.concat([Buffer.from(join(root, VDB)), Buffer.from(text, 'latin1')]);
  mkdirSync(bytes('/sys-fs/aufs\xe9-1'));
  mkdirSync(bytes('/sys-\xff'));
  mkdirSync(bytes('/sys-\xff/aufs4-1'));
  const { facts, problems } = readPortage(openRoot(root));
  assert.deepEqual(
    problems,
    ['sys-fs/aufs\ufffd-1', 'sys-\ufffd'].map((name) => ({
      path: `/${VDB}/${name}`,
      detail: 'its name is not UTF-8',
    })),
  );
  assert.deepEqual(
    facts.packages.map(({ cpv }) => cpv),
    ALL,
  );
});

test('an ordinary user without access to a category, a package, a file or to patches', { skip }, () => {
  const root = unpackVdb('classic');
  layOut(root, { 'etc/portage/patches/sys-kernel/gentoo-sources/a.patch': 'x' });
  give(root);
  for (const [path, mode] of [
    ['app-misc', 0o000],
    [AUFS, 0o000],
    [ZFS, 0o755],
    [`${SOURCES[0]}/CONTENTS`, 0o000],
    [`${ZFS}/USE`, 0o000],
    ['../../../etc/portage/patches/sys-kernel/gentoo-sources', 0o000],
  ] as const)
    chmodSync(join(root, VDB, path), mode);
  const { facts, problems } = asOrdinary(() => readPortage(openRoot(root)));
  assert.deepEqual(
    problems.map(({ path, detail }) => [path, detail.split(': ')[1]]),
    [
      [`/${VDB}/app-misc`, 'permission denied'],
      [`/${VDB}/${AUFS}`, 'permission denied'],
      [`/${VDB}/${AUFS}/CONTENTS`, 'permission denied'],
      [`/${VDB}/${SOURCES[0]}/CONTENTS`, 'permission denied'],
      ['/etc/portage/patches/sys-kernel/gentoo-sources', 'permission denied'],
    ],
  );
  const zfs = facts.packages.find(({ cpv }) => cpv === ZFS);
  assert.ok(zfs?.use.known === false && zfs.use.code === 'denied');
  assert.deepEqual(zfs.counter, known(7));
  assert.equal(facts.form.known, true);
  for (const path of ['app-misc', AUFS]) chmodSync(join(root, VDB, path), 0o755);
});

test('packages that disappear while they are read are gone or partly unknown, and the others are read', {
  skip,
}, () => {
  // Before each file of the package in turn, as a reinstall may remove it.
  for (const at of ['INHERITED', 'metadata', 'CONTENTS', 'SLOT', 'COUNTER']) {
    for (const gone of [AUFS, ZFS]) {
      const root = unpackVdb('classic');
      const { facts, problems } = readPortage(vanishing(root, gone, at));
      const others = facts.packages.filter(({ cpv }) => cpv !== gone);
      assert.deepEqual(
        others.map(({ cpv }) => cpv),
        ALL.filter((cpv) => cpv !== gone),
      );
      const left = facts.packages.find(({ cpv }) => cpv === gone);
      assert.equal(left === undefined, at === 'INHERITED', `${gone} before ${at}`);
      assert.ok(left === undefined || !left.counter.known);
      // It existed a moment ago. That it cannot be read now does not prove a removal.
      if (at !== 'SLOT' && at !== 'COUNTER')
        assert.match(problems[0]?.path ?? '', new RegExp(`^/${VDB}/${gone}`));
    }
  }
});

test('a category that disappears after it was listed', { skip }, () => {
  const root = unpackVdb('classic');
  let readings = 0;
  const opened = openRoot(root, () => {
    if (++readings === 3) rmSync(join(root, VDB, 'sys-kernel'), { recursive: true, force: true });
    return false;
  });
  const { facts } = readPortage(opened);
  assert.deepEqual(
    facts.packages.map(({ cpv }) => cpv),
    ALL.slice(0, 3),
  );
});

test('if the time is up, the packages read so far are kept, and the list is reported as incomplete', {
  skip,
}, () => {
  const root = unpackVdb('classic');
  let checks = 0;
  readPortage(openRoot(root, () => ++checks < 0));
  const half = checks / 2;
  checks = 0;
  const { facts, problems } = readPortage(openRoot(root, () => ++checks > half));
  const read = facts.packages.map(({ cpv }) => cpv);
  assert.ok(read.length > 0 && read.length < ALL.length);
  assert.deepEqual(read, ALL.slice(0, read.length));
  assert.deepEqual(problems.at(-1), { path: `/${VDB}`, detail: 'not read to its end: it took too long' });
});

test('20,000 packages are counted, and those that matter are among them', { timeout: 60_000 }, () => {
  const root = temporaryDirectory();
  for (let index = 0; index < 200; index++)
    layOut(root, { [`${VDB}/cat-0/name${index}-${index}.0-r1/INHERITED`]: 'toolchain-funcs\n' });
  layOut(root, { [`${VDB}/cat-0/name100-100.0-r1/INHERITED`]: 'linux-mod-r1\n' });
  // Each category is a link to one: creating and removing that many directories takes half a minute on a busy disk.
  for (let category = 1; category < 100; category++) symlinkSync('cat-0', join(root, VDB, `cat-${category}`));
  const { facts } = readPortage(openRoot(root));
  assert.equal(facts.installed, 20_000);
  assert.equal(facts.packages.length, 100);
  assert.ok(facts.packages.every(({ cpv }) => cpv.endsWith('/name100-100.0-r1')));
});

test('whatever is in the files of a package, it is read, and its facts have a reason or a value', () => {
  const root = temporaryDirectory();
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
    fc
      .constantFrom('', '0\n', '12\n', 'kernel-2 linux-mod\n', '#format=1\nSLOT=0\n#dir_mtime=1\n', 'a b\n')
      .map((text) => Buffer.from(text)),
  );
  const names = ['SLOT', 'USE', 'COUNTER', 'BUILD_TIME', 'repository', 'INHERITED', 'CONTENTS', 'metadata'];
  fc.assert(
    fc.property(fc.tuple(...names.map(() => fc.option(bytes))), (contents) => {
      rmSync(join(root, VDB), { recursive: true, force: true });
      mkdirSync(join(root, VDB, AUFS), { recursive: true });
      names.forEach((name, index) => {
        const content = contents[index];
        if (content) writeFileSync(join(root, VDB, AUFS, name), content);
      });
      const { packages } = readPortage(openRoot(root)).facts;
      const [aufs] = packages;
      assert.ok(aufs !== undefined && packages.length === 1);
      for (const fact of [aufs.slot, aufs.repository, aufs.use, aufs.buildTime, aufs.counter]) {
        assert.ok(fact.known || ['missing', 'malformed'].includes(fact.code));
      }
      assert.ok(!aufs.counter.known || Number.isSafeInteger(aufs.counter.value));
      JSON.stringify(aufs);
    }),
    { numRuns: 60 },
  );
});

/** A root in which a package disappears before one of its files is read. */
function vanishing(directory: string, cpv: string, before: string): Root {
  const root = openRoot(directory);
  const trap = (path: string): void => {
    if (path === `/${VDB}/${cpv}/${before}`)
      rmSync(join(directory, VDB, cpv), { recursive: true, force: true });
  };
  return {
    ...root,
    readText: (path, limit) => {
      trap(path);
      return root.readText(path, limit);
    },
    withFile: (path, use) => {
      trap(path);
      return root.withFile(path, use);
    },
  };
}

/** Runs a function as a user who may not read everything. */
function asOrdinary<T>(act: () => T): T {
  const { uid } = ORDINARY;
  if (uid === undefined) return act();
  const own = process.geteuid?.() ?? 0;
  process.seteuid?.(uid);
  try {
    return act();
  } finally {
    process.seteuid?.(own);
  }
}

test('an entry that is replaced while it is read is read again as a whole', () => {
  const directory = temporaryDirectory();
  const entry = (counter: number): Record<string, string> => ({
    INHERITED: 'linux-mod-r1\n',
    COUNTER: `${counter}\n`,
    BUILD_TIME: `${counter * 1000}\n`,
    SLOT: '0\n',
  });
  const files = (name: string, counter: number) =>
    Object.fromEntries(
      Object.entries(entry(counter)).map(([file, text]) => [`${VDB}/${name}/${file}`, text]),
    );
  layOut(directory, { ...files('app-misc/module-1', 1), ...files('app-misc/-MERGING-module-1', 2) });
  const root = openRoot(directory);
  const at = (name: string): string => join(directory, VDB, 'app-misc', name);
  let isReplaced = false;
  const replacing: Root = {
    ...root,
    readText: (path, limit) => {
      if (path.endsWith('/COUNTER') && !isReplaced) {
        isReplaced = true;
        const read = root.readText(path, limit);
        rmSync(at('module-1'), { recursive: true });
        renameSync(at('-MERGING-module-1'), at('module-1'));
        return read;
      }
      return root.readText(path, limit);
    },
  };
  const { packages } = readPortage(replacing).facts;
  assert.ok(isReplaced);
  assert.deepEqual(
    packages.map(({ counter, buildTime }) => [counter, buildTime]),
    [[known(2), known(2_000_000)]],
  );
});
