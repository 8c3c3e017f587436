import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Machine, writeMachine } from '../../src/demo/machine.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import { DEFAULT_PREFERENCES } from '../../src/model/preferences.ts';
import { readSnapshot } from '../../src/system/read-snapshot.ts';
import { openRoot } from '../../src/system/root.ts';
import { judge } from '../../src/verdict/judge.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { NOW } from '../support/machines.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { IN_SYNC } from '../verdict/catalogue/changes.ts';

const MACHINES: Readonly<Record<string, Machine>> = {
  'that is in sync': IN_SYNC,
  'with something wrong': SCENARIOS.story(NOW),
};
/** The number of points of a scan at which its time is over, evenly spread. */
const POINTS = 40;

/** The findings of a scan whose time is over after it was checked this often. */
async function foundWithin(root: string, questions: number): Promise<{ found: string[]; checks: number }> {
  let checks = 0;
  const expired = (): boolean => ++checks > questions;
  const options = { preferences: DEFAULT_PREFERENCES, takenAt: NOW, hashImages: false };
  const { findings } = judge(await readSnapshot(openRoot(root, expired), options), NO_MEMORY);
  const wrong = findings.filter(({ severity }) => severity !== 'notice');
  return { found: wrong.map(({ code, subject }) => `${code} ${subject}`), checks };
}

for (const [what, machine] of Object.entries(MACHINES)) {
  test(`a scan of a machine ${what} raises no alarm because its time is over, at whatever point`, async () => {
    const root = join(temporaryDirectory(), 'root');
    mkdirSync(root);
    writeMachine(root, machine);
    const whole = await foundWithin(root, Number.POSITIVE_INFINITY);
    for (let point = 0; point < POINTS; point++) {
      const questions = Math.floor((whole.checks * point) / POINTS);
      const { found } = await foundWithin(root, questions);
      const more = found.filter((finding) => !whole.found.includes(finding));
      assert.deepEqual(more, [], `after ${questions} of ${whole.checks}`);
    }
  });
}
