import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { layOutDemo } from '../../src/demo/lay-out-demo.ts';
import { PROGRAM } from '../support/program.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const SOURCE = join(import.meta.dirname, '../../..');
const INIT = readFileSync(join(SOURCE, 'openrc/aufswatch.initd'), 'utf8');
const CONF = readFileSync(join(SOURCE, 'openrc/aufswatch.confd'), 'utf8');

test('shellcheck finds nothing in the init script', { skip: needs('shellcheck') }, () => {
  // Its variables are read by OpenRC.
  const args = ['--shell=sh', '--exclude=SC2034', join(SOURCE, 'openrc/aufswatch.initd')];
  assert.equal(spawnSync('shellcheck', args, { encoding: 'utf8' }).stdout, '');
});

test('every variable of the init script is explained in conf.d', () => {
  const used = [...new Set(INIT.match(/AUFSWATCH_\w+/g))];
  assert.ok(used.length > 3);
  for (const name of used) assert.match(CONF, new RegExp(`^#?${name}=`, 'm'));
});

test('OpenRC starts the daemon, lets it scan, reloads it, finds it healthy, and stops it', {
  skip: skip(),
  timeout: 120_000,
}, () => {
  const work = temporaryDirectory();
  const demo = join(work, 'demo');
  assert.ok(layOutDemo(demo, Date.now()).ok);
  layOut(work, {
    'etc/init.d/aufswatch': INIT,
    'etc/conf.d/aufswatch': `${CONF}\nAUFSWATCH_ARGS="--root ${demo}"\n`,
    'etc/logrotate.d/aufswatch': readFileSync(join(SOURCE, 'openrc/aufswatch.logrotate')),
    'bin/aufswatch': `#!/bin/sh
export STATE_DIRECTORY=/var/lib/aufswatch RUNTIME_DIRECTORY=/run/aufswatch
exec ${process.execPath} ${PROGRAM} "$@"
`,
    'story.sh': STORY,
  });
  for (const name of ['etc/init.d/aufswatch', 'bin/aufswatch']) chmodSync(join(work, name), 0o755);
  const namespace = ['-m', '-p', '-f', '--mount-proc', '--kill-child'];
  const script = join(SOURCE, 'test/openrc/in-namespace.sh');
  const out = spawnSync('unshare', [...namespace, 'sh', script, work, 'sh', join(work, 'story.sh'), demo], {
    encoding: 'utf8',
    timeout: 110_000,
  });
  const resultOf = (name: string): string | undefined =>
    new RegExp(`^${name}: (.*)$`, 'm').exec(out.stdout)?.[1];
  const all = `${out.stdout}${out.stderr}`;
  assert.equal(resultOf('start'), '0', all);
  assert.equal(resultOf('published'), 'yes', all);
  assert.equal(resultOf('modes'), '750 755 644 600 640', all);
  assert.equal(resultOf('status'), 'started', all);
  assert.equal(resultOf('healthcheck'), '0', all);
  assert.equal(resultOf('scan'), '0', all);
  assert.equal(resultOf('scanned'), 'yes', all);
  assert.equal(resultOf('reload'), '0', all);
  assert.equal(resultOf('read again'), 'yes', all);
  assert.equal(resultOf('reload of a bad file'), '1', all);
  assert.equal(resultOf('the same process'), 'yes', all);
  assert.equal(resultOf('respawned'), 'yes', all);
  assert.equal(resultOf('healthy after a suspend'), '0', all);
  assert.equal(resultOf('unhealthy'), '1', all);
  assert.equal(resultOf('rotated'), '0', all);
  assert.equal(resultOf('the new log begins at offset 0'), '20', all);
  assert.equal(resultOf('the old log is complete'), 'yes', all);
  assert.equal(resultOf('mode of the log'), '640', all);
  assert.equal(resultOf('restart with a bad file'), '1', all);
  assert.equal(resultOf('it still runs'), 'yes', all);
  assert.equal(resultOf('stop'), '0', all);
  assert.equal(resultOf('left'), 'none', all);
  assert.equal(resultOf('start with a bad file'), '1', all);
});

