import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { known } from '../../../src/model/fact.ts';
import { openRoot } from '../../../src/system/root.ts';
import { readRunning, readRunningIdentity } from '../../../src/system/running/read-running.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const PARAMETER = 'sys/module/module/parameters/sig_enforce';
const FORCED = gzipSync('CONFIG_MODULES=y\nCONFIG_MODULE_SIG=y\nCONFIG_MODULE_SIG_FORCE=y\n');

test('a parameter shows whether the running kernel refuses unsigned modules; not every kernel has it', () => {
  assert.deepEqual(enforced('6.1.192', { [PARAMETER]: 'Y\n' }), known(true));
  assert.deepEqual(enforced('6.1.192', { [PARAMETER]: 'N\n' }), known(false));
  assert.deepEqual(enforced('6.1.192', {}), known(false));
  assert.deepEqual(enforced('3.18.140', { 'proc/config.gz': FORCED }), known(true));
  assert.equal(enforced('3.18.140', {}).known, false);
});

function enforced(release: string, files: Readonly<Record<string, string | Buffer>>) {
  const directory = temporaryDirectory();
  layOut(directory, {
    'proc/sys/kernel/osrelease': `${release}\n`,
    'proc/version': 'Linux\n',
    'sys/module/kernel/uevent': '',
    ...files,
  });
  const root = openRoot(directory);
  const identity = readRunningIdentity(root);
  const nothing = new Set<string>();
  const { abi } = readRunning(root, {
    identity,
    mounts: known([]),
    modules: nothing,
    wanted: nothing,
    needsSymbols: () => false,
  });
  return abi.signatureEnforced;
}
