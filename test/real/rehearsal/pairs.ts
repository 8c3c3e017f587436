import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NO_MEMORY } from '../../../src/model/memory.ts';
import { DEFAULT_PREFERENCES } from '../../../src/model/preferences.ts';
import type { Outcome } from '../../../src/model/rehearsal.ts';
import { rehearse } from '../../../src/rehearsal/rehearse.ts';
import { readSnapshot } from '../../../src/system/read-snapshot.ts';
import { openRoot } from '../../../src/system/root.ts';
import { moduleFile } from '../../../src/verdict/kernel/kernel.ts';
import type { Loadable } from '../../../src/verdict/loadable/answer.ts';
import { assess } from '../../../src/verdict/situation.ts';
import { toRehearse } from '../../../src/verdict/to-rehearse.ts';
import { willLoad } from '../../../src/verdict/will-load.ts';

/** A module on a kernel: the prediction and the result. */
export interface Pair {
  readonly kernel: string;
  readonly module: string;
  readonly foretold: Loadable;
  readonly seen: Outcome;
}

const GUEST = join(import.meta.dirname, '../../../../dist/rehearsal-init');

export interface PairsOptions {
  /** Words for the kernel's command line, instead of those that the program reads. */
  readonly words?: readonly string[];
  /** Another architecture than that of this machine: the guest program that was compiled for it. */
  readonly other?: { readonly arch: NodeJS.Architecture; readonly guest: string };
}

/**
 * All modules of the machine under a root, on the kernel that boots next: first predicted by the program, then loaded.
 */
export async function pairsOf(
  root: string,
  timeout: number,
  { words, other }: PairsOptions = {},
): Promise<Pair[]> {
  const opened = openRoot(root);
  const options = { preferences: DEFAULT_PREFERENCES, takenAt: Date.now(), hashImages: false };
  const situation = assess(await readSnapshot(opened, options), NO_MEMORY);
  const requested = toRehearse(situation, null);
  if (typeof requested === 'string') throw new Error(requested);
  const result = await rehearse({
    root: opened,
    ...requested,
    modules: requested.modules.map(({ path }) => path),
    initramfs: null,
    aufs: false,
    words: words ?? requested.words,
    init: readFileSync(other?.guest ?? GUEST),
    arch: other?.arch ?? process.arch,
    path: process.env.PATH ?? '',
    timeout,
    signal: new AbortController().signal,
    now: Date.now,
    progress: () => {},
  });
  if (!result.ok) throw new Error(`${requested.kernel.name}: ${result.failure.detail}`);
  const unread = result.left.map(({ path, detail }) => `${path}: ${detail}`);
  if (unread.length > 0) throw new Error(unread.join('\n'));
  return requested.modules.map(({ name, path }) => {
    const file = moduleFile(requested.kernel, name);
    const seen = result.rehearsed.find((each) => each.file.path === path);
    if (file === null || seen === undefined) throw new Error(`${name} was not rehearsed`);
    const foretold = willLoad(requested.kernel, file);
    return { kernel: requested.release, module: name, foretold, seen: seen.outcome };
  });
}

/**
 * The same pairs, predicted again with fewer files: first only the configuration and the image, then only the image.
 * The rest is removed from the root for that.
 */
export async function withLess(root: string, pairs: readonly Pair[]): Promise<Pair[]> {
  const [kernel = ''] = pairs.map((pair) => pair.kernel);
  const gone = [
    [`lib/modules/${kernel}/build`, 'usr/src', `boot/System.map-${kernel}`],
    [`boot/config-${kernel}`],
  ];
  const again: Pair[] = [];
  for (const paths of gone) {
    for (const path of paths) rmSync(join(root, path), { recursive: true });
    const options = { preferences: DEFAULT_PREFERENCES, takenAt: Date.now(), hashImages: false };
    const { next } = assess(await readSnapshot(openRoot(root), options), NO_MEMORY);
    for (const pair of pairs) {
      const file = next === null ? null : moduleFile(next, pair.module);
      if (next === null || file === null) throw new Error(`${pair.module} is not there any more`);
      again.push({ ...pair, foretold: willLoad(next, file) });
    }
  }
  return again;
}

/** The mistake in a prediction; null: none. `unknown` is never wrong. */
export function disagreement({ foretold, seen }: Pair): string | null {
  if (foretold.answer === 'unknown' || seen.is === 'unclear') return null;
  const words = seen.is === 'refused' ? [seen.error, ...seen.words].join(' / ') : seen.is;
  if (foretold.answer === 'loads')
    return seen.is === 'refused' ? `it should load, and the kernel refuses it: ${words}` : null;
  if (seen.is !== 'refused') return `it should be refused (${foretold.message}), and it loads`;
  // A refusal can be certain without its message; and some refusals are only an error number.
  if (
    !foretold.quoted ||
    seen.words.length === 0 ||
    seen.words.some((line) => line.includes(foretold.message))
  )
    return null;
  return `it should be refused with "${foretold.message}", and the kernel says ${words}`;
}

/**
 * For the closing table: how many of a kernel's pairs agree, with which result and reason, and why some are unknown.
 */
export function scoreOf(pairs: readonly Pair[]): string {
  const count = (holds: (pair: Pair) => boolean): number => pairs.filter(holds).length;
  const agree = pairs.filter((pair) => disagreement(pair) === null);
  const loads = agree.filter(
    ({ foretold, seen }) => foretold.answer === 'loads' && seen.is !== 'unclear',
  ).length;
  const refused = agree.flatMap(({ foretold, seen }) =>
    foretold.answer === 'refused' && seen.is === 'refused' ? [{ foretold, seen }] : [],
  );
  const quoted = refused.filter(({ foretold, seen }) => foretold.quoted && seen.words.length > 0).length;
  const unknown = count(({ foretold }) => foretold.answer === 'unknown');
  const unclear = count(({ seen, foretold }) => seen.is === 'unclear' && foretold.answer !== 'unknown');
  const wrong = count((pair) => disagreement(pair) !== null);
  return [
    `${pairs[0]?.kernel}: ${pairs.length} pairs, ${loads} load and ${refused.length} are refused as foretold (${quoted} word for word), ${unknown} unknown, ${unclear} unclear, ${wrong} wrong`,
    ...tally(refused.map(({ foretold }) => `refused: ${foretold.reason.is}`)),
    ...tally(pairs.flatMap(({ seen }) => (seen.is === 'init-failed' ? ['its init failed'] : []))),
    ...tally(
      pairs.flatMap(({ foretold }) =>
        foretold.answer === 'unknown' ? [`unknown: ${foretold.missing}`] : [],
      ),
    ),
    ...tally(pairs.flatMap(({ seen }) => (seen.is === 'unclear' ? [`unclear: ${seen.why}`] : []))),
  ].join('\n');
}

function tally(texts: readonly string[]): string[] {
  return [...new Set(texts)]
    .toSorted()
    .map((text) => `  ${texts.filter((other) => other === text).length} ${text}`);
}
