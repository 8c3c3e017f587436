import * as z from 'zod';
import type { KernelExport } from '../model/abi.ts';
import type { ModuleExport, ModuleImport } from '../model/module.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isRecord } from '../model/untrusted.ts';
import { compactRecords, DEPTH_MAX, expandRecords } from './module-records.ts';

/**
 * The compact form of a Snapshot, for a file. A module imports hundreds of symbols; built for seven kernels, it imports
 * the same ones seven times, and each kernel lists them again. In the compact form each name is stored once, in `names`,
 * and each list of names once, in `lists`, as the indexes of the names. A table of symbols is the index of its list, and
 * the CRCs in hexadecimal, eight digits each, dots for none. For the records of module files see module-records.ts.
 */
export function compactSnapshot(snapshot: Snapshot): unknown {
  const names = new Map<string, number>();
  const lists = new Map<string, number>();
  const listOf = (tokens: readonly string[]): number =>
    numberIn(lists, tokens.map((token) => numberIn(names, token).toString(RADIX)).join(' '));
  const tables = walk(snapshot, (key, value) => compacted(key, value, listOf));
  const { files, ...records } = compactRecords(moduleFiles(tables));
  const held: Held = { names: [...names.keys()].join(' '), lists: [...lists.keys()], ...records };
  return { ...withModuleFiles(tables, files), held };
}

/** Reverses compactSnapshot(). Any other value is returned unchanged; the form of a snapshot refuses it later. */
export function expandSnapshot(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const form = heldForm.safeParse(value.held);
  if (!form.success) return value;
  const { held: _, ...rest } = value;
  const { lists, forms, texts } = form.data;
  const names = form.data.names.split(' ');
  const tokensOf = (number: unknown): readonly string[] | null => {
    const text = typeof number === 'number' ? lists[number] : undefined;
    if (text === undefined) return null;
    const tokens = text === '' ? [] : text.split(' ').map((digits) => names[Number.parseInt(digits, RADIX)]);
    return tokens.every((token) => token !== undefined) ? tokens : null;
  };
  const files = expandRecords(moduleFiles(rest), { forms, texts });
  return walk(withModuleFiles(rest, files), (key, part) => expanded(key, part, tokensOf));
}

/** Indexes of names are written in base 36. */
const RADIX = 36;

const heldForm = z.object({
  names: z.string(),
  lists: z.array(z.string()),
  forms: z.array(z.array(z.string())),
  texts: z.array(z.string()),
});

type Held = z.infer<typeof heldForm>;

function numberIn(map: Map<string, number>, key: string): number {
  const number = map.get(key) ?? map.size;
  map.set(key, number);
  return number;
}

/** The module files of each release of a Snapshot. */
function moduleFiles(snapshot: unknown): unknown[] {
  const releases = isRecord(snapshot) && Array.isArray(snapshot.modules) ? snapshot.modules : [];
  return releases.map((release: unknown) => (isRecord(release) ? release.modules : undefined));
}

function withModuleFiles(snapshot: unknown, files: readonly unknown[]): Readonly<Record<string, unknown>> {
  if (!isRecord(snapshot)) return {};
  if (!Array.isArray(snapshot.modules)) return snapshot;
  const releases = snapshot.modules.map((release: unknown, index) =>
    isRecord(release) ? { ...release, modules: files[index] } : release,
  );
  return { ...snapshot, modules: releases };
}

type Change = (key: string, value: unknown) => unknown;

/** Copies a value. `change` returns a replacement, or undefined: then its parts are copied. Too deep parts become null. */
function walk(value: unknown, change: Change, depth = 0): unknown {
  if (depth > DEPTH_MAX) return null;
  if (Array.isArray(value)) return value.map((item) => walk(item, change, depth + 1));
  if (!isRecord(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value))
    copy[key] = change(key, part) ?? walk(part, change, depth + 1);
  return copy;
}

/** Names of symbols and namespaces. A table with other names (from a forged file) is not compacted. */
const NAME = /^[\w.$]+$/;
const NAMESPACE = /^[\w.$:,*-]*$/;

function compacted(key: string, value: unknown, listOf: (tokens: readonly string[]) => number): unknown {
  switch (key) {
    case 'imports':
      return table(value, isImport, ({ name, weak }) => `${name}${weak ? '?' : ''}`, listOf);
    case 'exports':
      return table(value, isExport, tokenOf, listOf);
    case 'symbols':
      return isRecord(value) ? bySource(value, listOf) : undefined;
    default:
      return undefined;
  }
}

