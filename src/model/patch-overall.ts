import type { PatchComponent } from './patch-component.ts';
import type { ComponentState, MissingPart, Tree } from './tree.ts';

/** Which parts of the patch set a tree needs, and which it has. */
export interface PatchOverall {
  /** `whole`: every required component is there. `absent`: none is known to be there. */
  readonly state: 'whole' | 'partial' | 'absent' | 'unknown';
  readonly required: readonly PatchComponent[];
  /** Required components that are wholly missing. */
  readonly absent: readonly PatchComponent[];
  readonly missing: readonly MissingPart[];
  /** The `*.rej` files with a hunk that is not in the tree. */
  readonly rejects: readonly string[];
  /**
   * Was part of it applied by hand: is a rejected hunk in the tree, or does the tree have all that a patch adds in another
   * form? Then the package of that patch removes the whole set before it applies it again, and that part is lost.
   */
  readonly mended: boolean;
  /** Newest mtime of what the patch touched, ms. */
  readonly appliedAt: number | null;
  /** The reason, for `unknown`. */
  readonly why: string;
}

/**
 * The patch state of a tree as a whole. A module needs base, mmap and standalone (which exports what it calls);
 * AUFS inside the kernel needs kbuild, base and mmap.
 */
export function patchOverall(tree: Tree): PatchOverall {
  const required = requiredComponents(tree);
  const states = required.map((component) => tree.patch.components[component]);
  const rejects = tree.patch.rejects.filter(({ state }) => state === 'open').map(({ path }) => path);
  return {
    state: overallState(states, rejects),
    required,
    absent: required.filter((component) => tree.patch.components[component].state === 'absent'),
    missing: states.flatMap((state) => (state.state === 'partial' ? state.missing : [])),
    rejects,
    mended:
      tree.patch.rejects.some(({ state }) => state === 'in-the-file') ||
      states.some((state) => state.state === 'present' && state.how === 'markers' && state.by !== null),
    appliedAt: states.reduce<number | null>((newest, state) => later(newest, state), null),
    why: states.flatMap((state) => (state.state === 'unknown' ? [state.why] : []))[0] ?? '',
  };
}

function requiredComponents(tree: Tree): PatchComponent[] {
  const setting = tree.config.known ? tree.config.value.options.AUFS_FS : undefined;
  if (setting === 'y') return ['kbuild', 'base', 'mmap'];
  if (setting === 'm') return ['kbuild', 'base', 'mmap', 'standalone'];
  return ['base', 'mmap', 'standalone'];
}

/** A rejected hunk that is not in the tree counts unless a dry run proves the contrary. */
function overallState(states: readonly ComponentState[], rejects: readonly string[]): PatchOverall['state'] {
  const rejected = rejects.length > 0;
  const isProved = states.every((state) => state.state === 'present' && state.how === 'proof');
  const has = (wanted: ComponentState['state']): boolean => states.some((state) => state.state === wanted);
  if (has('partial') || (has('present') && has('absent'))) return 'partial';
  if (has('absent')) return rejected ? 'partial' : 'absent';
  if (rejected && !isProved) return 'partial';
  return has('unknown') ? 'unknown' : 'whole';
}

function later(newest: number | null, state: ComponentState): number | null {
  if (state.state === 'unknown' || state.appliedAt === null) return newest;
  return newest === null ? state.appliedAt : Math.max(newest, state.appliedAt);
}
