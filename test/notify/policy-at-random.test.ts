import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finding, MINUTE, NOON, person } from './person.ts';

/** Random steps: time passes, findings come and go, emerge runs. */
const life = fc.array(
  fc.record({
    pass: fc.integer({ min: 1, max: 20 * MINUTE }),
    open: fc.subarray(['a', 'b', 'c']),
    busy: fc.boolean(),
  }),
  { maxLength: 80 },
);

test('whatever happens, a state is never notified twice', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const decideAt = person();
      const since: Record<string, number> = {};
      const notifiedAt: Record<string, number> = {};
      let at = NOON;
      for (const step of steps) {
        at += step.pass;
        for (const code of ['a', 'b', 'c']) {
          if (step.open.includes(code)) since[code] ??= at;
          else delete since[code];
        }
        const findings = Object.entries(since).map(([code, from]) => finding(code, 'critical', from));
        const notice = decideAt(at, findings, { busy: step.busy });
        if (notice?.kind !== 'tell') continue;
        const fresh = notice.codes.filter((code) => at - (notifiedAt[code] ?? -Infinity) >= 10 * MINUTE);
        assert.ok(fresh.length > 0, 'a notice without news');
        for (const code of notice.codes) if (fresh.includes(code)) notifiedAt[code] = at;
      }
    }),
  );
});

test('whatever happened before, a critical finding that stays is notified', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const decideAt = person();
      const notified = new Set<string>();
      let at = NOON;
      let shown = false;
      const since: Record<string, number> = {};
      for (const step of steps) {
        at += step.pass;
        for (const code of ['a', 'b', 'c']) {
          if (step.open.includes(code)) since[code] ??= at;
          else {
            delete since[code];
            notified.delete(code);
          }
        }
        const notice = decideAt(
          at,
          Object.entries(since).map(([code, from]) => finding(code, 'critical', from)),
          step,
        );
        if (notice?.kind === 'tell') for (const code of notice.codes) notified.add(code);
      }
      // From here on the finding stays and nothing else happens: a notice is sent within a quarter of an hour.
      since.a ??= at;
      for (let minute = 0; minute <= 15; minute++) {
        at += MINUTE;
        const notice = decideAt(
          at,
          Object.entries(since).map(([code, from]) => finding(code, 'critical', from)),
        );
        if (notice?.kind === 'tell' && notice.codes.includes('a')) shown = true;
      }
      assert.ok(shown || notified.has('a'));
    }),
  );
});
