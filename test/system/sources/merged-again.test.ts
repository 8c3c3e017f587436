import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { known, unknown } from '../../../src/model/fact.ts';
import { patchOverall } from '../../../src/model/patch-overall.ts';
import { parsePatch } from '../../../src/system/sources/patch-file.ts';
import { patchState } from '../../../src/system/sources/patch-state.ts';
import { SCENARIOS } from '../../support/demo/scenarios.ts';
import { judged, NOW } from '../../support/machines.ts';

const TREE = '/usr/src/linux-6.1.192-gentoo';

// Seen with Portage 3.0.82: the tree was called "only partly patched" because of the one file that no package owns.
test('a tree whose sources were merged again is without the patch, even if files of the patch are left', async () => {
  const { snapshot, root } = await judged({ machine: SCENARIOS.unpatched(NOW) });
  assert.ok(existsSync(join(root, TREE, 'mm/prfile.c')));
  const tree = snapshot.sources.trees.find(({ path }) => path === TREE);
  assert.ok(tree !== undefined);
  const { state, appliedAt } = patchOverall(tree);
  assert.deepEqual({ state, appliedAt }, { state: 'absent', appliedAt: null });
});

const MMAP = `--- a/mm/mmap.c
+++ b/mm/mmap.c
@@ -1,1 +1,1 @@
-fput(file);
+vma_do_fput(vma);
--- /dev/null
+++ b/mm/prfile.c
@@ -0,0 +1,1 @@
+int prfile;
`;

test('the dry run of a patch gives the same', () => {
  const diffs = parsePatch(MMAP);
  assert.ok(diffs.known);
  const patch = {
    path: '/mmap.patch',
    component: 'mmap',
    titled: ['mmap'],
    branch: '6.1',
    diffs: diffs.value,
  } as const;
  const stateWith = (mmap: string): string => {
    const texts = new Map([
      ['mm/mmap.c', mmap],
      ['mm/prfile.c', 'int prfile;\n'],
    ]);
    const files = {
      has: (path: string) => texts.has(path),
      read: (path: string) => {
        const text = texts.get(path);
        return text === undefined
          ? unknown('missing', path)
          : known({ bytes: Buffer.from(text), mtime: NOW });
      },
    };
    const version = { version: 6, patchlevel: 1, sublevel: 192, extraversion: '' };
    const found = patchState(files, known(version), null, [patch]).components.mmap;
    return `${found.state} ${found.state === 'unknown' ? '' : found.how}`;
  };
  assert.equal(stateWith('fput(file);\n'), 'absent proof');
  assert.equal(stateWith('vma_do_fput(vma);\n'), 'present proof');
});
