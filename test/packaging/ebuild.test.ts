import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { VERSION } from '../../src/version.ts';
import { cloneTo, PACKAGE } from '../support/clone.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

const OVERLAY = join(PACKAGE, 'packaging/gentoo');
const EBUILD = join(OVERLAY, `app-portage/aufswatch/aufswatch-${VERSION}.ebuild`);

/** Stand-ins for the functions of Portage and the eclasses that our ebuild uses. */
const PORTAGE = `
set -u
PN=aufswatch PV=${VERSION} P=aufswatch-${VERSION} PF=aufswatch-${VERSION} ESYSROOT= PYTHON_DEPS=
die() { echo "die: $*" >&2; exit 1; }
inherit() { :; }
tc-export() { :; }
docompress() { local path; for path in "\${@:2}"; do [[ -e $ED$path ]] || die "$path is not there"; done; }
keepdir() { mkdir -p "$ED$1"; }
dodir() { mkdir -p "$ED$1"; }
dosym() { ln -s "$(realpath -m --relative-to="$(dirname "$ED$3")" "$ED$2")" "$ED$3"; }
get_libdir() { echo "$LIBDIR"; }
fperms() { chmod "$1" "$ED$2"; }
systemd_dounit() { install -Dm644 -t "$ED/usr/lib/systemd/system" "$@"; }
systemd_douserunit() { install -Dm644 "$1" "$ED/usr/lib/systemd/user/$(basename "$1")"; }
optfeature() { echo "$*"; }
elog() { echo "$*"; }
ewarn() { echo "$*"; }
source "$1"
shift
cd "$S"
for phase; do "$phase"; done
`;

/** SPDX, as package.json has it, and Gentoo's name. */
const LICENSES: Readonly<Record<string, string>> = {
  MIT: 'MIT',
  ISC: 'ISC',
  'Apache-2.0': 'Apache-2.0',
  'BSD-3-Clause': 'BSD',
  '(MIT OR WTFPL)': 'MIT',
  '(BSD-2-Clause OR MIT OR Apache-2.0)': 'MIT',
};

test('the ebuild of the release and the live ebuild have the same text', () => {
  const live = join(OVERLAY, 'app-portage/aufswatch/aufswatch-9999.ebuild');
  assert.equal(readFileSync(EBUILD, 'utf8'), readFileSync(live, 'utf8'));
});

