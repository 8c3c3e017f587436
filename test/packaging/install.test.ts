import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { cloneTo, npmWithoutNetwork } from '../support/clone.ts';
import { inNamespace, NAMESPACE } from '../support/namespace.ts';
import { ORDINARY } from '../support/ordinary-user.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

/** `packaging/install` itself, from a clone. Only `npm ci` is replaced, by a link to the modules of this checkout. */
suite('packaging/install', () => {
  const work = temporaryDirectory();
  const clone = join(work, 'clone');
  const tools = join(work, 'tools');
  const path = `${tools}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
  const env = { PATH: path, HOME: work, WORK: work, LC_ALL: 'C.UTF-8' };

  before(() => {
    chmodSync(work, 0o755);
    cloneTo(clone);
    npmWithoutNetwork(tools);
  });

  function install(
    words: readonly string[],
    more = {},
  ): { status: number | null; out: string; error: string } {
    const script = join(clone, 'packaging/install');
    const options = { cwd: work, env: { ...env, ...more }, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync(script, words, options);
    return { status, out: stdout, error: stderr };
  }

  test('installs into /, twice, with a restrictive umask: everyone can use it, and uninstall leaves no trace', {
    skip: NAMESPACE,
  }, () => {
    layOut(work, { 'etc/portage/make.conf': '', 'etc/portage/bashrc': 'A=1\n' });
    const script = `
mount -t tmpfs none /var/lib
mkdir -p /run/systemd/system
# Of /usr, which has 100,000 files here, its directories, and what the namespace's own layer holds: new files, and marks of those that are gone.
seen() {
  {
    find /etc /var/lib /run -xdev -printf '%p %m %u:%g %l\\n'
    find /usr -xdev -type d -printf '%p %m %u:%g \\n'
    find "$WORK"/upper-usr/files ! -type d -printf '/usr/%P %m %u:%g %l\\n'
  } | sort >"$WORK/$1"
}
seen before
umask 077
cd "$WORK"/clone
./packaging/install
./packaging/install
seen installed
aufswatch setup
# Debian's calls update-rc.d where there is an init script of that name.
SYSTEMD_OFFLINE=1 systemctl enable aufswatch && SYSTEMD_OFFLINE=1 systemctl disable aufswatch && echo "enabled and disabled"
setpriv --reuid=65534 --regid=65534 --clear-groups aufswatch --version
/usr/lib/aufswatch/uninstall --purge >"$WORK"/uninstalled
seen after
diff "$WORK"/before "$WORK"/after`;
    const { status, out, error } = inNamespace(work, script, env);
    assert.equal(status, 0, out + error);
    assert.match(out, /^Next: aufswatch setup$/m);
    assert.match(out, /^aufswatch \d+\.\d+\.\d+$/m);
    assert.match(out, /^enabled and disabled$/m, error);
    const installed = readFileSync(join(work, 'installed'), 'utf8').split('\n');
    const made = installed.filter((line) => line.includes('aufswatch'));
    assert.ok(made.length > 100);
    for (const line of made) assert.match(line, / (644|755|777) root:root /);
  });

  test('installs into a relative directory', () => {
    mkdirSync(join(work, 'images'));
    const { status, out, error } = install(['images/one']);
    assert.equal(status, 0, out + error);
    const image = join(work, 'images/one');
    assert.ok(existsSync(join(image, 'usr/bin/aufswatch')));
    assert.ok(out.endsWith(`Next: ${image}/usr/bin/aufswatch setup --root ${image}\n`), out);
    const setup = spawnSync(join(image, 'usr/bin/aufswatch'), ['setup', '--root', image]);
    assert.equal(setup.status, 0);
  });

  test('reports an obstacle in two lines, and installs nothing', () => {
    const fresh = join(work, 'fresh');
    const failing = join(work, 'failing');
    layOut(failing, { npm: '#!/bin/sh\nexit 1\n', node: '#!/bin/sh\nexit 1\n' });
    for (const name of ['npm', 'node']) chmodSync(join(failing, name), 0o755);
    const noNpm = join(work, 'no-npm');
    mkdirSync(noNpm);
    symlinkSync(join(failing, 'npm'), join(noNpm, 'npm'));
    const cases: readonly [words: readonly string[], more: object, named: RegExp][] = [
      [['--help'], {}, /^install: there is no option --help\nusage: .*install \[DESTDIR\]\n$/],
      [[fresh], { PATH: `${failing}:${path}` }, /^install: aufswatch needs Node 20\.19 or newer\n.+\n$/],
      [[fresh], { PATH: `${noNpm}:${path}` }, /^install: npm could not .+\nIt needs the network.+\n$/],
      [
        [join(clone, 'README.md')],
        {},
        /^install: .*README\.md is not a directory that you can write to\n.+\n$/,
      ],
    ];
    for (const [words, more, named] of cases) {
      const { status, out, error } = install(words, more);
      assert.deepEqual({ status, out: out.replace(/^Step 1 of 2: .*\n$/, '') }, { status: 1, out: '' });
      assert.match(error, named);
    }
    assert.ok(!existsSync(fresh));
  });

  test('tells an ordinary user that only root can install into /', {
    skip: ORDINARY.uid === undefined,
  }, () => {
    const options = { ...ORDINARY, env, encoding: 'utf8' } as const;
    const { status, stderr } = spawnSync(join(clone, 'packaging/install'), [], options);
    assert.equal(status, 1);
    assert.match(stderr, /^install: \/ is not a directory that you can write to\nRun this as root, .+\n$/);
  });
});
