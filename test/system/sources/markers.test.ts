import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { known, unknown } from '../../../src/model/fact.ts';
import { PATCH_COMPONENTS, type PatchComponent } from '../../../src/model/patch-component.ts';
import type { ComponentState, KernelVersion } from '../../../src/model/tree.ts';
import { hasMark } from '../../../src/system/sources/find-mark.ts';
import { patchState } from '../../../src/system/sources/patch-state.ts';
import {
  ALL_SERIES,
  type Edition,
  isForVersion,
  type Mark,
  marksOf,
  nearestBranch,
  nearestSeries,
} from '../../../src/system/sources/series.ts';
import type { TreeFiles } from '../../../src/system/sources/tree-files.ts';
import { parseVersion } from '../../../src/system/sources/version.ts';

const ALL: ReadonlySet<PatchComponent> = new Set(PATCH_COMPONENTS);

// `npm run test:sets` does the same with the hunks of the sets themselves.
suite('marks alone identify every edition of every branch', () => {
  for (const series of ALL_SERIES) {
    test(`${series.name}: complete, missing, each component missing`, () => {
      const version = versionOf(series.name.replace('x', '1').replace('+', ''));
      for (const edition of series.editions) {
        const expect = (applied: ReadonlySet<PatchComponent>): void => {
          const { components } = patchState(treeWith(edition, applied), known(version), null, []);
          for (const component of PATCH_COMPONENTS) {
            const wanted = applied.has(component) ? 'present' : 'absent';
            assert.equal(
              components[component].state,
              wanted,
              `${series.name} of ${edition.day}: ${component} with ${[...applied].join(', ')}`,
            );
          }
        };
        expect(ALL);
        expect(new Set());
        for (const left of PATCH_COMPONENTS) {
          expect(new Set(PATCH_COMPONENTS.filter((component) => component !== left)));
        }
      }
    });
  }
});

test('a missing mark is named, in text files as well', () => {
  const series = nearestSeries(versionOf('6.1.192'));
  const edition = series?.editions.at(-1);
  assert.ok(edition !== undefined);
  for (const [component, path, part] of [
    ['kbuild', 'fs/Kconfig', 'fs/aufs/Kconfig'],
    ['base', 'MAINTAINERS', 'fs/aufs/'],
    ['mmap', 'fs/proc/base.c', 'vma_pr_or_file'],
    ['standalone', 'fs/exec.c', 'path_noexec'],
  ] as const) {
    const files = treeWith(edition, ALL, path);
    const state = patchState(files, known(versionOf('6.1.192')), null, []).components[component];
    assert.deepEqual(missingOf(state), [{ file: path, part }], path);
  }
});

test('a set of a branch beside the nearest one counts as well', () => {
  const of66 = ALL_SERIES.find(({ name }) => name === '6.6')?.editions.at(-1);
  assert.ok(of66 !== undefined);
  const { components } = patchState(treeWith(of66, ALL), known(versionOf('6.6.60')), null, []);
  for (const component of PATCH_COMPONENTS) assert.equal(components[component].state, 'present', component);
});

test('a kernel newer than the table is unknown, with the way to make it known', () => {
  const last = ALL_SERIES.at(-1)?.editions.at(-1);
  assert.ok(last !== undefined);
  const { components } = patchState(treeWith(last, new Set()), known(versionOf('6.18.3')), null, []);
  for (const component of PATCH_COMPONENTS) {
    const state = components[component];
    assert.ok(state.state === 'unknown' && state.why.includes('patch_directories'), component);
  }
});

test('an export that is commented out is none, and an export does not show who added the function', () => {
  const exported: Mark = { kind: 'export', name: 'setfl', instead: null };
  const named: Mark = { kind: 'name', name: 'setfl', instead: null };
  for (const [text, isExported, isNamed] of [
    ['EXPORT_SYMBOL_GPL(setfl);\n', true, false],
    ['/* EXPORT_SYMBOL_GPL(setfl); */\n', false, false],
    ['// EXPORT_SYMBOL_GPL(setfl);\n', false, false],
    ['/*\n * EXPORT_SYMBOL_GPL(setfl);\n', false, false],
    ['/* one */\nint setfl(void);\nEXPORT_SYMBOL(setfl);\n', true, true],
  ] as const) {
    assert.equal(hasMark(Buffer.from(text), exported), isExported, text);
    assert.equal(hasMark(Buffer.from(text), named), isNamed, text);
  }
});

test('the branch for a kernel', () => {
  const version = versionOf('6.6.60');
  assert.equal(isForVersion('6.6.54', version), true);
  assert.equal(isForVersion('6.6.44', version), false, 'there is a nearer one');
  assert.equal(isForVersion('6.6.44', versionOf('6.6.50')), true);
  assert.equal(isForVersion('6.6.54', versionOf('6.6.50')), false, 'it is for later ones');
  assert.equal(isForVersion('6.7', version), false);
  assert.equal(nearestBranch(['6.1', '6.6', '6.6.54'], version), '6.6.54');
  assert.equal(nearestBranch(['6.1'], version), null);
  // Newer than every known branch: the patch directory here is the nearest.
  assert.equal(nearestBranch(['6.18', '6.18.5'], versionOf('6.18.9')), '6.18.5');
  assert.equal(isForVersion('6.x-rcN', versionOf('6.19.0')), null);
  assert.equal(isForVersion('6.x-rcN', { ...versionOf('6.19.0'), extraversion: '-rc3' }), true);
});

function missingOf(state: ComponentState) {
  return state.state === 'partial' ? state.missing : state;
}

function versionOf(text: string): KernelVersion {
  const [version, patchlevel, sublevel = '0'] = text.split('.');
  const parsed = parseVersion(
    'Makefile',
    `VERSION = ${version}\nPATCHLEVEL = ${patchlevel}\nSUBLEVEL = ${sublevel}\nEXTRAVERSION =\n`,
  );
  assert.ok(parsed.known);
  return parsed.value;
}

/** A tree that has only the marks of some components. `putBack`: a file without any. */
function treeWith(edition: Edition, applied: ReadonlySet<PatchComponent>, putBack?: string): TreeFiles {
  const texts = new Map<string, string>([
    ['fs/splice.c', ''],
    ['mm/mmap.c', ''],
  ]);
  for (const { component, path, marks } of marksOf(edition)) {
    const there = applied.has(component) && path !== putBack;
    const lines = marks.map((mark) => (there ? lineOf(mark) : (mark.instead ?? '')));
    texts.set(path, `${texts.get(path) ?? ''}${lines.join('\n')}\n`);
  }
  return {
    has: (path) => texts.has(path),
    read: (path) => {
      const text = texts.get(path);
      return text === undefined ? unknown('missing', path) : known({ bytes: Buffer.from(text), mtime: 1 });
    },
  };
}

function lineOf({ kind, name }: Mark): string {
  return kind === 'export' ? `EXPORT_SYMBOL_GPL(${name});` : `+ ${name} +`;
}
