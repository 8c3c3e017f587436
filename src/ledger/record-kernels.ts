import type { BuildFacts, KernelIdentity } from '../model/build.ts';
import { comesCompiled } from '../model/comes-compiled.ts';
import { patchOverall } from '../model/patch-overall.ts';
import type { PackageKind } from '../model/portage.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Tree } from '../model/tree.ts';
import { type CauseCandidate, causeOfPatchChange, isLoss } from './causes.ts';
import type { Ledger } from './open-ledger.ts';
import { numberIn, numberOrNull, type Row, rowOf, rowsOf, textIn, textOrNull } from './row.ts';
import { statement } from './statements.ts';

/** Records changes of sources, builds, images, boots and modules. Without a change there is no row. */
export function recordKernels(ledger: Ledger, snapshot: Snapshot, at: number): void {
  for (const tree of snapshot.sources.trees) {
    recordPatchState(ledger, snapshot, tree, at);
    for (const build of tree.builds) recordBuild(ledger, snapshot, tree, build, at);
  }
  recordImages(ledger, snapshot, at);
  recordBoot(ledger, snapshot, at);
  recordModules(ledger, snapshot, at);
}

function recordPatchState(ledger: Ledger, snapshot: Snapshot, tree: Tree, at: number): void {
  const patch = patchOverall(tree);
  // Unknown is no state: the last known state stays.
  if (patch.state === 'unknown') return;
  const last = lastPatchState(ledger, tree.path);
  const from = STATES.find((state) => state === last?.state) ?? null;
  const appliedBefore = last === null ? null : numberOrNull(last, 'applied_at');
  const again = patch.state !== 'absent' && patch.appliedAt !== null && appliedBefore !== patch.appliedAt;
  if (from === patch.state && !again) return;
  const change = {
    from,
    to: patch.state,
    seenAt: at,
    appliedAt: patch.appliedAt,
    owner: tree.owner,
    patchers: cpvsOf(snapshot, 'aufs'),
    causeBefore: last === null ? null : numberOrNull(last, 'cause'),
  };
  // A tree that was never patched needs no cause for that.
  const cause =
    change.from === null && patch.state === 'absent'
      ? null
      : causeOfPatchChange(change, candidates(ledger, change));
  const version = tree.aufsVersion.known ? tree.aufsVersion.value : null;
  const sql =
    'INSERT INTO patch_state (tree, at, state, aufs_version, applied_at, cause) VALUES (?, ?, ?, ?, ?, ?)';
  statement(ledger.database, sql).run(
    tree.path,
    isLoss(change) ? (cause?.at ?? at) : (patch.appliedAt ?? at),
    patch.state,
    version,
    patch.appliedAt,
    cause?.id ?? null,
  );
}

const STATES = ['whole', 'partial', 'absent'] as const;

function cpvsOf(snapshot: Snapshot, kind: PackageKind): string[] {
  return snapshot.portage.packages.filter(({ kinds }) => kinds.includes(kind)).map(({ cpv }) => cpv);
}

const HOUR = 3_600_000;

function candidates(ledger: Ledger, change: { seenAt: number; appliedAt: number | null }): CauseCandidate[] {
  // Only events around the two times: a patch can have been applied years ago, and later merges are no candidates.
  const sql = `SELECT id, at, what, cpv FROM package_event
    WHERE at BETWEEN @seen - ${HOUR} AND @seen + ${HOUR} OR at BETWEEN @applied - ${HOUR} AND @applied + ${HOUR} ORDER BY at`;
  const times = { seen: change.seenAt, applied: change.appliedAt ?? change.seenAt };
  return rowsOf(statement(ledger.database, sql).all(times)).flatMap((row) => {
    const what = textIn(row, 'what');
    if (what !== 'merged' && what !== 'removed' && what !== 'setup') return [];
    return [{ id: numberIn(row, 'id'), at: numberIn(row, 'at'), what, cpv: textIn(row, 'cpv') }];
  });
}

function lastPatchState(ledger: Ledger, tree: string): Row | null {
  const sql = 'SELECT id, state, applied_at, cause FROM patch_state WHERE tree = ? ORDER BY id DESC LIMIT 1';
  return rowOf(statement(ledger.database, sql).get(tree));
}

