import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandText } from '../../src/model/command-text.ts';
import { type Fact, known } from '../../src/model/fact.ts';
import type { FindingCode } from '../../src/model/finding.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import type { InstalledPackage } from '../../src/model/portage.ts';
import type { LoadedModule } from '../../src/model/running.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { Goal } from '../../src/verdict/goal.ts';
import type { RefusalReason } from '../../src/verdict/loadable/answer.ts';
import { makerOf } from '../../src/verdict/maker.ts';
import { moduleGoals } from '../../src/verdict/module-goals.ts';
import { planOf } from '../../src/verdict/plan.ts';
import { assess, type Situation } from '../../src/verdict/situation.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { judged, NOW } from '../support/machines.ts';
import { IN_SYNC, TREE } from './catalogue/changes.ts';

/** The goals for a module follow from the reason of its refusal. The only disk is that of the machine in sync. */

const { snapshot: IN_SYNC_SEEN } = await judged({ machine: IN_SYNC });
const CODE: FindingCode = 'module-will-not-load';
const MERGE = 'emerge --oneshot sys-fs/zfs-kmod';

/** The commands for zfs if the next kernel refuses it for that reason. */
function stepsFor(reason: RefusalReason, snapshot: Snapshot = IN_SYNC_SEEN): string[] {
  const situation = assess(snapshot, NO_MEMORY);
  const kernel = situation.next;
  assert.ok(kernel !== null);
  const owner = snapshot.portage.packages.find(({ name }) => name === 'zfs-kmod') ?? null;
  const answer = { is: 'no', why: '', missing: false, follows: false, refusal: reason } as const;
  return stepsOf(
    situation,
    moduleGoals({ situation, maker: makerOf(owner), kernel, failed: [{ name: 'zfs', answer }] }),
  );
}

function stepsOf(situation: Situation, goals: readonly Goal[]): string[] {
  const plan = planOf(
    situation,
    goals.map((goal) => ({ goal, code: CODE })),
  );
  return plan.map((step) => commandText(step) ?? `by hand: ${step.why}`);
}

function withZfs(change: Partial<InstalledPackage>, snapshot: Snapshot = IN_SYNC_SEEN): Snapshot {
  const packages = snapshot.portage.packages.map((each) =>
    each.name === 'zfs-kmod' ? { ...each, ...change } : each,
  );
  return { ...snapshot, portage: { ...snapshot.portage, packages } };
}

function flags(iuse: readonly string[], use: readonly string[]): Pick<InstalledPackage, 'iuse' | 'use'> {
  const fact = (names: readonly string[]): Fact<readonly string[]> => known(names);
  return { iuse: fact(iuse), use: fact(use) };
}

test('a module that was built for another build of the kernel is built again, and nothing else is done', () => {
  const vermagic: RefusalReason = { is: 'vermagic', module: '6.1.192 SMP ', kernel: '6.1.192 SMP preempt ' };
  for (const reason of [
    vermagic,
    { is: 'symbol-version', symbol: 'module_layout' },
    { is: 'defect' },
  ] as const)
    assert.deepEqual(stepsFor(reason), [MERGE]);
});

test('an unsigned module stays unsigned after a rebuild, unless the USE flag that signs is set first', () => {
  const without = withZfs(flags(['modules-sign'], []));
  const [first, ...others] = stepsFor({ is: 'unsigned' }, without);
  assert.match(first ?? '', /^by hand: add "sys-fs\/zfs-kmod modules-sign" to \/etc\/portage\/package\.use/);
  assert.deepEqual(others, [MERGE]);
  const signing = stepsFor({ is: 'unsigned' }, withZfs(flags(['modules-sign'], ['modules-sign'])));
  assert.deepEqual(signing.length, 1);
  assert.match(signing[0] ?? '', /^by hand: sign zfs with a key/);
  assert.match(stepsFor({ is: 'unsigned' }, withZfs(flags(['debug'], [])))[0] ?? '', /^by hand: sign zfs/);
});

test('a trimmed kernel exports only what its own modules use: the option is removed, and the kernel compiled', () => {
  const steps = stepsFor({ is: 'trimmed', symbol: 'iput' });
  assert.match(steps[0] ?? '', /--disable TRIM_UNUSED_KSYMS && make .* olddefconfig$/);
  assert.equal(steps[1], `make -C ${TREE} -j"$(nproc)"`);
  assert.equal(steps.at(-1), 'reboot');
});

test('a kernel without modules is configured for them; a closed one loads them after a reboot', () => {
  const [first] = stepsFor({ is: 'modules-off', by: 'configuration' });
  assert.match(first ?? '', /--enable MODULES && /);
  assert.deepEqual(stepsFor({ is: 'modules-off', by: 'switch' }), ['reboot']);
});

test('a name on the blacklist of the command line is removed there', () => {
  const steps = stepsFor({ is: 'blacklisted' });
  assert.deepEqual(steps.length, 1);
  assert.match(steps[0] ?? '', /^by hand: remove zfs from module_blacklist=/);
});

test('a rebuild does not help if a symbol is for GPL modules only', () => {
  assert.match(
    stepsFor({ is: 'gpl-only', symbol: 'kick' })[0] ?? '',
    /^by hand: install a version of sys-fs\/zfs-kmod/,
  );
});

test('if a dependency is missing, the dependency is built', () => {
  const nvidia: InstalledPackage | undefined = IN_SYNC_SEEN.portage.packages.find(
    ({ name }) => name === 'aufs6',
  );
  assert.ok(nvidia !== undefined);
  const needs: RefusalReason = { is: 'needs-module', name: 'aufs', symbol: 'au_x', because: 'missing' };
  assert.deepEqual(stepsFor(needs), ['emerge --oneshot sys-fs/aufs6']);
});

test('what only the running kernel lacks is left to the reboot', async () => {
  const { snapshot } = await judged({ machine: SCENARIOS['reboot-pending'](NOW) });
  const situation = assess(snapshot, NO_MEMORY);
  const owner = snapshot.portage.packages.find(({ name }) => name === 'zfs-kmod') ?? null;
  const answer = { is: 'no', why: '', missing: true, follows: false, refusal: null } as const;
  const goals = moduleGoals({
    situation,
    maker: makerOf(owner),
    kernel: situation.running,
    failed: [{ name: 'zfs', answer }],
  });
  assert.deepEqual(stepsOf(situation, goals), ['reboot']);
});

test('a stack of modules is unloaded from its top and loaded again; one in use waits for the reboot', () => {
  const loaded = (name: string, uses: number, heldBy: readonly string[]): LoadedModule => ({
    name,
    version: null,
    srcversion: null,
    buildId: known('00'),
    uses: known(uses),
    heldBy,
  });
  const withLoaded = (zfsUses: number): Situation => {
    const modules = [
      loaded('spl', 2, ['zfs', 'zavl']),
      loaded('zavl', 1, ['zfs']),
      loaded('zfs', zfsUses, []),
    ];
    return assess({ ...IN_SYNC_SEEN, running: { ...IN_SYNC_SEEN.running, modules } }, NO_MEMORY);
  };
  const goals: Goal[] = [
    { is: 'reloaded', module: 'spl' },
    { is: 'reloaded', module: 'zfs' },
  ];
  assert.deepEqual(stepsOf(withLoaded(0), goals), ['modprobe -r zfs zavl spl && modprobe -a spl zavl zfs']);
  assert.deepEqual(stepsOf(withLoaded(1), goals), ['reboot']);
});
