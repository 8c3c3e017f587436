import type { AufsTried, Outcome } from '../../model/rehearsal.ts';
import type { LoadAnswer } from '../../verdict/load-answer.ts';
import { listed } from '../../verdict/words.ts';
import type { Terminal } from '../terminal.ts';
import { plain } from './style.ts';
import { table } from './table.ts';
import { wrap } from './wrap.ts';

/** A module in the table of a rehearsal. */
export interface Row {
  readonly module: string;
  readonly foretold: 'loads' | 'refused' | 'unknown';
  readonly seen: 'loads' | 'refused' | 'unclear';
  /** Does the rehearsal contradict the prediction? */
  readonly contradicts: boolean;
  /** The kernel's message, or why the result is unclear; '': nothing. */
  readonly words: string;
  /** The initramfs whose version of the module was loaded, where it differs from the disk; null: that on disk was. */
  readonly initramfs: string | null;
}

const FORETOLD = { yes: 'loads', no: 'refused', unknown: 'unknown' } as const;

/** `left`: why the module was not tried; null: it was. */
export function rowOf(
  module: string,
  answer: LoadAnswer,
  outcome: Outcome | null,
  left: string | null,
  initramfs: string | null,
): Row {
  const foretold = FORETOLD[answer.is];
  const seen = seenIn(outcome);
  const contradicts = foretold !== 'unknown' && seen !== 'unclear' && foretold !== seen;
  return { module, foretold, seen, contradicts, words: wordsOf(module, outcome, left), initramfs };
}

/** The exit status. 0: all load; 2: one is refused, or AUFS cannot be used; 3: one is unclear. */
export function rehearsalStatus(rows: readonly Row[], aufs: AufsTried | null): number {
  if (rows.some(({ seen }) => seen === 'refused') || aufs?.is === 'fails') return 2;
  return rows.some(({ seen }) => seen === 'unclear') ? 3 : 0;
}

export function rehearsalText(
  {
    name,
    image,
    enforced,
  }: { readonly name: string; readonly image: string; readonly enforced: boolean | null },
  rows: readonly Row[],
  aufs: AufsTried | null,
  terminal: Terminal,
): string {
  const head = ['module', 'foretold', 'seen', "the kernel's words"];
  const cells = rows.map(({ module, foretold, seen, words }) => [module, foretold, seen, words]);
  const contradicted = rows.filter(({ contradicts }) => contradicts).map(({ module }) => module);
  const parts = [
    `${name} (${image}) in QEMU`,
    ...(rows.length > 0 ? [table([head, ...cells])] : []),
    ...heldTexts(rows).map((text) => wrap(text, terminal.width, '')),
    ...(aufs === null ? [] : [wrap(aufsText(aufs), terminal.width, '')]),
    ...(enforced === null ? [wrap(UNENFORCED, terminal.width, '')] : []),
    ...(contradicted.length > 0
      ? [
          wrap(
            `The program was wrong about ${contradicted.join(', ')}. That is a bug: please report it with the output of "aufswatch snapshot" and of this command.`,
            terminal.width,
            '',
          ),
        ]
      : []),
  ];
  return `${plain(terminal, parts.join('\n\n'))}\n`;
}

function heldTexts(rows: readonly Row[]): string[] {
  const places = [...new Set(rows.flatMap(({ initramfs }) => initramfs ?? []))];
  return places.map((place) => {
    const names = rows.filter(({ initramfs }) => initramfs === place).map(({ module }) => module);
    const what = names.length === 1 ? 'another version' : 'other versions';
    return `Of ${listed(names)} ${place} holds ${what} than the disk. That is what the next boot gets, and what was loaded here.`;
  });
}

const UNENFORCED =
  'Whether this machine makes the kernel insist on signatures (Secure Boot) is not known; in QEMU nothing did.';

function seenIn(outcome: Outcome | null): Row['seen'] {
  switch (outcome?.is) {
    case 'loads':
    case 'init-failed':
      return 'loads';
    case 'refused':
      return 'refused';
    default:
      return 'unclear';
  }
}

function wordsOf(module: string, outcome: Outcome | null, left: string | null): string {
  switch (outcome?.is) {
    case 'loads':
      return '';
    case 'init-failed':
      return `its init fails (${outcome.error}): here is no such device, perhaps`;
    case 'refused':
      return said(module, outcome.words) ?? outcome.error;
    case 'unclear':
      return outcome.why;
    default:
      return left ?? 'it was not tried';
  }
}

/** The line that names the module, else the first. */
function said(module: string, words: readonly string[]): string | null {
  return words.find((line) => line.replaceAll('-', '_').includes(module)) ?? words[0] ?? null;
}

function aufsText(aufs: AufsTried): string {
  if (aufs.is === 'works') return 'aufs: mounted over two branches, written to, read, whited out, unmounted.';
  return `aufs: it cannot ${aufs.step} (${aufs.error}). ${aufs.words.join(' ')}`.trim();
}
