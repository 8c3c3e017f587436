import { valueOr } from '../../model/fact.ts';
import { patchOverall } from '../../model/patch-overall.ts';
import type { Link } from '../../model/verdict.ts';
import { compiledBefore } from '../compiled-before.ts';
import { kernelName } from '../kernel/kernel.ts';
import type { Situation } from '../situation.ts';
import { dayTime } from '../words.ts';

export function buildLink(situation: Situation): Link {
  const { tree, build, wanted } = situation;
  const name = 'build';
  if (tree === null) return { name, mark: 'none', identity: '-', atMs: null, reason: 'no sources selected' };
  if (build === null) {
    const unread = tree.builds.find((candidate) => !candidate.state.known);
    if (unread !== undefined && !unread.state.known) {
      return { name, mark: 'unknown', identity: '-', atMs: null, reason: unread.state.detail };
    }
    switch (compiledBefore(situation, tree)) {
      case 'cleaned':
        return { name, mark: 'ok', identity: '-', atMs: null, reason: 'cleaned after it was compiled' };
      case 'gone':
        return { name, mark: 'behind', identity: '-', atMs: null, reason: 'no longer compiled' };
      case 'never':
        return { name, mark: 'behind', identity: '-', atMs: null, reason: 'never compiled' };
    }
  }
  const identity = kernelName(build.identity);
  const at = valueOr(build.builtAt, null);
  const state = valueOr(build.state, null);
  const compiled = at === null ? 'compiled' : `compiled ${dayTime(at)}`;
  if (state === 'in-progress') return { name, mark: 'behind', identity, atMs: at, reason: 'being compiled' };
  if (state === 'interrupted')
    return { name, mark: 'behind', identity, atMs: at, reason: 'compilation did not finish' };
  if (state === null)
    return { name, mark: 'unknown', identity, atMs: at, reason: 'state of the build not readable' };
  const patched = patchOverall(tree).state === 'whole';
  if (wanted.answer === 'yes' && build.stale.length > 0) {
    const than = patched ? 'the patch' : 'sources';
    return { name, mark: 'behind', identity, atMs: at, reason: `${compiled}, older than ${than}` };
  }
  if (valueOr(build.configChanged, false)) {
    return { name, mark: 'behind', identity, atMs: at, reason: `${compiled}, older than .config` };
  }
  // A distribution kernel is compiled by its package, whatever is in its tree.
  if (!build.configChanged.known && tree.kind === 'sources') {
    const { detail } = build.configChanged;
    return {
      name,
      mark: 'unknown',
      identity,
      atMs: at,
      reason: `${compiled}; .config is not known: ${detail}`,
    };
  }
  const { base, mmap } = build.carries;
  const without = wanted.answer === 'yes' && ((base.known && !base.value) || (mmap.known && !mmap.value));
  if (without)
    return {
      name,
      mark: patched ? 'behind' : 'broken',
      identity,
      atMs: at,
      reason: `${compiled} without the patches`,
    };
  return { name, mark: 'ok', identity, atMs: at, reason: compiled };
}
