import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseQuietHours } from '../../src/config/quiet-hours.ts';
import { ABOUT_NOTHING, type Severity } from '../../src/model/finding.ts';
import type { NotifyPreferences } from '../../src/model/notify-preferences.ts';
import type { Notice } from '../../src/notify/notice.ts';
import { decide, NOTHING_NOTIFIED, type NotifyState, type Now } from '../../src/notify/policy.ts';
import { endOfQuiet } from '../../src/notify/quiet-hours.ts';
import type { PublishedFinding } from '../../src/published/form.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SETTLE = 30 * SECOND;
const NOON = new Date(2026, 10, 23, 12, 0).getTime();

const PREFERENCES: NotifyPreferences = {
  criticalEvery: DAY,
  warningEvery: 7 * DAY,
  criticalWaits: HOUR,
  notices: false,
  quietHours: null,
};

function finding(
  code: string,
  severity: Severity,
  since: number,
  more: Partial<PublishedFinding> = {},
): PublishedFinding {
  return {
    code,
    subject: '',
    about: ABOUT_NOTHING,
    severity,
    title: `title of ${code}`,
    text: `text of ${code}`,
    remedy: [],
    causedBy: [],
    since,
    settle: SETTLE,
    acknowledgedUntil: null,
    ...more,
  };
}

/** A person who receives notices, from one decision to the next. */
function person(preferences = PREFERENCES) {
  let told: NotifyState = NOTHING_NOTIFIED;
  return (at: number, findings: readonly PublishedFinding[], more: Partial<Now> = {}): Notice | null => {
    const decision = decide({ at, findings, busy: false, login: false, ...more }, told, preferences);
    told = decision.told;
    return decision.notice;
  };
}

test('it is told when it has held for its settle time, and once', () => {
  const look = person();
  const open = [finding('a', 'critical', NOON)];
  assert.equal(look(NOON + 29 * SECOND, open), null);
  assert.equal(look(NOON + 30 * SECOND, open)?.kind, 'tell');
  assert.equal(look(NOON + 5 * MINUTE, open), null);
  assert.equal(look(NOON + 23 * HOUR, open), null);
  assert.equal(look(NOON + 25 * HOUR, open)?.kind, 'tell');
});

test('while emerge or make is at work nothing is told', () => {
  const look = person();
  const open = [finding('a', 'critical', NOON)];
  assert.equal(look(NOON + HOUR, open, { busy: true }), null);
  assert.equal(look(NOON + HOUR + 1, open)?.kind, 'tell');
});

test('however long somebody is at work, a critical thing waits for an hour at most, and a warning for the end', () => {
  const open = [finding('a', 'critical', NOON), finding('b', 'warning', NOON)];
  const busy = { busy: true, login: false };
  const waiting = decide({ ...busy, findings: open, at: NOON + MINUTE }, NOTHING_NOTIFIED, PREFERENCES);
  assert.equal(waiting.notice, null);
  assert.equal(waiting.again, NOON + SETTLE + HOUR);
  const told = decide({ ...busy, findings: open, at: waiting.again }, waiting.told, PREFERENCES);
  assert.ok(told.notice?.kind === 'tell');
  assert.deepEqual(told.notice.codes, ['a']);
  assert.match(told.notice.body, /still under way/);
  const after = decide({ ...busy, findings: open, at: NOON + 3 * HOUR }, told.told, PREFERENCES);
  assert.equal(after.notice, null, 'it is told once');
  const end = decide(
    { findings: open, busy: false, login: false, at: NOON + 3 * HOUR },
    told.told,
    PREFERENCES,
  );
  assert.ok(end.notice?.kind === 'tell');
  assert.ok(end.notice.codes.includes('b') && !end.notice.body.includes('still under way'));
});

test('a title that changes again and again while somebody works is told once an hour', () => {
  const look = person();
  const titled = (title: string) => [finding('a', 'critical', NOON, { title })];
  assert.equal(look(NOON + 2 * HOUR, titled('first'), { busy: true })?.kind, 'tell');
  let told = 0;
  for (let minute = 1; minute <= 180; minute++) {
    const at = NOON + 2 * HOUR + minute * MINUTE;
    if (look(at, titled(`title ${minute}`), { busy: true }) !== null) told++;
  }
  assert.equal(told, 3);
});

test('a clock that was years ahead silences nothing when it is set right', () => {
  const look = person();
  const ahead = NOON + 14 * 365 * DAY;
  assert.equal(look(ahead + HOUR, [finding('a', 'critical', ahead)])?.kind, 'tell');
  const open = [finding('a', 'critical', ahead), finding('b', 'critical', ahead)];
  const notice = look(NOON, open);
  assert.ok(notice?.kind === 'tell');
  assert.deepEqual(notice.codes, ['a', 'b']);
  assert.equal(look(NOON + MINUTE, open), null, 'once');
  assert.equal(look(NOON + MINUTE, [...open, finding('c', 'critical', ahead)], { busy: true })?.kind, 'tell');
});

test('what gets worse is told again, what gets better is not', () => {
  const look = person();
  look(NOON + MINUTE, [finding('a', 'warning', NOON)]);
  assert.equal(look(NOON + 2 * MINUTE, [finding('a', 'critical', NOON)])?.kind, 'tell');
  assert.equal(look(NOON + 3 * MINUTE, [finding('a', 'warning', NOON)]), null);
});

test('a title that changes is told again', () => {
  const look = person();
  look(NOON + MINUTE, [finding('a', 'warning', NOON)]);
  assert.equal(look(NOON + 2 * MINUTE, [finding('a', 'warning', NOON, { title: 'another' })])?.kind, 'tell');
});

