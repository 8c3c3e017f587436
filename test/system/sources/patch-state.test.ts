import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import type { ComponentState } from '../../../src/model/tree.ts';
import { openRoot } from '../../../src/system/root.ts';
import { type FileDiff, parsePatch } from '../../../src/system/sources/patch-file.ts';
import { patchState } from '../../../src/system/sources/patch-state.ts';
import { openTreeFiles } from '../../../src/system/sources/tree-files.ts';
import { readVersion } from '../../../src/system/sources/version.ts';
import { debianSources, SOURCE_ARCHIVE } from '../../support/debian.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import { realDryRun } from './real-patch.ts';

const PATCHES = join(import.meta.dirname, '../../../../test/real/kernel/patches');
const skip = needs('patch', 'tar', 'xz', SOURCE_ARCHIVE);

/** The state of each patch in Debian's sources must equal the result of `patch -R --dry-run`. */
for (const component of ['base', 'mmap'] as const) {
  suite(`the state of the ${component} patch equals the result of patch`, { skip }, () => {
    const file = join(PATCHES, `aufs6-${component}.patch`);
    const text = readFileSync(file, 'latin1');
    const parsed = parsePatch(text);
    assert.ok(parsed.known);
    const diffs = parsed.value;
    const paths = diffs.map(({ paths: [path = ''] }) => path);
    const root = temporaryDirectory();
    const tree = join(root, 'tree');

    let plain = '';

    before(() => {
      const named = paths.filter((path) => path !== 'mm/prfile.c');
      plain = debianSources([...new Set([...named, 'Makefile', 'fs/splice.c', 'fs/exec.c'])]);
    });

    /** Writes the sources again, with the patch applied. */
    function patched(): void {
      rmSync(tree, { recursive: true, force: true });
      cpSync(plain, tree, { recursive: true });
      apply(file);
    }

    function apply(patch: string, ...words: readonly string[]): void {
      execFileSync('patch', ['-p1', '--force', '--silent', '-i', patch, ...words], { cwd: tree });
    }

    function change(path: string, edit: (content: string) => string): void {
      const place = join(tree, path);
      writeFileSync(place, edit(readFileSync(place, 'latin1')), 'latin1');
    }

    function stateNow(): ComponentState {
      const opened = openRoot(root);
      const own = { path: '/aufs.patch', component, titled: [component], branch: '6.1', diffs };
      const found = patchState(openTreeFiles(opened, '/tree'), readVersion(opened, '/tree'), null, [own]);
      return found.components[component];
    }

    function check(what: string, state: ComponentState['state']): void {
      const found = stateNow();
      assert.equal(found.state, state, what);
      assert.ok(found.state !== 'unknown' && found.how === 'proof', what);
      const missing = realDryRun(tree, file, 'reverse').flatMap((hunks, index) =>
        hunks
          .filter(({ applies }) => !applies)
          .map(({ number, line }) => ({ file: paths[index], part: `hunk ${number} at line ${line}` })),
      );
      assert.equal(missing.length > 0, state !== 'present', what);
      assert.deepEqual(found.missing, missing, what);
    }

    test('complete and missing', () => {
      patched();
      check('whole', 'present');
      apply(file, '-R');
      check('taken out again', 'absent');
    });

    test('each hunk missing in turn', () => {
      for (const diff of diffs) {
        // A file that the patch creates is created completely or not at all.
        if (diff.before === 'absent') continue;
        for (const hunk of diff.hunks) {
          patched();
          const only = join(root, 'only.patch');
          writeFileSync(only, patchOf(diff, hunk), 'latin1');
          apply(only, '-R');
          check(`without hunk ${hunk.number} of ${diff.paths[0]}`, 'partial');
        }
      }
    });

    test('shifted by edits above', () => {
      patched();
      for (const path of paths) change(path, (content) => `/* one */\n/* two */\n/* three */\n${content}`);
      check('lines above', 'present');
    });

    test('applied twice', () => {
      patched();
      // It reports that it is applied already, and with --force applies again what fits.
      spawnSync('patch', ['-p1', '--force', '--silent', '-i', file], { cwd: tree });
      const opened = realDryRun(tree, file, 'reverse').flat();
      const state = opened.every(({ applies }) => applies) ? 'present' : 'partial';
      check('twice', state);
    });

    test('with CRLF line ends', () => {
      patched();
      for (const path of paths) change(path, (content) => content.replaceAll('\n', '\r\n'));
      const found = stateNow();
      // patch finds no hunk of it, although every added line is there.
      assert.ok(
        realDryRun(tree, file, 'reverse')
          .flat()
          .some(({ applies }) => !applies),
      );
      assert.ok(found.state === 'present' && found.how === 'markers', found.state);
    });

    test('half reverted', () => {
      patched();
      const half = paths.filter((path) => path !== 'mm/prfile.c').slice(0, Math.ceil(paths.length / 2));
      for (const path of half) cpSync(join(plain, path), join(tree, path));
      check('half of the files are the package’s again', 'partial');
    });
  });
}

/** A patch of one hunk. */
function patchOf(
  { paths: [path = ''] }: FileDiff,
  { old, new: there, prefix, suffix }: FileDiff['hunks'][number],
): string {
  const body = [
    ...old.lines.slice(0, prefix).map((line) => ` ${line}`),
    ...old.lines.slice(prefix, old.lines.length - suffix).map((line) => `-${line}`),
    ...there.lines.slice(prefix, there.lines.length - suffix).map((line) => `+${line}`),
    ...old.lines.slice(old.lines.length - suffix).map((line) => ` ${line}`),
  ];
  const range = (side: typeof old): string => `${side.first},${side.lines.length}`;
  return `--- a/${path}\n+++ b/${path}\n@@ -${range(old)} +${range(there)} @@\n${body.join('')}`;
}
