import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { layOutDemo } from '../../src/demo/lay-out-demo.ts';
import { readInbox } from '../../src/inbox/read-inbox.ts';
import { readHistory } from '../../src/ledger/history.ts';
import { readPositions } from '../../src/ledger/inbox-positions.ts';
import { type Ledger, openLedger } from '../../src/ledger/open-ledger.ts';
import { recordCycle } from '../../src/ledger/record-cycle.ts';
import { DEFAULT_PREFERENCES } from '../../src/model/preferences.ts';
import { readSnapshot } from '../../src/system/read-snapshot.ts';
import { openRoot } from '../../src/system/root.ts';
import { judge } from '../../src/verdict/judge.ts';
import { aufswatch } from '../support/aufswatch.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const NOW = Date.UTC(2026, 10, 23, 12);

/** A demonstration whose daemon has scanned once, so that every later change is an event. */
function followedDemo(): { root: string; state: string } {
  const root = join(temporaryDirectory(), 'root');
  assert.deepEqual(layOutDemo(root, NOW, { machine: SCENARIOS.story }), { ok: true });
  assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
  return { root, state: join(root, 'var/lib/aufswatch') };
}

/** A package without any other trace: each entry of it in the history is an event that was read. */
function setupLine(pf: string, root = '/'): string {
  const at = Math.floor(Date.now() / 1000);
  return `aufswatch1\tat=${at}\tkind=portage\tphase=setup\tcategory=sys-fs\tpf=${pf}\troot=${root}\tchange=patched\n`;
}

function timesRecorded(root: string, pf: string): number {
  const { output } = aufswatch(['history', '--root', root]);
  return output.split('\n').filter((line) => line.includes(`sys-fs/${pf} `)).length;
}

test('events that were left while no daemon ran are recorded once, however often it starts', () => {
  const { root, state } = followedDemo();
  appendFileSync(join(state, 'inbox'), setupLine('aufs4-1') + setupLine('aufs4-2', '/mnt/stage'));
  for (let n = 0; n < 3; n++) assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
  assert.equal(timesRecorded(root, 'aufs4-1'), 1);
  assert.equal(timesRecorded(root, 'aufs4-2'), 0, 'another ROOT is not this machine');
});

test('a cycle that dies before its end is repeated completely', async () => {
  const root = join(temporaryDirectory(), 'root');
  assert.deepEqual(layOutDemo(root, NOW), { ok: true });
  const state = temporaryDirectory();
  const opened = openLedger(join(state, 'ledger.sqlite3'));
  assert.ok(opened.ok);
  const { ledger } = opened;
  const options = { preferences: DEFAULT_PREFERENCES, takenAt: Date.now(), hashImages: false };
  const snapshot = await readSnapshot(openRoot(root), options);
  const cycle = (ledgerNow: Ledger, judgement: typeof judge) => {
    const { events, from, positions } = readInbox(state, readPositions(ledgerNow));
    const rest = { self: [], at: Date.now(), settleOf: () => 0, judge: judgement };
    return recordCycle(ledgerNow, { snapshot, events, read: { from, to: positions }, ...rest });
  };
  appendFileSync(join(state, 'inbox'), setupLine('aufs4-1'));
  assert.throws(
    () =>
      cycle(ledger, () => {
        throw new Error('killed');
      }),
    /killed/,
  );
  assert.deepEqual(readPositions(ledger), []);
  for (let n = 0; n < 2; n++) assert.ok(cycle(ledger, judge).ok);
  const history = readHistory(ledger, { since: null, kinds: ['package'], tree: null });
  assert.equal(history.filter(({ subject }) => subject === 'sys-fs/aufs4-1').length, 1);
  ledger.close();
});

test('a junk line is kept aside and reported once', () => {
  const { root, state } = followedDemo();
  appendFileSync(join(state, 'inbox'), `junk\n${setupLine('aufs4-1')}`);
  const first = aufswatch(['daemon', '--once', '--root', root]);
  const second = aufswatch(['daemon', '--once', '--root', root]);
  assert.match(first.output + first.errors, /a line of the inbox means nothing/);
  assert.doesNotMatch(second.output + second.errors, /a line of the inbox means nothing/);
  assert.equal(readFileSync(join(state, 'inbox.bad'), 'utf8'), 'junk\n');
  assert.equal(timesRecorded(root, 'aufs4-1'), 1);
});

test('an inbox that cannot be read is a finding until it can be read again', () => {
  const { root, state } = followedDemo();
  const inbox = join(state, 'inbox');
  const published = (): string => readFileSync(join(root, 'run/aufswatch/status.json'), 'utf8');
  for (const put of [() => mkdirSync(inbox), () => symlinkSync('/etc/passwd', inbox)]) {
    put();
    aufswatch(['daemon', '--once', '--root', root]);
    assert.match(published(), /"code":"inbox-stuck"/);
    rmSync(inbox, { recursive: true });
  }
  appendFileSync(inbox, setupLine('aufs4-1'));
  aufswatch(['daemon', '--once', '--root', root]);
  assert.doesNotMatch(published(), /"code":"inbox-stuck"/);
  assert.ok(!existsSync(join(state, 'inbox.bad')));
});
