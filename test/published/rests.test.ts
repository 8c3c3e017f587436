import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { inSync } from '../../src/demo/in-sync.ts';
import { type Machine, writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { DEFAULT_PREFERENCES } from '../../src/model/preferences.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { readSnapshot } from '../../src/system/read-snapshot.ts';
import { changedSince } from '../../src/system/rests/compare.ts';
import type { Chapter } from '../../src/system/rests/record.ts';
import { createRecorder } from '../../src/system/rests/recorder.ts';
import { joinRests, type Rests, readRests, restsText } from '../../src/system/rests/rests-file.ts';
import { mayChangeUnseen } from '../../src/system/rests/stamp.ts';
import { openRoot } from '../../src/system/root.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Longer than one tick of the clock for file times, ms. */
const TICKS = 30;

const MACHINES: Readonly<Record<string, (now: number) => Machine>> = {
  'in sync': inSync,
  'patched again and not rebuilt': patchedAgainNotRebuilt,
};

interface Seen {
  readonly snapshot: Snapshot;
  readonly rests: Rests;
}

/** A scan of a machine that was just written, and its rests, as they are read from their file. */
async function scan(root: string): Promise<Seen> {
  await sleep(TICKS);
  const recorder = createRecorder({ root, startedAt: Date.now() });
  const options = { preferences: DEFAULT_PREFERENCES, takenAt: 0, hashImages: false, recorder };
  const snapshot = await readSnapshot(openRoot(root, undefined, undefined, recorder), options);
  const rests = readRests(restsText(joinRests({ scan: 'a', root }, recorder.recorded(), null)));
  assert.ok(rests !== null);
  assert.deepEqual([...rests.unproven], []);
  await sleep(TICKS);
  return { snapshot, rests };
}

function laidOut(machine: Machine): string {
  const root = join(temporaryDirectory(), 'root');
  mkdirSync(root);
  writeMachine(root, machine);
  return root;
}

for (const [name, machine] of Object.entries(MACHINES)) {
  suite(`the rests of a scan, ${name}`, () => {
    test('every change of a place is detected, even if its time is restored', async () => {
      const root = laidOut(machine(Date.now()));
      const { rests } = await scan(root);
      assert.equal(changedSince(rests), null);
      let changes = 0;
      // The deepest first: its parents still exist then.
      const places = [...rests.places].flatMap(([chapter, stamps]) =>
        [...stamps].map(([path, stamp]) => ({ chapter, path, stamp })),
      );
      places.sort((a, b) => b.path.length - a.path.length || (b.stamp < a.stamp ? -1 : 1));
      for (const { chapter, path, stamp } of places) {
        const alone = { unproven: new Map(), places: new Map([[chapter, new Map([[path, stamp]])]]) };
        for (const change of changesOf(path, stamp)) {
          change();
          changes++;
          assert.notEqual(changedSince(alone), null, `${change.name} ${path}`);
        }
      }
      assert.ok(changes > 300, `${changes}`);
    });

    test('whenever a scan would read something else, a place has changed', async () => {
      const root = laidOut(machine(Date.now()));
      const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
        (path) => /^(boot|etc|lib|proc|sys|usr|var)\//.test(path) && lstatSync(join(root, path)).isFile(),
      );
      let different = 0;
      const property = fc.asyncProperty(
        fc.constantFrom(...files),
        fc.constantFrom(...ANYWHERE),
        async (file, change) => {
          const path = join(root, file);
          if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return;
          const before = await scan(root);
          change(path);
          const why = changedSince(before.rests);
          const after = await scan(root);
          if (JSON.stringify(after.snapshot) === JSON.stringify(before.snapshot)) return;
          different++;
          assert.notEqual(why, null, `${change.name} ${file}`);
        },
      );
      // In most files only a few names matter; in this one each byte does.
      await fc.assert(property, { numRuns: 12, examples: [[CONFIG, ANYWHERE[0]]] });
      assert.ok(different > 0);
    });
  });
}

test('a partial scan keeps the rests of the other parts, and has none without the file', async () => {
  const root = laidOut(inSync(Date.now()));
  const { snapshot, rests } = await scan(root);
  const recorder = createRecorder({ root, startedAt: Date.now() });
  const options = { preferences: DEFAULT_PREFERENCES, takenAt: 0, hashImages: false, recorder };
  const earlier = { snapshot, parts: new Set(['docker'] as const) };
  await readSnapshot(openRoot(root, undefined, undefined, recorder), options, earlier);
  const partly = recorder.recorded();
  assert.deepEqual([...partly.begun].sort(), ['docker', 'each']);
  const joined = joinRests({ scan: 'b', root }, partly, rests);
  assert.deepEqual(namesOf(joined), namesOf(rests));
  assert.equal(changedSince(joined), null);
  assert.match(changedSince(joinRests({ scan: 'b', root }, partly, null)) ?? '', /not on record/);
});