function table<T extends { readonly crc: number | null }>(
  value: unknown,
  is: (item: unknown) => item is T,
  token: (item: T) => string,
  listOf: (tokens: readonly string[]) => number,
): unknown {
  if (!Array.isArray(value) || !value.every(is)) return undefined;
  return { list: listOf(value.map(token)), crcs: value.map(({ crc }) => digits(crc)).join('') };
}

/** The exports of a kernel, grouped by the file that exports them. */
function bySource(
  symbols: Readonly<Record<string, unknown>>,
  listOf: (tokens: readonly string[]) => number,
): unknown {
  const groups = new Map<string, (KernelExport & { readonly name: string })[]>();
  for (const [name, found] of Object.entries(symbols)) {
    if (!NAME.test(name) || !isKernelExport(found)) return undefined;
    const group = groups.get(found.from) ?? [];
    group.push({ ...found, name });
    groups.set(found.from, group);
  }
  const tables: { readonly from: string; readonly table: unknown }[] = [];
  for (const [from, group] of groups) {
    tables.push({
      from,
      table: { list: listOf(group.map(tokenOf)), crcs: group.map(({ crc }) => digits(crc)).join('') },
    });
  }
  return { tables };
}

/** `NAME`, then `*` for GPL only or `%` for not known, then `@NAMESPACE`, or `@%` where that is not known. */
function tokenOf({
  name,
  gplOnly,
  namespace,
}: {
  readonly name: string;
  readonly gplOnly: boolean | null;
  readonly namespace: string | null;
}): string {
  const gpl = gplOnly === null ? '%' : gplOnly ? '*' : '';
  return `${name}${gpl}${namespace === '' ? '' : `@${namespace ?? '%'}`}`;
}

const NO_CRC = '........';

function digits(crc: number | null): string {
  return crc === null ? NO_CRC : crc.toString(16).padStart(8, '0');
}

function expanded(
  key: string,
  value: unknown,
  tokensOf: (number: unknown) => readonly string[] | null,
): unknown {
  if (!isRecord(value)) return undefined;
  if (key === 'imports') return rows(value, tokensOf)?.map(asImport);
  if (key === 'exports' && 'list' in value) return rows(value, tokensOf)?.map(asExport);
  if (key !== 'symbols' || !Array.isArray(value.tables)) return undefined;
  const symbols: Record<string, unknown> = {};
  for (const { from, table } of value.tables.filter(isRecord)) {
    const found = isRecord(table) ? rows(table, tokensOf) : null;
    if (found === null || found === undefined) return undefined;
    for (const { name, ...rest } of found.map(asExport)) symbols[name] = { ...rest, from };
  }
  return symbols;
}

interface Row {
  readonly token: string;
  readonly crc: number | null;
}

function rows(
  { list, crcs }: Readonly<Record<string, unknown>>,
  tokensOf: (number: unknown) => readonly string[] | null,
): readonly Row[] | null {
  const tokens = tokensOf(list);
  if (tokens === null || typeof crcs !== 'string' || crcs.length !== tokens.length * 8) return null;
  return tokens.map((token, index) => {
    const text = crcs.slice(index * 8, index * 8 + 8);
    return { token, crc: text === NO_CRC ? null : Number.parseInt(text, 16) };
  });
}

function asImport({ token, crc }: Row): ModuleImport {
  const weak = token.endsWith('?');
  return { name: weak ? token.slice(0, -1) : token, crc, weak };
}

function asExport({ token, crc }: Row): Omit<KernelExport, 'from'> & { readonly name: string } {
  const at = token.indexOf('@');
  const head = at === -1 ? token : token.slice(0, at);
  const namespace = at === -1 ? '' : token.slice(at + 1);
  const gplOnly = head.endsWith('%') ? null : head.endsWith('*');
  return {
    name: gplOnly === false ? head : head.slice(0, -1),
    crc,
    gplOnly,
    namespace: namespace === '%' ? null : namespace,
  };
}

function hasCrc(value: unknown): value is { name?: unknown; crc: number | null } {
  if (!isRecord(value)) return false;
  const { crc } = value;
  return crc === null || (Number.isInteger(crc) && Number(crc) >= 0 && Number(crc) <= 0xffffffff);
}

function isImport(value: unknown): value is ModuleImport {
  return hasCrc(value) && 'weak' in value && isName(value.name);
}

function isExport(value: unknown): value is ModuleExport {
  return hasCrc(value) && 'gplOnly' in value && isName(value.name) && hasNamespace(value);
}

function isKernelExport(value: unknown): value is KernelExport {
  return hasCrc(value) && 'gplOnly' in value && 'from' in value && hasNamespace(value);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && NAME.test(value);
}

function hasNamespace(value: object): boolean {
  const namespace = 'namespace' in value ? value.namespace : undefined;
  return namespace === null || (typeof namespace === 'string' && NAMESPACE.test(namespace));
}
