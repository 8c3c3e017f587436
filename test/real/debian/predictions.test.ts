import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { compactSnapshot, expandSnapshot } from '../../../src/cli/compact-snapshot.ts';
import { NO_MEMORY } from '../../../src/model/memory.ts';
import type { ModuleFile } from '../../../src/model/module.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import type { Kernel } from '../../../src/verdict/kernel/kernel.ts';
import type { Loadable } from '../../../src/verdict/loadable/answer.ts';
import { assess } from '../../../src/verdict/situation.ts';
import { willLoad } from '../../../src/verdict/will-load.ts';
import { CACHE } from '../../support/debian.ts';
import { DEBIAN_KERNEL_TOOLS, isOffered } from '../../support/debian-kernels.ts';
import { read } from '../../support/machines.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import { EDITS } from './edits.ts';
import { type DebianMachine, debianMachine, type Edited, LEVELS, type Level, reduceTo } from './machine.ts';

/**
 * The results of two Debian kernels for modules of Debian's kernels, by their names: seen in QEMU on 2026-11-28 with
 * the default command line. The modules that modules.dep names were loaded before each. A module "loads" if the
 * tracepoint module:module_load fired: all checks of load_module() had passed. `words`: the first line of the log with
 * its name, which is the same for all of a kernel.
 */
type Seen = Readonly<Record<string, Readonly<Record<string, Answers>>>>;

interface Answers {
  readonly words: string | null;
  readonly loads: string;
  readonly refused: string;
}

const SEEN: Seen = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../test/real/debian/seen.json'), 'utf8'),
);

/** Of each pair of kernels, every eighth module: all of them take minutes. */
const EVERY = 8;
/** Packages of 70 to 110 MB each: no more of them than needed. */
const SOURCES = ['6.1.0-47-amd64', '6.1.0-50-amd64', '6.12.117+deb12-amd64'];
const skip =
  needs(...DEBIAN_KERNEL_TOOLS, 'depmod', 'prlimit', 'xz', 'zstd') ||
  (SOURCES.every(isOffered) ? false : `apt does not offer ${SOURCES.join(', ')}`);

/**
 * The results of three kernels for damaged and changed modules of their own (edits.ts): seen in QEMU on 2026-11-28.
 * `loads`, as above; else the first line of the log that is no mere warning, or the error if the kernel printed
 * nothing.
 */
type SeenEdited = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

const SEEN_EDITED: SeenEdited = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../test/real/debian/seen-edited.json'), 'utf8'),
);

for (const [release, bySource] of Object.entries(SEEN)) {
  const wanted = new Map(
    Object.entries(bySource)
      .filter(([source]) => SOURCES.includes(source))
      .map(([source, answers]) => [source, sample(answers)]),
  );
  const seenEdited = editedOf(release);

  suite(release, { skip }, () => {
    // On the disk of the unpacked packages: their files, up to 700 MB, are linked and not copied.
    const directory = temporaryDirectory(CACHE);
    let machine: DebianMachine;
    before(() => {
      machine = debianMachine(directory, release, wanted, seenEdited);
    });

    // From the highest level down: each has fewer files than the previous one.
    for (const level of LEVELS) {
      test(`${level}: as the kernel itself answered`, async () => {
        const { root, modules, edited } = machine;
        reduceTo(root, release, level);
        const snapshot = await read(root);
        assertSaved(snapshot);
        const { next } = assess(snapshot, NO_MEMORY);
        assert.ok(next !== null && next.image !== null);
        assert.equal(next.build !== null, level === 'build');
        const wrong: string[] = [];
        for (const { source, name, path } of modules) {
          const file = next.modules?.modules.find((candidate) => candidate.path === path);
          assert.ok(file !== undefined, `${path} is judged`);
          const answer = willLoad(withNoOther(next, file), file);
          const expected = bySource[source];
          const seen = expected?.loads.split(' ').includes(name) ? 'loads' : 'refused';
          const words = expected?.words?.replace('NAME', name) ?? '';
          const predicted = answer.answer === 'refused' ? answer.message : answer.answer;
          // A kernel and its own modules leave nothing unknown, and the order of checks is certain.
          if (answer.answer !== seen || (seen === 'refused' && predicted !== words))
            wrong.push(`${source}/${name}: ${seen} ${words}, and not ${JSON.stringify(answer)}`);
        }
        for (const [index, { name, what, seen }] of seenEdited.entries()) {
          const file = next.modules?.modules.find((candidate) => candidate.path === edited[index]);
          assert.ok(file !== undefined, `${name}, ${what}, is judged`);
          const answer = willLoad(withNoOther(next, file), file);
          if (!isAsSeen(answer, seen) && (what !== 'changed after signing' || isKeyRead(level)))
            wrong.push(`${name}, ${what}: ${seen}, and not ${JSON.stringify(answer)}`);
        }
        assert.deepEqual(wrong, []);
      });
    }
  });
}

interface SeenEdit extends Edited {
  readonly what: string;
  readonly seen: string;
}

function editedOf(release: string): SeenEdit[] {
  return Object.entries(SEEN_EDITED[release] ?? {}).flatMap(([name, answers]) =>
    Object.entries(answers).flatMap(([what, seen]) => {
      const edit = EDITS[what];
      return edit === undefined ? [] : [{ name, what, seen, edit }];
    }),
  );
}

/** Debian's headers have no certs/, and the image is not read if there is a build directory. */
function isKeyRead(level: Level): boolean {
  return level !== 'build';
}

/**
 * If the kernel reports only an error, there are no messages to compare. Only the sources show whether a gap in the
 * version table passes (doc/limits.md).
 */
function isAsSeen(answer: Loadable, seen: string): boolean {
  if (answer.answer === 'unknown') return seen.includes('no symbol version for');
  if (answer.answer === 'loads') return seen === 'loads';
  return seen !== 'loads' && (seen.startsWith('error ') || !answer.quoted || answer.message === seen);
}

/**
 * A saved snapshot, which is attached to a report, gives the whole snapshot again. `npm run bench -- snapshot` measures
 * its size.
 */
function assertSaved(snapshot: Snapshot): void {
  const text = JSON.stringify(compactSnapshot(snapshot));
  assert.deepEqual(expandSnapshot(JSON.parse(text)), JSON.parse(JSON.stringify(snapshot)));
}

/**
 * Each was tried alone, beside the kernel's own modules: a module of another build must not replace one that it needs.
 */
function withNoOther(kernel: Kernel, file: ModuleFile): Kernel {
  const { modules } = kernel;
  if (modules === null) return kernel;
  const beside = modules.modules.filter((other) => other === file || other.path.includes('/kernel/'));
  return { ...kernel, modules: { ...modules, modules: beside } };
}

function sample({ loads, refused }: Answers): string[] {
  const names = `${loads} ${refused}`.split(' ').filter((name) => name !== '');
  return names.filter((_name, index) => index % EVERY === 0);
}