test('several are one notice: what is at stake is the title, the cause leads the body', () => {
  const look = person();
  const notice = look(NOON + HOUR, [
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

test('what is resolved is withdrawn, once', () => {
  const look = person();
  look(NOON + HOUR, [finding('a', 'critical', NOON)]);
  assert.deepEqual(look(NOON + HOUR + 1, []), { kind: 'withdraw', inSync: true });
  assert.equal(look(NOON + HOUR + 2, []), null);
});

test('what is never told is never withdrawn', () => {
  const look = person();
  assert.equal(look(NOON + 10 * SECOND, [finding('a', 'critical', NOON)]), null);
  assert.equal(look(NOON + 11 * SECOND, []), null);
});

test('open, resolved and open again within minutes is one notice, unless it stays', () => {
  const look = person();
  assert.equal(look(NOON + MINUTE, [finding('a', 'critical', NOON)])?.kind, 'tell');
  assert.equal(look(NOON + 2 * MINUTE, [])?.kind, 'withdraw');
  const again = [finding('a', 'critical', NOON + 3 * MINUTE)];
  assert.equal(look(NOON + 4 * MINUTE, again), null);
  assert.equal(look(NOON + 12 * MINUTE, again)?.kind, 'tell');
});

test('acknowledged, it is silent; notices are told only to those who want them', () => {
  const look = person();
  const silenced = finding('a', 'critical', NOON, { acknowledgedUntil: NOON + DAY });
  assert.equal(look(NOON + HOUR, [silenced, finding('b', 'notice', NOON)]), null);
  assert.equal(look(NOON + DAY + HOUR, [silenced])?.kind, 'tell');
  assert.equal(
    person({ ...PREFERENCES, notices: true })(NOON + HOUR, [finding('b', 'notice', NOON)])?.kind,
    'tell',
  );
});

test('at login a critical finding is told again, a warning is not', () => {
  const look = person();
  look(NOON + HOUR, [finding('a', 'critical', NOON), finding('b', 'warning', NOON)]);
  const notice = look(NOON + 2 * HOUR, [finding('a', 'critical', NOON), finding('b', 'warning', NOON)], {
    login: true,
  });
  assert.equal(notice?.kind, 'tell');
  look(NOON + 3 * HOUR, [finding('b', 'warning', NOON)]);
  assert.equal(look(NOON + 4 * HOUR, [finding('b', 'warning', NOON)], { login: true }), null);
});

test('quiet hours hold back everything below critical', () => {
  const quietHours = parseQuietHours('22:00-07:00');
  const look = person({ ...PREFERENCES, quietHours });
  const night = new Date(2026, 10, 23, 23, 30).getTime();
  const morning = new Date(2026, 10, 24, 7, 0).getTime();
  const warning = finding('a', 'warning', night - HOUR);
  assert.equal(look(night, [warning]), null);
  assert.equal(look(morning - 1, [warning]), null);
  assert.equal(look(morning, [warning])?.kind, 'tell');
  assert.equal(look(night, [finding('c', 'critical', night - HOUR)])?.kind, 'tell');
  assert.ok(quietHours !== null);
  assert.equal(endOfQuiet(quietHours, morning), morning);
});

/** Random steps: time passes, findings come and go, emerge runs. */
const life = fc.array(
  fc.record({
    pass: fc.integer({ min: 1, max: 20 * MINUTE }),
    open: fc.subarray(['a', 'b', 'c']),
    busy: fc.boolean(),
  }),
  { maxLength: 80 },
);

test('whatever happens: never two notices for one state', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const look = person();
      const since: Record<string, number> = {};
      const toldAt: Record<string, number> = {};
      let at = NOON;
      for (const step of steps) {
        at += step.pass;
        for (const code of ['a', 'b', 'c']) {
          if (step.open.includes(code)) since[code] ??= at;
          else delete since[code];
        }
        const findings = Object.entries(since).map(([code, from]) => finding(code, 'critical', from));
        const notice = look(at, findings, { busy: step.busy });
        if (notice?.kind !== 'tell') continue;
        const fresh = notice.codes.filter((code) => at - (toldAt[code] ?? -Infinity) >= 10 * MINUTE);
        assert.ok(fresh.length > 0, 'a notice of nothing new');
        for (const code of notice.codes) if (fresh.includes(code)) toldAt[code] = at;
      }
    }),
  );
});

test('whatever happened before: a critical finding that stays is told', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const look = person();
      const told = new Set<string>();
      let at = NOON;
      let shown = false;
      const since: Record<string, number> = {};
      for (const step of steps) {
        at += step.pass;
        for (const code of ['a', 'b', 'c']) {
          if (step.open.includes(code)) since[code] ??= at;
          else {
            delete since[code];
            told.delete(code);
          }
        }
        const notice = look(
          at,
          Object.entries(since).map(([code, from]) => finding(code, 'critical', from)),
          step,
        );
        if (notice?.kind === 'tell') for (const code of notice.codes) told.add(code);
      }
      // From here on the finding stays and nothing else happens: a notice is sent within a quarter of an hour.
      since.a ??= at;
      for (let minute = 0; minute <= 15; minute++) {
        at += MINUTE;
        const notice = look(
          at,
          Object.entries(since).map(([code, from]) => finding(code, 'critical', from)),
        );
        if (notice?.kind === 'tell' && notice.codes.includes('a')) shown = true;
      }
      assert.ok(shown || told.has('a'));
    }),
  );
});
