import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { acknowledge, FOR_EVER, openTitle, unacknowledge } from '../../src/ledger/acknowledge.ts';
import { listFindings } from '../../src/ledger/list-findings.ts';
import type { Ledger } from '../../src/ledger/open-ledger.ts';
import { recordFindings } from '../../src/ledger/record-findings.ts';
import { ABOUT_NOTHING, type Finding, type FindingCode } from '../../src/model/finding.ts';
import { newLedger, rowsIn } from '../support/remembered.ts';
import { temporaryDirectory } from '../support/temporary.ts';

function ledger(): Ledger {
  return newLedger(join(temporaryDirectory(), 'ledger.sqlite3'));
}

function finding(
  code: FindingCode,
  title: string,
  severity: Finding['severity'] = 'warning',
  subject = '',
): Finding {
  return { code, subject, about: ABOUT_NOTHING, severity, title, text: '', remedy: [], causedBy: [] };
}

const SETTLE = (): number => 5;

test('a finding is opened, changed and resolved once each, and its first day is kept', () => {
  const book = ledger();
  const kinds = (findings: readonly Finding[], at: number): string[] =>
    recordFindings(book, findings, SETTLE, at).transitions.map(
      ({ kind, finding: { code }, since }) => `${kind} ${code} ${since}`,
    );
  assert.deepEqual(kinds([finding('module-missing', 'one')], 10), ['opened module-missing 10']);
  assert.deepEqual(kinds([finding('module-missing', 'one')], 20), []);
  assert.deepEqual(kinds([finding('module-missing', 'one', 'critical')], 30), ['changed module-missing 10']);
  const { published } = recordFindings(book, [finding('module-missing', 'one', 'critical')], SETTLE, 35);
  assert.deepEqual(
    published.map(({ sinceMs: since, settleMs: settle }) => [since, settle]),
    [[10, 5]],
  );
  assert.deepEqual(kinds([], 40), ['resolved module-missing 10']);
  assert.deepEqual(kinds([], 50), []);
  assert.deepEqual(kinds([finding('module-missing', 'one')], 60), ['opened module-missing 60']);
  assert.deepEqual(
    listFindings(book, true).map(({ openedAtMs: openedAt, resolvedAtMs: resolvedAt }) => [
      openedAt,
      resolvedAt,
    ]),
    [
      [10, 40],
      [60, null],
    ],
  );
  assert.equal(listFindings(book, false).length, 1);
  assert.equal(rowsIn(book, 'SELECT * FROM finding_change').length, 4);
});

test('the same code with another subject is another finding', () => {
  const book = ledger();
  const both = [
    finding('module-missing', 'a', 'warning', 'zfs'),
    finding('module-missing', 'b', 'warning', 'aufs'),
  ];
  assert.equal(recordFindings(book, both, SETTLE, 1).transitions.length, 2);
  const { transitions } = recordFindings(book, both.slice(1), SETTLE, 2);
  assert.deepEqual(
    transitions.map(({ finding: { subject } }) => subject),
    ['zfs'],
  );
});

test('a finding is acknowledged for a time, until it changes, forever or for every subject, and that is undone', () => {
  const book = ledger();
  const one = finding('module-missing', 'one', 'warning', 'zfs');
  const until = (found: Finding, at: number): number | null | undefined =>
    recordFindings(book, [found], SETTLE, at).published[0]?.acknowledgedUntilMs;
  assert.equal(until(one, 1), null);
  acknowledge(book, { code: one.code, subject: 'zfs', until: 100, untilTitle: null }, 1);
  assert.equal(until(one, 99), 100);
  assert.equal(until(one, 100), null, 'the time is over');
  acknowledge(
    book,
    { code: one.code, subject: 'zfs', until: null, untilTitle: openTitle(book, one.code, 'zfs') },
    101,
  );
  assert.equal(until(one, 102), FOR_EVER);
  assert.equal(until({ ...one, title: 'worse' }, 103), null, 'it has changed');
  acknowledge(book, { code: one.code, subject: '', until: null, untilTitle: null }, 104);
  assert.equal(until({ ...one, subject: 'nvidia' }, 105), FOR_EVER);
  assert.equal(unacknowledge(book, one.code, ''), 2);
  assert.equal(unacknowledge(book, one.code, ''), 0);
  assert.equal(until(one, 106), null);
  assert.equal(openTitle(book, 'never-heard-of', ''), null);
});
