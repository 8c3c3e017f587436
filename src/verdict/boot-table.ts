import type { Loader, LoaderEntry } from '../model/boot.ts';
import type { Fact } from '../model/fact.ts';
import type { NextBoot } from '../model/verdict.ts';
import { makeDefault, startOnce } from './boot-menu.ts';
import { type LoadAnswer, loadAnswer } from './load-answer.ts';
import { loaderInForce } from './loader-in-force.ts';
import { moduleNames } from './matrix.ts';
import { kernelOfImage, type Situation } from './situation.ts';

/** The entries of this machine's boot loader, and the modules that each would have. */
export interface BootTable {
  readonly nextBoot: NextBoot;
  /** The loader in force; null: it is not known which, and the entries are those of all. */
  readonly loader: { readonly kind: Loader['kind']; readonly config: string } | null;
  /** Why the loader in force is not known; null: it is. */
  readonly why: string | null;
  readonly entries: readonly BootRow[];
  /** Parts of the loaders' configuration that could not be followed. */
  readonly gaps: readonly string[];
}

export interface BootRow {
  readonly id: string;
  readonly title: string;
  readonly config: string;
  /** `next` starts at the next boot, `once` only then; `default` from then on. */
  readonly marks: readonly ('next' | 'once' | 'default')[];
  /** Path of the image; unknown where the entry cannot be followed, null where it starts no kernel. */
  readonly image: Fact<string> | null;
  /** Release and build number, as `6.1.192-gentoo #3`; null: not known. */
  readonly kernel: string | null;
  readonly initramfs: readonly string[];
  /** Which of the modules that matter here this kernel would have. */
  readonly modules: readonly { readonly name: string; readonly answer: LoadAnswer }[];
  /** Is it known that it would have all of them? */
  readonly hasAll: boolean;
  /** Commands that start it; null: its loader has none. */
  readonly startOnce: readonly string[] | null;
  readonly makeDefault: readonly string[] | null;
}

/** What `aufswatch boot` shows. */
export function bootTable(situation: Situation): BootTable {
  const { boot } = situation.snapshot;
  const inForce = loaderInForce(boot);
  const loaders = inForce.is === 'known' ? [inForce.loader] : boot.loaders;
  return {
    nextBoot: situation.nextBoot,
    loader: inForce.is === 'known' ? { kind: inForce.loader.kind, config: inForce.loader.config } : null,
    why: inForce.is === 'known' ? null : inForce.why,
    entries: loaders.flatMap((loader) => loader.entries.map((entry) => rowOf(situation, loader, entry))),
    gaps: loaders.flatMap(({ gaps }) => gaps),
  };
}

function rowOf(situation: Situation, loader: Loader, entry: LoaderEntry): BootRow {
  const { starts } = entry;
  const image = starts.what === 'kernel' ? starts.image.path : null;
  const kernel = image?.known ? kernelOfImage(situation, image.value) : null;
  const modules =
    kernel === null ? [] : moduleNames(situation).map((name) => ({ name, answer: loadAnswer(kernel, name) }));
  const toWords = (command: ReturnType<typeof startOnce>): readonly string[] | null =>
    command === null ? null : command.words.flatMap((word) => (typeof word === 'string' ? [word] : []));
  return {
    id: entry.id,
    title: entry.title,
    config: loader.config,
    marks: marksOf(loader, entry),
    image: starts.what === 'unknown' ? { known: false, code: 'no-data', detail: starts.why } : image,
    kernel: kernel?.name ?? null,
    initramfs: starts.what === 'kernel' ? starts.initrds.map(({ written }) => written) : [],
    modules,
    hasAll: kernel !== null && modules.every(({ answer }) => answer.is === 'yes'),
    startOnce: toWords(startOnce(loader, entry)),
    makeDefault: toWords(makeDefault(loader, entry)),
  };
}

function marksOf({ next, standing }: Loader, { id }: LoaderEntry): BootRow['marks'] {
  const isNext = next.known && next.value.entry === id;
  const isOnce = isNext && next.value.by === 'one-shot';
  const isDefault = standing.known && standing.value.entry === id;
  return [
    ...(isOnce ? (['once'] as const) : isNext ? (['next'] as const) : []),
    ...(isDefault ? (['default'] as const) : []),
  ];
}
