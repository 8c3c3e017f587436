import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ABOUT_NOTHING, type About, FINDING_CODES } from '../../src/model/finding.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import { SUMMARY_MAX, summaryOf } from '../../src/model/summary.ts';
import { judge } from '../../src/verdict/judge.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { judged, NOW } from '../support/machines.ts';

const losing = (...nextBootLoses: readonly string[]): About => ({
  ...ABOUT_NOTHING,
  modules: nextBootLoses,
  nextBootLoses,
});
const of = (code: string, about: About = ABOUT_NOTHING): string =>
  summaryOf({ code, about, title: `title of ${code}` });

test('the summary names what is at stake', () => {
  assert.equal(of('next-boot-without-aufs', losing('aufs')), 'Next boot: no AUFS');
  assert.equal(of('module-missing', losing('spl', 'zfs')), 'Next boot: no spl, zfs');
  assert.equal(of('module-missing', { ...ABOUT_NOTHING, modules: ['zfs'] }), 'Now: no zfs');
  assert.equal(
    of('module-will-not-load', losing('nvidia', 'nvidia_drm', 'nvidia_modeset', 'nvidia_uvm')),
    'Next boot: no nvidia and 3 more',
  );
  assert.equal(of('of-a-newer-version'), 'title of of-a-newer-version');
});

test('a guess is not presented as certain', () => {
  const about: About = { ...losing('aufs'), byGuess: true };
  assert.equal(of('next-boot-without-aufs', about), 'Next boot, perhaps: no AUFS');
});

test('no summary is longer than a title line, whatever the modules are called', () => {
  const name = fc.stringMatching(/^[a-z_0-9]{1,55}$/);
  const abouts = fc.record({
    kernel: fc.constant(null),
    modules: fc.array(name, { maxLength: 12 }),
    tree: fc.constant(null),
    package: fc.constant(null),
    nextBootLoses: fc.array(name, { maxLength: 12 }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...FINDING_CODES), abouts, (code, about) => {
      const text = of(code, about);
      assert.ok(text.length >= 8 && text.length <= SUMMARY_MAX, `${code}: ${text}`);
      assert.doesNotMatch(text, /undefined|: no $/);
    }),
  );
});

test('the summary of every demonstration machine fits in a title line', async () => {
  for (const [name, machine] of Object.entries(SCENARIOS)) {
    const { snapshot } = await judged({ machine: machine(NOW) });
    for (const finding of judge(snapshot, NO_MEMORY).findings) {
      const text = summaryOf(finding);
      assert.ok(text.length <= SUMMARY_MAX && !text.endsWith('…'), `${name}: ${text}`);
    }
  }
});
