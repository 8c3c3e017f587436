import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { readModules } from '../../../src/system/modules/read-modules.ts';
import { readPortage } from '../../../src/system/portage/read-portage.ts';
import { openRoot } from '../../../src/system/root.ts';
import { chooseModule } from '../../../src/verdict/choose-module.ts';
import { compileModules, needsRealModules, tool } from '../../support/real-modules.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const RELEASE = '6.1.0-test';
const PLACES = ['kernel/fs/aufs', 'misc', 'extra', 'updates', 'updates/dkms'];

const skip = needsRealModules('depmod');
const directory = temporaryDirectory();
if (skip === false) compileModules(directory);

/** Every set of at least two places. */
const SETS = Array.from({ length: 2 ** PLACES.length }, (_, bits) =>
  PLACES.filter((_place, index) => (bits >> index) % 2 === 1),
).filter((places) => places.length >= 2);

function chosen(root: string) {
  const opened = openRoot(root);
  const { releases } = readModules(opened, readPortage(opened).facts, []);
  const [found] = releases;
  assert.ok(found !== undefined);
  return { path: chooseModule(found.modules, 'aufs')?.path, depmod: found.depmod };
}

test('of several files with one name, the result is the one that modprobe loads', { skip }, () => {
  for (const places of SETS) {
    const root = mkdtempSync(join(directory, 'root-'));
    for (const place of places) {
      const path = join(root, 'lib/modules', RELEASE, place, 'aufs.ko');
      mkdirSync(dirname(path), { recursive: true });
      copyFileSync(join(directory, 'taker.ko'), path);
    }
    const before = chosen(root);
    tool('depmod', '-b', root, RELEASE);
    const printed = tool('modprobe', '-d', root, '-S', RELEASE, '--show-depends', 'aufs');
    const path = /^insmod (.*\/aufs\.ko)/m.exec(printed)?.[1]?.slice(root.length);
    assert.deepEqual(chosen(root), { path, depmod: { known: true, value: 'fresh' } }, places.join(' '));
    // Predicted if depmod has a rule. Between places without order, the one that it reads first counts.
    if (places.includes('updates')) assert.match(before.path ?? '', /\/updates\//, places.join(' '));
  }
});
