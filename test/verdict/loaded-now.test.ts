import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known, unknown } from '../../src/model/fact.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { loadAnswer } from '../../src/verdict/load-answer.ts';
import { assess } from '../../src/verdict/situation.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { judged, NOW } from '../support/machines.ts';
import { IN_SYNC } from './catalogue/changes.ts';

/**
 * The running kernel is evidence: if it has loaded a module, that module loads, unless something else says otherwise.
 */

/** The kernel's build directory is empty: its CRCs are unknown. aufs, spl and zfs are loaded. */
const { snapshot: OPEN } = await judged({ machine: SCENARIOS['never-built'](NOW) });

function answers(snapshot: Snapshot, name: string): string[] {
  const { running, next } = assess(snapshot, NO_MEMORY);
  assert.ok(next !== null);
  return [running, next].map((kernel) => loadAnswer(kernel, name).is);
}

function withLoaded(name: string, buildId: string | null): Snapshot {
  const { running } = OPEN;
  const modules = running.modules.map((module) =>
    module.name === name
      ? { ...module, buildId: buildId === null ? unknown('missing', 'no note') : known(buildId) }
      : module,
  );
  return { ...OPEN, running: { ...running, modules } };
}

function withCommandLines(last: string, next: string, of: Snapshot): Snapshot {
  const { boot } = of;
  // This word shows which loader booted it.
  const lastBoot = { ...boot.lastBoot, commandLine: known(`BOOT_IMAGE=/vmlinuz-6.1.192-gentoo ${last}`) };
  const loaders = boot.loaders.map((loader) => ({
    ...loader,
    entries: loader.entries.map((entry) => ({
      ...entry,
      starts: entry.starts.what === 'kernel' ? { ...entry.starts, commandLine: known(next) } : entry.starts,
    })),
  }));
  return { ...of, boot: { ...boot, loaders, lastBoot } };
}

test('the file that is loaded loads, now and after the next boot of the same kernel', () => {
  for (const name of ['aufs', 'spl', 'zfs']) assert.deepEqual(answers(OPEN, name), ['yes', 'yes'], name);
});

test('another build of it, or one without information, proves nothing', () => {
  assert.deepEqual(answers(withLoaded('aufs', '00'), 'aufs'), ['unknown', 'unknown']);
  assert.deepEqual(answers(withLoaded('aufs', null), 'aufs'), ['unknown', 'unknown']);
});

test('it proves nothing either if a dependency was built again since', () => {
  assert.deepEqual(answers(withLoaded('spl', '00'), 'zfs'), ['unknown', 'unknown']);
});

test('another command line that affects modules makes it another boot', () => {
  const enforced = withCommandLines('root=/dev/sda3', 'root=/dev/sda3 module.sig_enforce', OPEN);
  assert.deepEqual(answers(enforced, 'aufs')[0], 'yes');
  assert.notEqual(answers(enforced, 'aufs')[1], 'yes');
});

test('it does not override a refusal: a module can be forced', async () => {
  const { snapshot } = await judged({ machine: SCENARIOS['module-will-not-load'](NOW) });
  const [file] = snapshot.modules.flatMap(({ modules }) =>
    modules.filter(({ name, path }) => name === 'aufs' && path.includes('6.1.192')),
  );
  assert.ok(file?.info.known && file.info.value.buildId !== null);
  const buildId = known(file.info.value.buildId);
  const modules = snapshot.running.modules.map((module) =>
    module.name === 'aufs' ? { ...module, buildId } : module,
  );
  const forced = { ...snapshot, running: { ...snapshot.running, modules } };
  assert.equal(answers(forced, 'aufs')[1], 'no');
});

test('signatures that only the last command line enforced are not enforced without it', async () => {
  const { snapshot } = await judged({ machine: IN_SYNC });
  const { running } = snapshot;
  const abi = { ...running.abi, signatureEnforced: known(true), enforcedBy: 'signature' } as const;
  const enforcing = { ...snapshot, running: { ...running, abi } };
  const enforced = (last: string, next: string): unknown => {
    const kernel = assess(withCommandLines(last, next, enforcing), NO_MEMORY).next;
    return kernel?.abi.signatureEnforced;
  };
  assert.deepEqual(enforced('root=/dev/sda3 module.sig_enforce=1', 'root=/dev/sda3'), known(false));
  assert.deepEqual(enforced('lockdown=integrity', 'root=/dev/sda3'), known(false));
  assert.deepEqual(enforced('lockdown=integrity', 'lockdown=confidentiality'), known(true));
  // Something else enforced it (Secure Boot, a switch): nothing shows that this is over.
  assert.deepEqual(enforced('root=/dev/sda3', 'root=/dev/sda3'), known(true));
});