/** The actions of an administrator. It prints the result of each on one line. */
const STORY = `
demo=$1
rc() { rc-service aufswatch "$@" >>/run/output 2>&1; }
wait_for() { n=0; until "$@" >/dev/null 2>&1; do n=$((n + 1)); [ $n -lt 150 ] || return 1; sleep 0.1; done; }
pid() { sed -n 's/.*"pid":\\([0-9]*\\).*/\\1/p' /run/aufswatch/status.json; }
answer() { if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi; }
rc start; echo "start: $?"
echo "published: $(answer wait_for test -s /run/aufswatch/status.json)"
echo "modes: $(stat -c %a /var/lib/aufswatch /run/aufswatch /run/aufswatch/status.json \\
  /var/lib/aufswatch/ledger.sqlite3 /var/log/aufswatch.log | tr '\\n' ' ' | sed 's/ $//')"
echo "status: $(rc-service aufswatch status 2>&1 | sed -n 's/.*status: //p')"
rc healthcheck; echo "healthcheck: $?"
first=$(pid)
taken() { sed -n 's/.*"takenAtMs":\\([0-9]*\\).*/\\1/p' /run/aufswatch/status.json; }
earlier=$(taken)
rc scan; echo "scan: $?"
newer() { [ -n "$(taken)" ] && [ "$(taken)" != "$earlier" ]; }
echo "scanned: $(answer wait_for newer)"
rc reload; echo "reload: $?"
echo "read again: $(answer wait_for grep -q 'configuration read again' /var/log/aufswatch.log)"
mkdir -p "$demo/etc"; echo 'wnated = "yes"' >"$demo/etc/aufswatch.toml"
rc reload; echo "reload of a bad file: $?"
rm "$demo/etc/aufswatch.toml"
echo "the same process: $(answer test "$first" = "$(pid)")"
kill -9 "$first"
changed() { [ -n "$(pid)" ] && [ "$(pid)" != "$first" ]; }
echo "respawned: $(answer wait_for changed)"
touch -d '10 minutes ago' /run/aufswatch/status.json
rc healthcheck; echo "healthy after a suspend: $?"
last=$(pid)
kill -STOP "$last"; touch -d '10 minutes ago' /run/aufswatch/status.json
rc healthcheck; echo "unhealthy: $?"
kill -CONT "$last"
lines() { wc -l <"$1" 2>/dev/null || echo 0; }
before=$(lines /var/log/aufswatch.log)
logrotate --force --state /run/logrotate.state /etc/logrotate.d/aufswatch; echo "rotated: $?"
rc reload
more() { [ "$(lines /var/log/aufswatch.log)" -gt 0 ]; }
wait_for more
# If the file is not opened for appending, the next line is written after a hole.
echo "the new log begins at offset 0: $(head -c 2 /var/log/aufswatch.log)"
echo "the old log is complete: $(answer test "$(lines /var/log/aufswatch.log.1)" -ge "$before")"
echo "mode of the log: $(stat -c %a /var/log/aufswatch.log)"
echo 'wnated = "yes"' >"$demo/etc/aufswatch.toml"
rc restart; echo "restart with a bad file: $?"
echo "it still runs: $(answer kill -0 "$last")"
rm "$demo/etc/aufswatch.toml"
rc stop; echo "stop: $?"
gone() { ! kill -0 "$last"; }
wait_for gone
left=$(ls /run/aufswatch); echo "left: $(echo $left none | cut -d" " -f1)"
echo 'wnated = "yes"' >"$demo/etc/aufswatch.toml"
rc start; echo "start with a bad file: $?"
echo "--- what rc-service said:"; cat /run/output
echo "--- log:"; cat /var/log/aufswatch.log
`;

function skip(): string | false {
  const missing = needs('rc-service', 'supervise-daemon', 'unshare', 'logrotate');
  if (missing !== false) return missing;
  try {
    execFileSync('unshare', ['-m', '-p', '-f', '--mount-proc', 'mount', '-t', 'tmpfs', 'none', '/mnt'], {
      stdio: 'ignore',
    });
    return false;
  } catch {
    return 'needs the right to make namespaces and to mount';
  }
}