function recordBuild(ledger: Ledger, snapshot: Snapshot, tree: Tree, build: BuildFacts, at: number): void {
  const { release, utsVersion, buildId } = build.identity;
  const complete = build.state.known && build.state.value === 'complete';
  if (!complete || !release.known || !utsVersion.known || buildRow(ledger, build.identity) !== null) return;
  const builtAt = build.builtAt.known ? build.builtAt.value : at;
  // It was made of the last recorded state of the sources before it, unless its symbols contradict that: then the sources
  // changed between two scans.
  const before = 'SELECT id, state FROM patch_state WHERE tree = ? AND at <= ? ORDER BY id DESC LIMIT 1';
  const patch = rowOf(statement(ledger.database, before).get(tree.path, builtAt));
  const carried = carriedState(tree, build);
  const owner = snapshot.portage.packages.find(({ cpv }) => cpv === tree.owner);
  const agrees = patch !== null && !isOpposite(carried, patch.state);
  const sql = `INSERT INTO kernel_build
    (tree, directory, release, uts_version, build_id, number, at, compiler, config_hash, patch_state,
      carried, came_with)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  statement(ledger.database, sql).run(
    tree.path,
    build.directory,
    release.value,
    utsVersion.value,
    buildId.known ? buildId.value : null,
    build.number.known ? build.number.value : null,
    builtAt,
    build.compiler.known ? build.compiler.value : null,
    build.builtConfig.known ? build.builtConfig.value.hash : null,
    agrees ? numberIn(patch, 'id') : null,
    carried,
    owner !== undefined && comesCompiled(owner) ? owner.cpv : null,
  );
}

/** A partial patch can compile to all of it or to nothing, so only `whole` and `absent` contradict each other. */
function isOpposite(carried: string | null, state: unknown): boolean {
  return (carried === 'whole' && state === 'absent') || (carried === 'absent' && state === 'whole');
}

/** How much of the patch set for its tree is in a build, by its symbols; null: the symbols do not show it. */
function carriedState(tree: Tree, build: BuildFacts): 'whole' | 'partial' | 'absent' | null {
  const answers = patchOverall(tree).required.map((component) => build.carries[component]);
  const told = answers.flatMap((answer) => (answer.known ? [answer.value] : []));
  if (told.length === 0) return null;
  if (told.every((carries) => !carries)) return 'absent';
  if (told.length < answers.length) return null;
  return told.every((carries) => carries) ? 'whole' : 'partial';
}

function buildRow(ledger: Ledger, { release, utsVersion }: KernelIdentity): number | null {
  if (!release.known || !utsVersion.known) return null;
  const sql = 'SELECT id FROM kernel_build WHERE release = ? AND uts_version = ?';
  const row = rowOf(statement(ledger.database, sql).get(release.value, utsVersion.value));
  return row === null ? null : numberIn(row, 'id');
}

function recordImages(ledger: Ledger, snapshot: Snapshot, at: number): void {
  const { images } = snapshot.boot;
  if (!images.known) return;
  const rows = rowsOf(
    statement(ledger.database, 'SELECT id, path, at, hash FROM image WHERE gone_at IS NULL').all(),
  );
  const there = new Map(rows.map((row) => [textIn(row, 'path'), row]));
  for (const image of images.value) {
    const { path, mtime, identity } = image;
    const hash = image.hash.known ? image.hash.value : null;
    const last = there.get(path);
    there.delete(path);
    const before = last === undefined ? null : textOrNull(last, 'hash');
    const differs = before !== null && hash !== null && before !== hash;
    if (last !== undefined && numberIn(last, 'at') === mtime && !differs) {
      if (before === null && hash !== null) setHash(ledger, numberIn(last, 'id'), hash);
      continue;
    }
    if (last !== undefined) markGone(ledger, 'image', numberIn(last, 'id'), at);
    const sql = 'INSERT INTO image (path, at, release, uts_version, build, hash) VALUES (?, ?, ?, ?, ?, ?)';
    const { release, utsVersion } = identity;
    const names = [release.known ? release.value : null, utsVersion.known ? utsVersion.value : null];
    statement(ledger.database, sql).run(path, mtime, ...names, buildRow(ledger, identity), hash);
  }
  for (const row of there.values()) markGone(ledger, 'image', numberIn(row, 'id'), at);
}

function setHash(ledger: Ledger, id: number, hash: string): void {
  statement(ledger.database, 'UPDATE image SET hash = ? WHERE id = ?').run(hash, id);
}

function recordBoot(ledger: Ledger, { running }: Snapshot, at: number): void {
  const { release, utsVersion } = running.identity;
  if (!running.bootId.known || !release.known || !utsVersion.known) return;
  const bootId = running.bootId.value;
  const row = rowOf(statement(ledger.database, 'SELECT last_seen FROM boot WHERE boot_id = ?').get(bootId));
  if (row !== null) {
    // Not at each cycle: that would keep the disk awake, and the minute does not matter.
    if (at - numberIn(row, 'last_seen') < HOUR) return;
    statement(ledger.database, 'UPDATE boot SET last_seen = ? WHERE boot_id = ?').run(at, bootId);
    return;
  }
  const sql =
    'INSERT INTO boot (boot_id, at, last_seen, release, uts_version, build) VALUES (?, ?, ?, ?, ?, ?)';
  const bootedAt = running.bootedAt.known ? running.bootedAt.value : at;
  statement(ledger.database, sql).run(
    bootId,
    bootedAt,
    at,
    release.value,
    utsVersion.value,
    buildRow(ledger, running.identity),
  );
}

function recordModules(ledger: Ledger, snapshot: Snapshot, at: number): void {
  const sql = 'SELECT id, path, at, build_id FROM module_file WHERE gone_at IS NULL';
  const there = new Map(
    rowsOf(statement(ledger.database, sql).all()).map((row) => [textIn(row, 'path'), row]),
  );
  for (const file of snapshot.modules.flatMap(({ modules }) => modules)) {
    const last = there.get(file.path);
    there.delete(file.path);
    const buildId = file.info.known ? file.info.value.buildId : null;
    const same =
      last !== undefined && numberIn(last, 'at') === file.mtime && textOrNull(last, 'build_id') === buildId;
    if (same) continue;
    if (last !== undefined) markGone(ledger, 'module_file', numberIn(last, 'id'), at);
    const insert = 'INSERT INTO module_file (path, at, build_id, version, owner) VALUES (?, ?, ?, ?, ?)';
    const version = file.info.known ? file.info.value.version : null;
    statement(ledger.database, insert).run(file.path, file.mtime, buildId, version, file.owner);
  }
  for (const row of there.values()) markGone(ledger, 'module_file', numberIn(row, 'id'), at);
}

function markGone(ledger: Ledger, table: 'image' | 'module_file', id: number, at: number): void {
  statement(ledger.database, `UPDATE ${table} SET gone_at = ? WHERE id = ?`).run(at, id);
}
