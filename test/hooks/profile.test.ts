import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inNamespace, NAMESPACE } from '../support/namespace.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const SNIPPET = join(import.meta.dirname, '../../../hooks/profile.d/aufswatch.sh');
const MOTD = 'aufswatch: critical: The next boot will be without AUFS\n  What to do: aufswatch plan\n';

/** The output of a shell that reads the snippet at login; `prepare` runs before, as root. */
function login(shell: string, prepare: string): { out: string; error: string; status: number | null } {
  const work = temporaryDirectory();
  const words = `. ${SNIPPET}; printf 'status %s' $?`;
  return inNamespace(
    work,
    `mkdir -p /run/aufswatch\n${prepare}\nexec ${shell} -c '${words.replaceAll("'", "'\\''")}'`,
  );
}

for (const shell of ['dash', 'bash', 'zsh']) {
  describe(`at login, in ${shell}`, { skip: NAMESPACE || needs(shell) }, () => {
    const motd = `printf '${MOTD.replaceAll('\n', '\\n')}' >/run/aufswatch/motd`;

    test('a problem is printed', () => {
      assert.equal(login(`${shell} -i`, motd).out, `${MOTD}status 0`);
    });

    test('nothing is printed if all is well, without a daemon, or in a script', () => {
      assert.equal(login(`${shell} -i`, ': >/run/aufswatch/motd').out, 'status 0');
      assert.equal(login(`${shell} -i`, 'rmdir /run/aufswatch').out, 'status 0');
      assert.equal(login(`${shell} -i`, 'mkfifo /run/aufswatch/motd').out, 'status 0', 'a FIFO');
      assert.equal(login(shell, motd).out, 'status 0', 'not interactive');
    });

    test('it does not end a shell with strict options', () => {
      assert.equal(login(`${shell} -eu`, motd).out, 'status 0');
      assert.equal(login(`${shell} -eu -i`, motd).out, `${MOTD}status 0`);
      assert.equal(login(`${shell} -eu -i`, ':').out, 'status 0');
    });
  });
}

test('the motd is read without Node', { skip: needs('sh') }, () => {
  assert.doesNotMatch(spawnSync('cat', [SNIPPET], { encoding: 'utf8' }).stdout, /node|aufswatch status/);
});
