import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KernelAbi } from '../../../src/model/abi.ts';
import { known, unknown } from '../../../src/model/fact.ts';
import { NO_MEMORY } from '../../../src/model/memory.ts';
import { UNKNOWN_KERNEL, unknownKernel } from '../../../src/model/unknown-kernel.ts';
import { abiOf } from '../../../src/verdict/kernel/evidence.ts';
import { commandLineEvidence } from '../../../src/verdict/kernel/find-evidence.ts';
import { assess } from '../../../src/verdict/situation.ts';
import { judged } from '../../support/machines.ts';
import { IN_SYNC } from '../catalogue/changes.ts';

const OF_RELEASE: KernelAbi = {
  source: 'the configuration in /boot',
  vermagic: known('6.1.192 SMP mod_unload '),
  modversions: known(true),
  signatures: known(true),
  signatureEnforced: known(true),
  enforcedBy: 'signature',
  trustedKeys: known({ signers: [], open: false }),
  modules: known(true),
  switchedOff: false,
  modular: known(true),
  trims: known(false),
  namespacesOptional: known(false),
  versionGaps: known(true),
  blacklist: [],
  forceLoad: known(false),
  livepatch: known(false),
  structSize: known(1344),
  btfSince: known(null),
  elf: known('64 little 62'),
  unpacks: known(null),
  exports: known({ kind: 'system-map', symbols: {} }),
};

test('a single source keeps all of its fields', () => {
  assert.deepEqual(abiOf({ release: OF_RELEASE }), OF_RELEASE);
  assert.deepEqual(abiOf({ build: OF_RELEASE }), OF_RELEASE);
  assert.deepEqual(abiOf({}), UNKNOWN_KERNEL.abi);
});

test('facts that the running kernel does not show come from the files of its release', () => {
  const running = unknownKernel(unknown('missing', 'no /proc/config.gz')).abi;
  assert.deepEqual(abiOf({ running, release: OF_RELEASE, state: {} }), OF_RELEASE);
  // The reason is that of the better source.
  assert.deepEqual(abiOf({ running, release: UNKNOWN_KERNEL.abi }).vermagic, running.vermagic);
});

test('the running kernel comes first, except for the exports of an unpacked image', () => {
  const shown = { ...OF_RELEASE, source: 'kallsyms', modversions: known(false) };
  assert.equal(abiOf({ running: shown, release: OF_RELEASE }).source, 'kallsyms');
  const both = abiOf({ running: shown, release: OF_RELEASE, image: OF_RELEASE });
  assert.equal(both.source, OF_RELEASE.source);
  assert.deepEqual(both.modversions, known(false));
});

test('if the configuration in /boot enforces signatures, the running kernel is assumed to enforce them', async () => {
  const { snapshot } = await judged({ machine: IN_SYNC });
  const { running, modules, sources } = snapshot;
  const release = running.identity.release.known ? running.identity.release.value : '';
  const enforcedBy = (signatureEnforced: KernelAbi['signatureEnforced']) => {
    const silent = { ...running.abi, signatureEnforced, enforcedBy: null };
    const insisting = { signatureEnforced: known(true), enforcedBy: 'lockdown' } as const;
    const kernel = assess(
      {
        ...snapshot,
        sources: { ...sources, trees: [] },
        running: { ...running, abi: silent },
        modules: modules.map((each) =>
          each.release === release ? { ...each, abi: { ...each.abi, ...insisting } } : each,
        ),
      },
      NO_MEMORY,
    ).running;
    return kernel.abi.signatureEnforced.known && kernel.abi.signatureEnforced.value
      ? kernel.abi.enforcedBy
      : null;
  };
  assert.equal(enforcedBy(unknown('missing', 'no parameter')), 'lockdown');
  assert.equal(enforcedBy(known(false)), null);
});

test('with lockdown on the command line, a kernel built to enforce signatures still refuses with its own message', () => {
  const line = known('root=/dev/sda1 lockdown=integrity');
  assert.equal(commandLineEvidence(line, OF_RELEASE).enforcedBy, 'signature');
  assert.equal(commandLineEvidence(line, UNKNOWN_KERNEL.abi).enforcedBy, 'lockdown');
  const both = known('lockdown=integrity module.sig_enforce module_blacklist=a module_blacklist=b,c');
  const { enforcedBy, blacklist } = commandLineEvidence(both, UNKNOWN_KERNEL.abi);
  assert.deepEqual([enforcedBy, blacklist], ['signature', ['b', 'c']]);
  assert.deepEqual(commandLineEvidence(known('quiet'), OF_RELEASE), { blacklist: [] });
});