test('a place that changed while it was read proves nothing', async () => {
  const root = laidOut(inSync(Date.now()));
  const recorder = createRecorder({ root, startedAt: Date.now() });
  appendFileSync(join(root, 'etc/fstab'), '\n');
  const opened = openRoot(root, undefined, undefined, recorder);
  assert.ok(opened.readText('/etc/fstab').known);
  assert.match([...recorder.recorded().unproven.values()].join(), /\/etc\/fstab changed as it was read/);
});

test('names in a directory that is not public are not public', () => {
  const root = laidOut(inSync(Date.now()));
  const isPublic = (): boolean => {
    const recorder = createRecorder({ root, startedAt: Date.now() });
    openRoot(root, undefined, undefined, recorder).list('/boot/grub');
    return recorder.recorded().isPublic;
  };
  assert.ok(isPublic());
  chmodSync(join(root, 'boot'), 0o700);
  assert.ok(!isPublic());
});

function namesOf({ places }: Rests): [Chapter, string[]][] {
  // There can be more places above them: another part of the scan had recorded those.
  return [...places]
    .filter(([chapter]) => chapter !== 'way')
    .map(([chapter, stamps]): [Chapter, string[]] => [chapter, [...stamps.keys()].sort()])
    .sort();
}

type Change = () => void;

/** Every possible change of a place of that kind, one after the other. */
function changesOf(path: string, stamp: string): Change[] {
  if (stamp === '-')
    return [
      function create() {
        put(path);
      },
    ];
  if (stamp.startsWith('w'))
    return [
      function open() {
        chmodSync(path, 0o1777);
      },
    ];
  const stats = lstatSync(path, { throwIfNoEntry: false });
  // The previous change left something in place of a directory above it.
  if (stats === undefined) return [];
  if (stats.isSymbolicLink())
    return [
      function relink() {
        relinked(path);
      },
      function remove() {
        rmSync(path);
      },
    ];
  if (stats.isDirectory())
    return [
      function fill() {
        filled(path, stats);
      },
      function move() {
        renameSync(path, `${path}.moved`);
      },
    ];
  return [
    function rewrite() {
      rewritten(path, stats);
    },
    function touch() {
      utimesSync(path, stats.atime, stats.mtime);
    },
    function replace() {
      replaced(path, stats);
    },
    function remove() {
      rmSync(path);
    },
  ];
}

/** Creates a file and the directories above it. */
function put(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '', { flag: 'wx' });
  } catch {
    // The directories above it were created before, so they exist as well.
  }
}

function rewritten(path: string, { size, atime, mtime }: Stats): void {
  const bytes = readFileSync(path);
  for (let at = 0; at < size; at++) bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  utimesSync(path, atime, mtime);
}

function replaced(path: string, { atime, mtime }: Stats): void {
  copyFileSync(path, `${path}.new`);
  utimesSync(`${path}.new`, atime, mtime);
  renameSync(`${path}.new`, path);
}

function relinked(path: string): void {
  const target = readlinkSync(path);
  rmSync(path);
  symlinkSync(target, path);
}

function filled(path: string, { atime, mtime }: Stats): void {
  writeFileSync(join(path, '.filled'), '');
  rmSync(join(path, '.filled'));
  utimesSync(path, atime, mtime);
}

const CONFIG = 'usr/src/linux-6.1.192-gentoo/.config';

const ANYWHERE: readonly [(path: string) => void, ...((path: string) => void)[]] = [
  function append(path: string) {
    const { atime, mtime } = lstatSync(path);
    appendFileSync(path, 'x');
    utimesSync(path, atime, mtime);
  },
  function empty(path: string) {
    writeFileSync(path, '');
  },
  function remove(path: string) {
    rmSync(path);
  },
];

test('the times of a file that another user may have mapped into memory prove nothing', {
  skip: process.getuid?.() === 0 ? false : 'needs root, to give a file to another user',
}, async () => {
  const tree = join(realpathSync(temporaryDirectory()), 'tree');
  mkdirSync(tree);
  writeFileSync(join(tree, 'Makefile'), 'VERSION = 6\n');
  const doubts = (): readonly string[] => {
    const recorder = createRecorder({ root: '/', startedAt: Date.now() });
    openRoot('/', undefined, undefined, recorder).readText(join(tree, 'Makefile'));
    return [...recorder.recorded().unproven.values()];
  };
  await sleep(TICKS);
  assert.deepEqual(doubts(), []);
  chownSync(tree, 1000, 1000);
  chownSync(join(tree, 'Makefile'), 1000, 1000);
  await sleep(TICKS);
  assert.deepEqual(doubts(), [
    `${join(tree, 'Makefile')} is where another user can change it without a trace`,
  ]);
});

test('whole seconds as times prove nothing within two seconds', () => {
  const [second, ms] = [1_000_000_000n, 1_000_000n];
  const noon = 1_795_867_200n * second;
  const after = (span: number): number => Number(noon / ms) + span;
  assert.equal(mayChangeUnseen([noon, noon], after(1_500)), true, 'FAT');
  assert.equal(mayChangeUnseen([noon, noon], after(2_100)), false);
  assert.equal(mayChangeUnseen([noon, noon + 1n], after(1_500)), false);
  assert.equal(mayChangeUnseen([noon, noon + 1n], after(10)), true);
});
