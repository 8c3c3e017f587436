import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { VERSION } from '../../src/version.ts';
import { cloneTo, PACKAGE } from '../support/clone.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

const OVERLAY = join(PACKAGE, 'packaging/gentoo');
const EBUILD = join(OVERLAY, `app-portage/aufswatch/aufswatch-${VERSION}.ebuild`);

/** What Portage and toolchain-funcs.eclass give to an ebuild, as far as ours asks for it. */
const PORTAGE = `
set -u
PN=aufswatch PV=${VERSION} P=aufswatch-${VERSION} PF=aufswatch-${VERSION} ESYSROOT=
die() { echo "die: $*" >&2; exit 1; }
inherit() { :; }
tc-export() { :; }
use() { [[ " $USE " == *" $1 "* ]]; }
docompress() { local path; for path in "\${@:2}"; do [[ -e $D$path ]] || die "$path is not there"; done; }
keepdir() { mkdir -p "$D$1"; }
fperms() { chmod "$1" "$D$2"; }
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

test('the ebuild of the release and the live one are the same text', () => {
  const live = join(OVERLAY, 'app-portage/aufswatch/aufswatch-9999.ebuild');
  assert.equal(readFileSync(EBUILD, 'utf8'), readFileSync(live, 'utf8'));
});

test('its licences are those of all that is vendored', () => {
  const [, named = ''] = /^LICENSE="(.*)"$/m.exec(readFileSync(EBUILD, 'utf8')) ?? [];
  const { packages } = JSON.parse(readFileSync(join(PACKAGE, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { license: string; dev?: boolean }>;
  };
  for (const [name, { license, dev }] of Object.entries(packages)) {
    if (name === '' || dev === true) continue;
    assert.ok(named.split(' ').includes(LICENSES[license] ?? ''), `${name}: ${license}`);
  }
});

test('where it lies can be named to Portage as a repository', () => {
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
    const compiled = phases('', ['src_compile']);
    assert.equal(compiled.status, 0, compiled.out);
  });

  /** As vendor leaves them: without what only developers need. */
  function copySources(): void {
    cloneTo(sources);
    mkdirSync(join(sources, 'node_modules'));
    const ofDevelopers = ['.bin', 'esbuild', '@esbuild', 'typescript', '@biomejs'];
    for (const name of readdirSync(join(PACKAGE, 'node_modules')).filter((n) => !ofDevelopers.includes(n)))
      symlinkSync(join(PACKAGE, 'node_modules', name), join(sources, 'node_modules', name));
  }

  /** esbuild under the names that Gentoo's has, and an npm that only notes that SQLite was to be compiled. */
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
    use: string,
    names: readonly string[],
    overrides: Record<string, string> = {},
  ): { status: number | null; out: string } {
    const path = (process.env.PATH ?? '').split(':').filter((entry) => !entry.includes('node_modules'));
    const env = { PATH: [tools, ...path].join(':'), HOME: work, T: work, S: sources, D: image, USE: use };
    const more = { ROOT: image, EROOT: image, REPLACED_BY_VERSION: '', REPLACING_VERSIONS: '', ...overrides };
    const words = ['-c', PORTAGE, 'bash', EBUILD, ...names];
    const { status, stdout, stderr } = spawnSync('bash', words, {
      env: { ...env, ...more },
      encoding: 'utf8',
    });
    return { status, out: stdout + stderr };
  }

  test('compile SQLite against the headers that are here, and bundle with the newest esbuild', () => {
    const explored = readFileSync(join(work, 'explored'), 'utf8');
    assert.match(explored, /^explore better-sqlite3 -- node-gyp rebuild .*--nodedir=\/usr$/m);
    assert.ok(existsSync(join(sources, 'dist/aufswatch.cjs')));
  });

  const PARTS: readonly [use: string, path: string][] = [
    ['systemd', 'usr/lib/systemd/system/aufswatch.service'],
    ['desktop', 'etc/xdg/autostart/aufswatch-agent.desktop'],
    ['desktop systemd', 'usr/lib/systemd/user/aufswatch-agent.service'],
    ['', 'etc/init.d/aufswatch'],
  ];

  for (const use of ['', 'desktop', 'systemd', 'desktop systemd']) {
    test(`install what USE="${use}" asks for`, () => {
      spawnSync('rm', ['-rf', image]);
      mkdirSync(image);
      const { status, out } = phases(use, ['src_install', 'pkg_postinst']);
      assert.equal(status, 0, out);
      for (const [wants, path] of PARTS) {
        const asked = wants.split(' ').every((flag) => flag === '' || use.split(' ').includes(flag));
        assert.equal(existsSync(join(image, path)), asked, path);
      }
      assert.match(out, /^ {2}aufswatch setup$/m);
      const start = use.includes('systemd')
        ? /^ {2}systemctl enable --now aufswatch$/m
        : /^ {2}rc-update add /m;
      assert.match(out, start);
    });
  }

  test('take the hooks out with the package', () => {
    mkdirSync(join(image, 'etc/portage'), { recursive: true });
    const program = join(image, 'usr/bin/aufswatch');
    assert.equal(spawnSync(program, ['setup', '--root', image]).status, 0);
    assert.ok(existsSync(join(image, 'etc/portage/bashrc')));
    const { status, out } = phases('', ['pkg_prerm']);
    assert.equal(status, 0, out);
    assert.deepEqual(readdirSync(join(image, 'etc/portage')), []);
  });

  test('stop the service when the package goes, and only then', () => {
    const called = join(work, 'called');
    const double = `#!/bin/sh\necho "$(basename "$0") $*" >>'${called}'\nexit 1\n`;
    const services = ['systemctl', 'rc-service', 'rc-update'];
    layOut(tools, Object.fromEntries(services.map((name) => [name, double])));
    for (const name of services) chmodSync(join(tools, name), 0o755);
    const upgrade = phases('', ['pkg_prerm'], { ROOT: '', REPLACED_BY_VERSION: '0.2.0' });
    assert.deepEqual(upgrade, { status: 0, out: '' });
    assert.equal(phases('', ['pkg_prerm']).status, 0);
    assert.ok(!existsSync(called), 'neither at an upgrade, nor for another root');
    assert.equal(phases('', ['pkg_prerm'], { ROOT: '' }).status, 0);
    assert.equal(
      readFileSync(called, 'utf8'),
      'systemctl disable --now aufswatch.service\nrc-service --ifstarted aufswatch stop\nrc-update --all del aufswatch\n',
    );
  });
});