test('its licences are those of all vendored packages', () => {
  const [, named = ''] = /^LICENSE="(.*)"$/m.exec(readFileSync(EBUILD, 'utf8')) ?? [];
  const { packages } = JSON.parse(readFileSync(join(PACKAGE, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { license: string; dev?: boolean }>;
  };
  for (const [name, { license, dev }] of Object.entries(packages)) {
    if (name === '' || dev === true) continue;
    assert.ok(named.split(' ').includes(LICENSES[license] ?? ''), `${name}: ${license}`);
  }
});

test('its directory can be added to Portage as a repository', () => {
  assert.equal(readFileSync(join(OVERLAY, 'profiles/repo_name'), 'utf8'), 'aufswatch\n');
  assert.match(readFileSync(join(OVERLAY, 'metadata/layout.conf'), 'utf8'), /^masters = gentoo$/m);
});

suite('the phases of the ebuild', () => {
  const work = temporaryDirectory();
  const sources = join(work, 'sources');
  const image = join(work, 'image');
  const tools = join(work, 'tools');

  before(() => {
    copySources();
    putTools();
    const compiled = phases(['src_compile']);
    assert.equal(compiled.status, 0, compiled.out);
  });

  /** The modules as vendor.ts leaves them: without those that only developers need. */
  function copySources(): void {
    cloneTo(sources);
    mkdirSync(join(sources, 'node_modules'));
    const ofDevelopers = ['.bin', 'esbuild', '@esbuild', 'typescript', '@biomejs'];
    for (const name of readdirSync(join(PACKAGE, 'node_modules')).filter((n) => !ofDevelopers.includes(n)))
      symlinkSync(join(PACKAGE, 'node_modules', name), join(sources, 'node_modules', name));
  }

  /** esbuild under the names that Gentoo's has, and an npm that only records that it was to compile SQLite. */
  function putTools(): void {
    const esbuild = `node_modules/@esbuild/${process.platform}-${process.arch}/bin/esbuild`;
    const npm = spawnSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).stdout.trim();
    layOut(tools, {
      'esbuild-0.9.0': '#!/bin/sh\nexit 1\n',
      npm: `#!/bin/sh\n[ "$1" = explore ] && { echo "$*" >>'${work}/explored'; exit; }\nexec '${npm}' "$@"\n`,
    });
    for (const name of ['esbuild-0.9.0', 'npm']) chmodSync(join(tools, name), 0o755);
    symlinkSync(join(PACKAGE, esbuild), join(tools, 'esbuild-0.25.10'));
  }

  function phases(
    names: readonly string[],
    overrides: Record<string, string> = {},
  ): { status: number | null; out: string } {
    const path = (process.env.PATH ?? '').split(':').filter((entry) => !entry.includes('node_modules'));
    const env = {
      PATH: [tools, ...path].join(':'),
      HOME: work,
      T: work,
      S: sources,
      ED: image,
      LIBDIR: 'lib64',
    };
    const more = { ROOT: image, EROOT: image, REPLACED_BY_VERSION: '', REPLACING_VERSIONS: '', ...overrides };
    const words = ['-c', PORTAGE, 'bash', EBUILD, ...names];
    const { status, stdout, stderr } = spawnSync('bash', words, {
      env: { ...env, ...more },
      encoding: 'utf8',
    });
    return { status, out: stdout + stderr };
  }

  test('compile SQLite with the installed headers, and bundle with the newest esbuild', () => {
    const explored = readFileSync(join(work, 'explored'), 'utf8');
    assert.match(explored, /^explore better-sqlite3 -- node-gyp rebuild .*--nodedir=\/usr$/m);
    assert.ok(existsSync(join(sources, 'dist/aufswatch.cjs')));
  });

  test('install all files, and name further useful packages', () => {
    mkdirSync(image);
    const { status, out } = phases(['src_install', 'pkg_postinst']);
    assert.equal(status, 0, out);
    for (const path of [
      'usr/lib/systemd/system/aufswatch.service',
      'usr/lib/systemd/system/aufswatch-guard.service',
      'usr/lib/systemd/user/aufswatch-agent.service',
      'etc/xdg/autostart/aufswatch-agent.desktop',
      'etc/init.d/aufswatch',
    ])
      assert.ok(existsSync(join(image, path)), path);
    assert.match(out, /^ {2}aufswatch setup$/m);
    assert.match(out, /^notices on the desktop x11-libs\/libnotify /m);
    assert.match(out, /^ {2}rc-update add .*\n {2}or, with systemd: systemctl enable --now aufswatch$/m);
  });

  test('install the compiled files where such files belong, and the program finds them', () => {
    const addon = 'usr/lib/aufswatch/node_modules/better-sqlite3/build/Release/better_sqlite3.node';
    assert.ok(lstatSync(join(image, addon)).isSymbolicLink());
    assert.ok(lstatSync(join(image, 'usr/lib64/aufswatch/better_sqlite3.node')).isFile());
    const { status, stderr } = spawnSync(
      join(image, 'usr/bin/aufswatch'),
      ['daemon', '--once', '--root', image],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(status, 0, stderr);
    assert.ok(existsSync(join(image, 'var/lib/aufswatch/ledger.sqlite3')));
  });

  test('remove only the marked block from files of others', () => {
    const bashrc = join(image, 'etc/portage/bashrc');
    layOut(image, { 'etc/portage/bashrc': 'own=1\n' });
    assert.equal(spawnSync(join(image, 'usr/bin/aufswatch'), ['setup', '--root', image]).status, 0);
    const before = readFileSync(bashrc, 'utf8');
    assert.match(before, /aufswatch/);
    assert.deepEqual(phases(['pkg_prerm', 'pkg_postrm'], { REPLACED_BY_VERSION: '0.2.0' }), {
      status: 0,
      out: '',
    });
    assert.equal(readFileSync(bashrc, 'utf8'), before, 'at an upgrade');
    renameSync(bashrc, `${bashrc}.real`);
    symlinkSync('bashrc.real', bashrc);
    const { status, out } = phases(['pkg_prerm', 'pkg_postrm']);
    assert.equal(status, 0, out);
    assert.equal(readFileSync(bashrc, 'utf8'), 'own=1\n');
    assert.ok(lstatSync(bashrc).isSymbolicLink(), 'a link stays one');
    assert.match(out, /are left and have no effect any more: \S+aufswatch\.bash \S+post_emerge$/m);
  });
});
