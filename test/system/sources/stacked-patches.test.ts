import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_PREFERENCES } from '../../../src/model/preferences.ts';
import type { Tree } from '../../../src/model/tree.ts';
import { readSnapshot } from '../../../src/system/read-snapshot.ts';
import { openRoot } from '../../../src/system/root.ts';
import { debianSources, SOURCE_ARCHIVE } from '../../support/debian.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';

const PATCHES = join(import.meta.dirname, '../../../../test/real/kernel/patches');
/** In the order in which they are applied. Each changes lines that an earlier one added. */
const SET = ['kbuild', 'base', 'mmap', 'standalone'] as const;
type Component = (typeof SET)[number];

const skip = needs('patch', 'tar', 'xz', SOURCE_ARCHIVE);

function fileOf(component: Component): string {
  return join(PATCHES, `aufs6-${component}.patch`);
}

/** Every file that the set changes, and the files that identify a tree. */
function touched(): string[] {
  const named = SET.flatMap((component) =>
    [...readFileSync(fileOf(component), 'utf8').matchAll(/^--- a\/(\S+)/gm)].map(([, path = '']) => path),
  );
  return [...new Set([...named, 'Makefile', 'Kbuild', 'Kconfig', 'fs/exec.c'])].filter(
    (path) => path !== 'mm/prfile.c',
  );
}

/** Debian's sources as /usr/src/linux, and the set in /patches, as files or as one file like that of the ebuilds. */
function machine(form: 'apart' | 'in one'): { root: string; tree: string } {
  const root = temporaryDirectory();
  const tree = join(root, 'usr/src/linux');
  mkdirSync(join(root, 'usr/src'), { recursive: true });
  mkdirSync(join(root, 'patches'));
  cpSync(debianSources(touched()), tree, { recursive: true });
  if (form === 'apart')
    for (const name of SET) cpSync(fileOf(name), join(root, `patches/aufs6-${name}.patch`));
  const all = SET.map((name) => readFileSync(fileOf(name), 'utf8')).join('');
  if (form === 'in one') writeFileSync(join(root, 'patches/aufs6.patch'), all);
  return { root, tree };
}

function patch(tree: string, component: Component, ...words: readonly string[]): void {
  execFileSync('patch', [...words, '-p1', '--force', '--silent', '-i', fileOf(component)], { cwd: tree });
}

async function states(root: string): Promise<Record<Component, string>> {
  const found = await treeIn(root);
  const states = SET.map((component): [Component, string] => {
    const state = found.patch.components[component];
    return [component, state.state === 'unknown' ? 'unknown' : `${state.state} by ${state.how}`];
  });
  return Object.fromEntries(states) as Record<Component, string>;
}

async function treeIn(root: string): Promise<Tree> {
  const preferences = { ...DEFAULT_PREFERENCES, patchDirectories: ['/patches'] };
  const snapshot = await readSnapshot(openRoot(root), {
    preferences,
    takenAt: Date.now(),
    hashImages: false,
  });
  const [found] = snapshot.sources.trees;
  assert.ok(found !== undefined);
  return found;
}

const ALL = (what: string) => ({ kbuild: what, base: what, mmap: what, standalone: what });

for (const form of ['apart', 'in one'] as const) {
  test(`a complete set (${form}): each patch is recognised below the later ones`, {
    skip,
    timeout: 600_000,
  }, async () => {
    const { root, tree } = machine(form);
    assert.deepEqual(await states(root), ALL('absent by proof'));
    for (const component of SET) patch(tree, component);
    assert.deepEqual(await states(root), ALL('present by proof'));
    patch(tree, 'standalone', '-R');
    assert.deepEqual(await states(root), { ...ALL('present by proof'), standalone: 'absent by proof' });
    patch(tree, 'mmap', '-R');
    const half = { ...ALL('absent by proof'), kbuild: 'present by proof', base: 'present by proof' };
    assert.deepEqual(await states(root), half);
    assert.ok(!existsSync(join(tree, 'mm/prfile.c')));
  });
}

test('the rejects predicted for a set are those of patch', { skip, timeout: 600_000 }, async () => {
  const { root, tree } = machine('apart');
  const whole = await treeIn(root);
  const [set, ...more] = whole.patch.sets;
  assert.equal(more.length, 0);
  assert.deepEqual(
    { ...set, rejects: null },
    {
      path: '/patches',
      branch: '6.1',
      isForTree: true,
      components: [...SET],
      rejects: null,
    },
  );
  assert.deepEqual(set?.rejects, { known: true, value: [] });

  const file = join(tree, 'fs/fcntl.c');
  writeFileSync(
    file,
    readFileSync(file, 'latin1').replaceAll('SETFL_MASK', 'ANOTHER').replace('setfl(int fd', 'setfl(int d'),
    'latin1',
  );
  const foretold = (await treeIn(root)).patch.sets[0]?.rejects;
  assert.ok(foretold?.known);
  assert.ok(foretold.value.length > 0);
  const rejected = SET.flatMap((component) => {
    const words = ['-p1', '--force', '-i', fileOf(component)];
    const { stdout } = spawnSync('patch', words, { cwd: tree, encoding: 'latin1' });
    return [...stdout.matchAll(/^Hunk #(\d+) FAILED at (\d+)/gm)].map(
      ([, number, line]) => `hunk ${number} at line ${line}`,
    );
  });
  assert.deepEqual(
    foretold.value.map(({ part }) => part),
    rejected,
  );
  // Half of it is applied: each missing hunk is known, and nothing is predicted.
  assert.equal((await treeIn(root)).patch.sets[0]?.rejects.known, false);
});
