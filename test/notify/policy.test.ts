import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuietHours } from '../../src/config/settings.ts';
import { ABOUT_NOTHING } from '../../src/model/finding.ts';
import { decide, NOTHING_NOTIFIED } from '../../src/notify/policy.ts';
import { endOfQuiet } from '../../src/notify/quiet-hours.ts';
import { DAY, finding, HOUR, MINUTE, NOON, PREFERENCES, person, SECOND, SETTLE } from './person.ts';

test('a finding is notified once, after its settle time', () => {
  const decideAt = person();
  const open = [finding('a', 'critical', NOON)];
  assert.equal(decideAt(NOON + 29 * SECOND, open), null);
  assert.equal(decideAt(NOON + 30 * SECOND, open)?.kind, 'tell');
  assert.equal(decideAt(NOON + 5 * MINUTE, open), null);
  assert.equal(decideAt(NOON + 23 * HOUR, open), null);
  assert.equal(decideAt(NOON + 25 * HOUR, open)?.kind, 'tell');
});

test('while emerge or make works, nothing is notified', () => {
  const decideAt = person();
  const open = [finding('a', 'critical', NOON)];
  assert.equal(decideAt(NOON + HOUR, open, { busy: true }), null);
  assert.equal(decideAt(NOON + HOUR + 1, open)?.kind, 'tell');
});

test('during long work a critical finding waits for an hour at most, and a warning until the end', () => {
  const open = [finding('a', 'critical', NOON), finding('b', 'warning', NOON)];
  const busy = { busy: true, login: false };
  const waiting = decide({ ...busy, findings: open, at: NOON + MINUTE }, NOTHING_NOTIFIED, PREFERENCES);
  assert.equal(waiting.notice, null);
  assert.equal(waiting.again, NOON + SETTLE + HOUR);
  const decided = decide({ ...busy, findings: open, at: waiting.again }, waiting.told, PREFERENCES);
  assert.ok(decided.notice?.kind === 'tell');
  assert.deepEqual(decided.notice.codes, ['a']);
  assert.match(decided.notice.body, /still under way/);
  const after = decide({ ...busy, findings: open, at: NOON + 3 * HOUR }, decided.told, PREFERENCES);
  assert.equal(after.notice, null, 'it is notified once');
  const end = decide(
    { findings: open, busy: false, login: false, at: NOON + 3 * HOUR },
    decided.told,
    PREFERENCES,
  );
  assert.ok(end.notice?.kind === 'tell');
  assert.ok(end.notice.codes.includes('b') && !end.notice.body.includes('still under way'));
});

test('a title that changes repeatedly during work is notified once an hour', () => {
  const decideAt = person();
  const titled = (title: string) => [finding('a', 'critical', NOON, { title })];
  assert.equal(decideAt(NOON + 2 * HOUR, titled('first'), { busy: true })?.kind, 'tell');
  let notices = 0;
  for (let minute = 1; minute <= 180; minute++) {
    const at = NOON + 2 * HOUR + minute * MINUTE;
    if (decideAt(at, titled(`title ${minute}`), { busy: true }) !== null) notices++;
  }
  assert.equal(notices, 3);
});

test('after a clock was years ahead and is set right, nothing is suppressed', () => {
  const decideAt = person();
  const ahead = NOON + 14 * 365 * DAY;
  assert.equal(decideAt(ahead + HOUR, [finding('a', 'critical', ahead)])?.kind, 'tell');
  const open = [finding('a', 'critical', ahead), finding('b', 'critical', ahead)];
  const notice = decideAt(NOON, open);
  assert.ok(notice?.kind === 'tell');
  assert.deepEqual(notice.codes, ['a', 'b']);
  assert.equal(decideAt(NOON + MINUTE, open), null, 'once');
  assert.equal(
    decideAt(NOON + MINUTE, [...open, finding('c', 'critical', ahead)], { busy: true })?.kind,
    'tell',
  );
});

test('a finding that gets worse is notified again, one that gets better is not', () => {
  const decideAt = person();
  decideAt(NOON + MINUTE, [finding('a', 'warning', NOON)]);
  assert.equal(decideAt(NOON + 2 * MINUTE, [finding('a', 'critical', NOON)])?.kind, 'tell');
  assert.equal(decideAt(NOON + 3 * MINUTE, [finding('a', 'warning', NOON)]), null);
});

