import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { calledAs } from '../../src/cli/called-as.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const clone = realpathSync(temporaryDirectory());
const script = join(clone, 'dist/aufswatch.cjs');
mkdirSync(join(clone, 'dist'));
mkdirSync(join(clone, 'src/cli'), { recursive: true });
writeFileSync(script, '');

function called(path: string, PATH = '/usr/nowhere'): string {
  return calledAs({ env: { PATH }, program: ['/usr/bin/node', path] }).join(' ');
}

test('in a clone the hints name the npx command; elsewhere they name the path', () => {
  assert.equal(called(script), `node ${script}`);
  const before = process.cwd();
  process.chdir(clone);
  assert.equal(called(script), 'npx aufswatch');
  const link = join(clone, 'link');
  symlinkSync(script, link);
  assert.equal(called(link), 'npx aufswatch', 'npx runs it through a link');
  process.chdir(before);
});

test('an installed program, or one outside a clone, is called by its name', () => {
  const bin = join(clone, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'aufswatch'), '');
  assert.equal(called(script, `/usr/nowhere:${bin}`), 'aufswatch');
  assert.equal(called('/usr/lib/aufswatch/aufswatch.cjs'), 'aufswatch');
  assert.equal(calledAs({ env: {}, program: null }).join(' '), 'aufswatch');
});
