import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readModules } from '../../../src/system/modules/read-modules.ts';
import { readPortage } from '../../../src/system/portage/read-portage.ts';
import { openRoot } from '../../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const RELEASE = '6.1.0-test';
const DIRECTORY = `lib/modules/${RELEASE}`;

/** Like depmod's file: each line names all modules that a module needs, direct or not. */
const DEP = `misc/aufs.ko: kernel/far.ko kernel/near.ko updates/low.ko kernel/other.ko
kernel/far.ko: kernel/near.ko updates/low.ko
kernel/near.ko: updates/low.ko
kernel/other.ko:
kernel/apart.ko: updates/low.ko
updates/low.ko:
`;

function readWith(dep: string) {
  const root = join(temporaryDirectory(), 'root');
  const names = dep.split('\n').flatMap((line) => /^(.+)\.ko:/.exec(line)?.[1] ?? []);
  layOut(root, {
    ...Object.fromEntries(names.map((name) => [`${DIRECTORY}/${name}.ko`, ''])),
    [`${DIRECTORY}/modules.dep`]: dep,
  });
  const opened = openRoot(root);
  const [found] = readModules(opened, readPortage(opened).facts, []).releases;
  assert.ok(found !== undefined);
  const namesOf = (files: readonly { readonly name: string }[]) => files.map(({ name }) => name).sort();
  return { modules: namesOf(found.modules), between: namesOf(found.between) };
}

test('the kernel’s own modules between one of interest and an out-of-tree one are read', () => {
  assert.deepEqual(readWith(DEP), { modules: ['aufs', 'low'], between: ['far', 'near'] });
});

test('if only the kernel’s own modules are needed, none is read', () => {
  assert.deepEqual(readWith(DEP.replaceAll('updates/', 'kernel/')), { modules: ['aufs'], between: [] });
});
