/** modules.dep and modules.softdep of one release: what modprobe loads before a module. */
export interface LoadOrder {
  /** Paths below the release's directory, in the order in which they are loaded, the module itself last. */
  of(path: string): readonly string[];
  /** Where a module of this name is; null: depmod knows none. */
  pathOf(name: string): string | null;
}

/** What a module needs, and those again, are seldom more than twenty. */
const CHAIN_MAX = 200;

/** Both texts as depmod writes them; a path that leads out of the directory is left out. */
export function loadOrder(dep: string, softdep: string): LoadOrder {
  const needs = new Map(dep.split('\n').flatMap(readDep));
  const byName = new Map([...needs.keys()].map((path) => [nameOf(path), path]));
  const before = new Map(softdep.split('\n').flatMap(readSoftdep));

  return { of: (path) => chainOf(path), pathOf: (name) => byName.get(nameOf(name)) ?? null };

  function chainOf(asked: string): string[] {
    const order: string[] = [];
    visit(asked, new Set());
    return order;

    /** Soft dependencies may lead in a circle; modprobe stops there as well. */
    function visit(path: string, above: ReadonlySet<string>): void {
      if (order.includes(path) || above.has(path) || order.length >= CHAIN_MAX) return;
      const within = new Set([...above, path]);
      const soft = (before.get(nameOf(path)) ?? []).flatMap((name) => byName.get(name) ?? []);
      for (const other of soft) visit(other, within);
      // depmod lists what is needed first last.
      for (const other of (needs.get(path) ?? []).toReversed()) visit(other, within);
      order.push(path);
    }
  }
}

function readDep(line: string): [string, string[]][] {
  const colon = line.indexOf(':');
  if (colon <= 0) return [];
  const paths = [line.slice(0, colon), ...line.slice(colon + 1).split(' ')].filter((word) => word !== '');
  if (paths.some((path) => path.startsWith('/') || path.split('/').includes('..'))) return [];
  const [path = '', ...needed] = paths;
  return [[path, needed]];
}

/** `softdep NAME pre: A B post: C`: those after `pre:`. */
function readSoftdep(line: string): [string, string[]][] {
  const match = /^softdep\s+(\S+)\s.*?\bpre:\s*((?:(?!\bpost:).)*)/.exec(line);
  if (match === null) return [];
  return [[nameOf(match[1] ?? ''), (match[2] ?? '').split(/\s+/).filter(Boolean).map(nameOf)]];
}

/** As the kernel names it: `_` for `-`. */
function nameOf(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.ko(\.\w+)?$/, '')
    .replaceAll('-', '_');
}