test('a finding whose title changes is notified again', () => {
  const decideAt = person();
  decideAt(NOON + MINUTE, [finding('a', 'warning', NOON)]);
  assert.equal(
    decideAt(NOON + 2 * MINUTE, [finding('a', 'warning', NOON, { title: 'another' })])?.kind,
    'tell',
  );
});

test('several findings are one notice: the title says what is at stake, the body begins with the cause', () => {
  const decideAt = person();
  const notice = decideAt(NOON + HOUR, [
    finding('next-boot-without-aufs', 'critical', NOON, {
      causedBy: ['not-rebuilt'],
      about: { ...ABOUT_NOTHING, nextBootLoses: ['aufs'] },
    }),
    finding('not-rebuilt', 'warning', NOON),
  ]);
  assert.ok(notice?.kind === 'tell');
  assert.equal(notice.title, 'Next boot: no AUFS');
  assert.equal(notice.severity, 'critical');
  assert.deepEqual(notice.codes, ['not-rebuilt', 'next-boot-without-aufs']);
  assert.equal(notice.body, 'title of not-rebuilt.\ntext of not-rebuilt\ntitle of next-boot-without-aufs.');
});

test('a resolved finding is withdrawn, once', () => {
  const decideAt = person();
  decideAt(NOON + HOUR, [finding('a', 'critical', NOON)]);
  assert.deepEqual(decideAt(NOON + HOUR + 1, []), { kind: 'withdraw', inSync: true });
  assert.equal(decideAt(NOON + HOUR + 2, []), null);
});

test('a finding that was never notified is never withdrawn', () => {
  const decideAt = person();
  assert.equal(decideAt(NOON + 10 * SECOND, [finding('a', 'critical', NOON)]), null);
  assert.equal(decideAt(NOON + 11 * SECOND, []), null);
});

test('a finding that opens, resolves and opens within minutes is one notice, unless it stays open', () => {
  const decideAt = person();
  assert.equal(decideAt(NOON + MINUTE, [finding('a', 'critical', NOON)])?.kind, 'tell');
  assert.equal(decideAt(NOON + 2 * MINUTE, [])?.kind, 'withdraw');
  const again = [finding('a', 'critical', NOON + 3 * MINUTE)];
  assert.equal(decideAt(NOON + 4 * MINUTE, again), null);
  assert.equal(decideAt(NOON + 12 * MINUTE, again)?.kind, 'tell');
});

test('an acknowledged finding is silent; only recipients who want a finding get it', () => {
  const decideAt = person();
  const silenced = finding('a', 'critical', NOON, { acknowledgedUntilMs: NOON + DAY });
  assert.equal(decideAt(NOON + HOUR, [silenced, finding('b', 'notice', NOON)]), null);
  assert.equal(decideAt(NOON + DAY + HOUR, [silenced])?.kind, 'tell');
  assert.equal(
    person({ ...PREFERENCES, notices: true })(NOON + HOUR, [finding('b', 'notice', NOON)])?.kind,
    'tell',
  );
});

test('at login a critical finding is notified again, a warning is not', () => {
  const decideAt = person();
  decideAt(NOON + HOUR, [finding('a', 'critical', NOON), finding('b', 'warning', NOON)]);
  const notice = decideAt(NOON + 2 * HOUR, [finding('a', 'critical', NOON), finding('b', 'warning', NOON)], {
    login: true,
  });
  assert.equal(notice?.kind, 'tell');
  decideAt(NOON + 3 * HOUR, [finding('b', 'warning', NOON)]);
  assert.equal(decideAt(NOON + 4 * HOUR, [finding('b', 'warning', NOON)], { login: true }), null);
});

test('quiet hours hold back everything below critical', () => {
  const quietHours = parseQuietHours('22:00-07:00');
  const decideAt = person({ ...PREFERENCES, quietHours });
  const night = new Date(2026, 10, 23, 23, 30).getTime();
  const morning = new Date(2026, 10, 24, 7, 0).getTime();
  const warning = finding('a', 'warning', night - HOUR);
  assert.equal(decideAt(night, [warning]), null);
  assert.equal(decideAt(morning - 1, [warning]), null);
  assert.equal(decideAt(morning, [warning])?.kind, 'tell');
  assert.equal(decideAt(night, [finding('c', 'critical', night - HOUR)])?.kind, 'tell');
  assert.ok(quietHours !== null);
  assert.equal(endOfQuiet(quietHours, morning), morning);
});
