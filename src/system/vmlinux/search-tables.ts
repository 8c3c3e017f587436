import { type Fact, known, unknown } from '../../model/fact.ts';
import type { ByteSource } from '../bytes.ts';
import { stringAt } from '../elf/sections.ts';
import { MIB } from '../open-file.ts';
import type { SymbolTables } from './symbol-table.ts';

/** Every kernel with modules exports it, not for GPL only. */
const LANDMARK = Buffer.from('module_layout\0', 'latin1');
const CHUNK = 4 * MIB;
const LANDMARKS_MAX = 16;
const CANDIDATES_MAX = 64;
/** Size of all tables and their strings. A kernel of a distribution has 800 KiB of them. */
const AROUND = 4 * MIB;
/** The linker aligns each table to this. */
const ALIGNMENT = 8;
/** A shorter run of entries may be chance. */
const ENTRIES_MIN = 16;

/**
 * Searches the tables in a plain image (arm64, riscv), which has no section headers. The linker script puts them one
 * after the other: the symbols, those for GPL, the CRCs of both, and then the texts. Each table is sorted by name, so the
 * second begins at the first name that sorts before its predecessor. Works since 5.4 (relative entries with a
 * namespace), on little-endian machines.
 */
export function searchTables(kernel: ByteSource): Fact<SymbolTables> {
  for (const text of placesOf(kernel, LANDMARK)) {
    for (const field of fieldsThatLeadTo(kernel, text)) {
      const tables = tablesAround(kernel, field - NAME_AT);
      if (tables !== null) return known(tables);
    }
  }
  return unknown('no-data', 'no table of exported symbols can be seen in it');
}

const ENTRY = 12;
const NAME_AT = 4;
const NAMESPACE_AT = 8;

function placesOf(kernel: ByteSource, wanted: Buffer): number[] {
  const places: number[] = [];
  for (let start = 0; start < kernel.size; start += CHUNK) {
    const chunk = kernel.read(start, CHUNK + wanted.length - 1);
    for (let at = chunk.indexOf(wanted); at !== -1 && at < CHUNK; at = chunk.indexOf(wanted, at + 1)) {
      places.push(start + at);
      if (places.length === LANDMARKS_MAX) return places;
    }
  }
  return places;
}

/** Offsets of the fields that point to the target, relative to themselves. */
function fieldsThatLeadTo(kernel: ByteSource, target: number): number[] {
  const fields: number[] = [];
  const begin = Math.max(0, target - AROUND) & ~3;
  for (let start = begin; start < target; start += CHUNK) {
    const chunk = kernel.read(start, Math.min(CHUNK, target - start));
    for (let at = 0; at + 4 <= chunk.length; at += 4) {
      if (chunk.readInt32LE(at) !== target - start - at) continue;
      fields.push(start + at);
      if (fields.length === CANDIDATES_MAX) return fields;
    }
  }
  return fields;
}

function tablesAround(kernel: ByteSource, entry: number): SymbolTables | null {
  const base = Math.max(0, entry - AROUND) & ~3;
  const bytes = kernel.read(base, 2 * AROUND);
  const nameOf = (at: number): string | null => {
    if (at < 0 || at + ENTRY > bytes.length) return null;
    const text = at + NAME_AT + bytes.readInt32LE(at + NAME_AT);
    const namespace = at + NAMESPACE_AT + bytes.readInt32LE(at + NAMESPACE_AT);
    // The texts come after the tables.
    if (text <= at || namespace <= at || text >= bytes.length || namespace >= bytes.length) return null;
    const name = stringAt(bytes, text);
    return /^[\w.$]+$/.test(name) ? name : null;
  };
  const start = firstOf(entry - base, nameOf);
  const [first, second] = runsFrom(start, nameOf);
  if (first === undefined || second === undefined) return null;
  const symbols = [first, second];
  const end = second.end;
  const texts = firstText(bytes, symbols);
  const counts = symbols.map((run) => (run.end - run.start) / ENTRY);
  const crcs = crcTables(bytes, end, texts, counts);
  if (crcs === null) return null;
  return {
    parts: symbols.map((run, index) => ({
      symbols: { bytes: bytes.subarray(run.start, run.end), address: BigInt(base + run.start) },
      crcs: crcs[index] ?? Buffer.alloc(0),
      gplOnly: index === 1,
    })),
    strings: { bytes: bytes.subarray(texts), address: BigInt(base + texts) },
    flags: Buffer.alloc(0),
    bits: 64,
    little: true,
  };
}

interface Run {
  readonly start: number;
  readonly end: number;
}

type NameOf = (at: number) => string | null;

/** Steps back over the entries, and over the gap that the linker may leave between two tables. */
function firstOf(entry: number, nameOf: NameOf): number {
  let at = entry;
  for (;;) {
    const before = [at - ENTRY, at - ENTRY - (ALIGNMENT - 4)].find((candidate) => nameOf(candidate) !== null);
    if (before === undefined) return at;
    at = before;
  }
}

/** Runs of entries that are sorted by name. */
function runsFrom(start: number, nameOf: NameOf): Run[] {
  const runs: Run[] = [];
  let begin = start;
  let at = start;
  let last = '';
  for (;;) {
    const name = nameOf(at);
    if (name !== null && name > last) {
      last = name;
      at += ENTRY;
      continue;
    }
    if (at > begin) runs.push({ start: begin, end: at });
    const next = [at, at + ALIGNMENT - 4].find((candidate) => nameOf(candidate) !== null);
    if (next === undefined) break;
    begin = next;
    at = next;
    last = '';
  }
  const isSound = runs.length === 2 && runs.every((run) => run.end - run.start >= ENTRIES_MIN * ENTRY);
  return isSound ? runs : [];
}

/** Offset of the first text that an entry points to. */
function firstText(bytes: Buffer, runs: readonly Run[]): number {
  let first = bytes.length;
  for (const { start, end } of runs) {
    for (let at = start; at < end; at += ENTRY)
      first = Math.min(first, at + NAME_AT + bytes.readInt32LE(at + NAME_AT));
  }
  return first;
}

/** The CRCs between the tables and the texts, or none if there is no room; null: the room fits neither. */
function crcTables(
  bytes: Buffer,
  end: number,
  texts: number,
  counts: readonly number[],
): readonly Buffer[] | null {
  const [first = 0, second = 0] = counts;
  const aligned = (at: number): number => Math.ceil(at / ALIGNMENT) * ALIGNMENT;
  if (texts - end < 2 * ALIGNMENT) return [Buffer.alloc(0), Buffer.alloc(0)];
  for (const align of [(at: number) => at, aligned]) {
    const at = align(end);
    const next = align(at + 4 * first);
    const behind = next + 4 * second;
    if (texts >= behind && texts - behind < 2 * ALIGNMENT)
      return [bytes.subarray(at, at + 4 * first), bytes.subarray(next, behind)];
  }
  return null;
}
