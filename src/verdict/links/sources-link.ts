import type { BuildFacts } from '../../model/build.ts';
import { valueOr } from '../../model/fact.ts';
import type { PatchComponent } from '../../model/patch-component.ts';
import { patchOverall } from '../../model/patch-overall.ts';
import type { Link } from '../../model/verdict.ts';
import type { Situation } from '../situation.ts';
import { dayTime } from '../words.ts';

export function sourcesLink({ tree, build, snapshot, wanted, memory }: Situation): Link {
  const name = 'sources';
  const { selected } = snapshot.sources;
  if (tree === null) {
    const { form } = snapshot.portage;
    if (!form.known && form.code === 'missing')
      return { name, mark: 'none', identity: '-', atMs: null, reason: 'there is no Portage here' };
    const unknown = selected.state === 'unknown';
    const reason = unknown ? selected.detail : 'leads to no kernel sources';
    return { name, mark: unknown ? 'unknown' : 'broken', identity: selected.link, atMs: null, reason };
  }
  const identity = valueOr(tree.release, tree.path);
  if (wanted.answer === 'no') return { name, mark: 'ok', identity, atMs: null, reason: tree.path };
  const patch = patchOverall(tree);
  const cause = memory.trees[tree.path]?.patchChanged?.cause;
  const by = cause === undefined || cause === null ? '' : ` by ${cause.cpv}`;
  const at = patch.appliedAt;
  switch (patch.state) {
    case 'whole':
      return {
        name,
        mark: 'ok',
        identity,
        atMs: at,
        reason: at === null ? 'patched' : `patched ${dayTime(at)}${by}`,
      };
    case 'partial':
      return { name, mark: 'broken', identity, atMs: at, reason: 'only partly patched' };
    case 'absent':
      return { name, mark: 'broken', identity, atMs: null, reason: 'not patched' };
    case 'unknown': {
      const shown =
        tree.kind === 'distribution' && build !== null ? shownByKernel(build, patch.required) : null;
      if (shown === null) return { name, mark: 'unknown', identity, atMs: null, reason: patch.why };
      const reason = shown ? 'patched, as its kernel shows' : 'its kernel shows none of the patches';
      return { name, mark: shown ? 'ok' : 'broken', identity, atMs: null, reason };
    }
  }
}

/**
 * Was the kernel made from patched sources? True: it shows all patches; false: none; null: neither. kbuild leaves no trace in a
 * kernel that has aufs as a module.
 */
function shownByKernel(build: BuildFacts, required: readonly PatchComponent[]): boolean | null {
  const shown = required
    .filter((component) => component !== 'kbuild')
    .map((component) => build.carries[component]);
  if (shown.every((carries) => carries.known && carries.value)) return true;
  return shown.every((carries) => carries.known && !carries.value) ? false : null;
}
