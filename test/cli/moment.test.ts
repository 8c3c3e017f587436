import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMoment } from '../../src/cli/moment.ts';
import { runInside } from '../support/cli.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const NOW = new Date(2026, 10, 23, 9, 30).getTime();

test('a moment is a span before now, a day, or a day and its time', () => {
  const moments: readonly (readonly [string, number])[] = [
    ['12h', NOW - 12 * 3_600_000],
    ['today', new Date(2026, 10, 23).getTime()],
    ['yesterday', new Date(2026, 10, 22).getTime()],
    ['2026-02-28', new Date(2026, 1, 28).getTime()],
    ['2026-11-23 00:00', new Date(2026, 10, 23).getTime()],
    ['2026-11-23T23:59', new Date(2026, 10, 23, 23, 59).getTime()],
  ];
  for (const [text, moment] of moments) assert.equal(parseMoment(text, NOW), moment, text);
});

test('a time that the clock or the calendar does not have is refused', () => {
  for (const text of ['2026-11-23 99:99', '2026-11-23 24:00', '2026-11-23 12:60', '2026-02-31', '2026-13-01'])
    assert.equal(parseMoment(text, NOW), null, text);
});

test('every command describes the same forms of --since', async () => {
  const root = temporaryDirectory();
  const forms = 'write 30d, 12h, today, yesterday, 2026-11-23 or "2026-11-23 14:10"';
  for (const command of ['history', 'report']) {
    const { exit, err } = await runInside([command, '--since', '2026-11-23 99:99', '--root', root]);
    assert.deepEqual({ exit, err }, { exit: 1, err: `aufswatch: --since 2026-11-23 99:99: ${forms}\n` });
  }
});
