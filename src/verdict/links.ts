import type { BuildFacts } from '../model/build.ts';
import { valueOr } from '../model/fact.ts';
import type { PatchComponent } from '../model/patch-component.ts';
import { patchOverall } from '../model/patch-overall.ts';
import { sameKernel } from '../model/same-kernel.ts';
import type { GuessedBoot, KnownBoot, Link } from '../model/verdict.ts';
import { chooserOf } from './boot-words.ts';
import { compiledBefore } from './compiled-before.ts';
import { isComplete, type Kernel, kernelName, moduleFile } from './kernel/kernel.ts';
import { type LoadAnswer, loadAnswer } from './load-answer.ts';
import { moduleWishes } from './module-wishes.ts';
import { pinnedAndRunning } from './pinned.ts';
import type { Situation } from './situation.ts';
import { dayTime, listed } from './words.ts';

/** The five links as the picture of `status` shows them. */
export function linksOf(situation: Situation): Link[] {
  return [
    sourcesLink(situation),
    buildLink(situation),
    imageLink(situation),
    runningLink(situation),
    moduleLink(situation),
  ];
}

function sourcesLink({ tree, build, snapshot, wanted, memory }: Situation): Link {
  const name = 'sources';
  const { selected } = snapshot.sources;
  if (tree === null) {
    const { form } = snapshot.portage;
    if (!form.known && form.code === 'missing')
      return { name, mark: 'none', identity: '-', at: null, reason: 'there is no Portage here' };
    const unknown = selected.state === 'unknown';
    const reason = unknown ? selected.detail : 'leads to no kernel sources';
    return { name, mark: unknown ? 'unknown' : 'broken', identity: selected.link, at: null, reason };
  }
  const identity = valueOr(tree.release, tree.path);
  if (wanted.answer === 'no') return { name, mark: 'ok', identity, at: null, reason: tree.path };
  const patch = patchOverall(tree);
  const cause = memory.trees[tree.path]?.patchedAt?.cause;
  const by = cause === undefined || cause === null ? '' : ` by ${cause.cpv}`;
  const at = patch.appliedAt;
  switch (patch.state) {
    case 'whole':
      return {
        name,
        mark: 'ok',
        identity,
        at,
        reason: at === null ? 'patched' : `patched ${dayTime(at)}${by}`,
      };
    case 'partial':
      return { name, mark: 'broken', identity, at, reason: 'only partly patched' };
    case 'absent':
      return { name, mark: 'broken', identity, at: null, reason: 'not patched' };
    case 'unknown': {
      const shown =
        tree.kind === 'distribution' && build !== null ? shownByKernel(build, patch.required) : null;
      if (shown === null) return { name, mark: 'unknown', identity, at: null, reason: patch.why };
      const reason = shown ? 'patched, as its kernel shows' : 'its kernel shows none of the patches';
      return { name, mark: shown ? 'ok' : 'broken', identity, at: null, reason };
    }
  }
}

/**
 * Was the kernel made of patched sources? All of them, or none; null: it does not tell. kbuild leaves no trace in a
 * kernel that has aufs as a module.
 */
function shownByKernel(build: BuildFacts, required: readonly PatchComponent[]): boolean | null {
  const told = required
    .filter((component) => component !== 'kbuild')
    .map((component) => build.carries[component]);
  if (told.every((carries) => carries.known && carries.value)) return true;
  return told.every((carries) => carries.known && !carries.value) ? false : null;
}

function buildLink(situation: Situation): Link {
  const { tree, build, wanted } = situation;
  const name = 'build';
  if (tree === null) return { name, mark: 'none', identity: '-', at: null, reason: 'no sources selected' };
  if (build === null) {
    const unread = tree.builds.find((candidate) => !candidate.state.known);
    if (unread !== undefined && !unread.state.known) {
      return { name, mark: 'unknown', identity: '-', at: null, reason: unread.state.detail };
    }
    switch (compiledBefore(situation, tree)) {
      case 'cleaned':
        return { name, mark: 'ok', identity: '-', at: null, reason: 'cleaned after it was compiled' };
      case 'gone':
        return { name, mark: 'behind', identity: '-', at: null, reason: 'no longer compiled' };
      case 'never':
        return { name, mark: 'behind', identity: '-', at: null, reason: 'never compiled' };
    }
  }
  const identity = kernelName(build.identity);
  const at = valueOr(build.builtAt, null);
  const state = valueOr(build.state, null);
  const compiled = at === null ? 'compiled' : `compiled ${dayTime(at)}`;
  if (state === 'in-progress') return { name, mark: 'behind', identity, at, reason: 'being compiled' };
  if (state === 'interrupted')
    return { name, mark: 'behind', identity, at, reason: 'compilation did not finish' };
  if (state === null)
    return { name, mark: 'unknown', identity, at, reason: 'state of the build not readable' };
  const patched = patchOverall(tree).state === 'whole';
  if (wanted.answer === 'yes' && build.stale.length > 0) {
    const than = patched ? 'the patch' : 'sources';
    return { name, mark: 'behind', identity, at, reason: `${compiled}, older than ${than}` };
  }
  if (valueOr(build.configChanged, false)) {
    return { name, mark: 'behind', identity, at, reason: `${compiled}, older than .config` };
  }
  // A distribution kernel is compiled by its package, whatever lies in its tree.
  if (!build.configChanged.known && tree.kind === 'sources') {
    const { detail } = build.configChanged;
    return { name, mark: 'unknown', identity, at, reason: `${compiled}; .config is not known: ${detail}` };
  }
  const { base, mmap } = build.carries;
  const without = wanted.answer === 'yes' && ((base.known && !base.value) || (mmap.known && !mmap.value));
  if (without)
    return {
      name,
      mark: patched ? 'behind' : 'broken',
      identity,
      at,
      reason: `${compiled} without the patches`,
    };
  return { name, mark: 'ok', identity, at, reason: compiled };
}

function imageLink(situation: Situation): Link {
  const { build, next, nextBoot, snapshot } = situation;
  const name = 'image';
  // A guess is never called fine.
  const fine = nextBoot.kind === 'guess' ? 'unknown' : 'ok';
  if (nextBoot.kind === 'unknown' || next === null) {
    const reason = nextBoot.kind === 'unknown' ? nextBoot.why : 'not readable';
    return { name, mark: 'unknown', identity: '-', at: null, reason };
  }
  const identity = next.name;
  const at = next.image?.mtime ?? null;
  const where = `${nextBoot.image} (${chosenBy(nextBoot)})`;
  if (build === null || !isComplete(build)) return { name, mark: fine, identity, at, reason: where };
  const answer = sameKernel(next.identity, build.identity);
  if (answer === 'same') return { name, mark: fine, identity, at, reason: where };
  if (answer === 'unknown')
    return { name, mark: 'unknown', identity, at, reason: `${where}: not known which build` };
  const installed = valueOr(snapshot.boot.images, []).some(
    (image) => sameKernel(image.identity, build.identity) !== 'different',
  );
  return {
    name,
    mark: 'behind',
    identity,
    at,
    reason: installed ? `${where}, not of the selected sources` : `${where}, not the one compiled last`,
  };
}

/** Who chooses it: `GRUB's default entry`, or that it is a guess. */
function chosenBy(next: KnownBoot | GuessedBoot): string {
  return next.kind === 'guess' ? 'a guess' : chooserOf(next);
}

function runningLink(situation: Situation): Link {
  const { running, next, snapshot, wanted } = situation;
  const name = 'running';
  const { bootedAt, filesystems, aufsMounts } = snapshot.running;
  const { release } = running.identity;
  if (!release.known) return { name, mark: 'unknown', identity: '-', at: null, reason: release.detail };
  const at = valueOr(bootedAt, null);
  const pinned = pinnedAndRunning(situation) === null ? '' : ', pinned';
  const booted = `${at === null ? 'running' : `booted ${dayTime(at)}`}${pinned}`;
  const identity = running.name;
  if (wanted.answer === 'yes') {
    const registered = filesystems.known && filesystems.value.includes('aufs');
    if (!registered && loadAnswer(running, 'aufs').is === 'no') {
      return { name, mark: 'broken', identity, at, reason: `${booted}, without AUFS` };
    }
    const mounts = valueOr(aufsMounts, []).length;
    if (registered && mounts > 0 && (next === null || isSame(running, next))) {
      return {
        name,
        mark: 'ok',
        identity,
        at,
        reason: `${booted}, ${mounts} AUFS mount${mounts === 1 ? '' : 's'}`,
      };
    }
  }
  if (next !== null && sameKernel(running.identity, next.identity) === 'different') {
    return { name, mark: 'behind', identity, at, reason: `${booted}, another boots next` };
  }
  return { name, mark: 'ok', identity, at, reason: booted };
}

function isSame(a: { identity: Parameters<typeof sameKernel>[0] }, b: typeof a): boolean {
  return sameKernel(a.identity, b.identity) === 'same';
}

function moduleLink(situation: Situation): Link {
  const { running, next, wanted } = situation;
  const name = 'module';
  if (wanted.answer === 'no') return otherModulesLink(situation);
  const kernel = next ?? running;
  const when = next === null ? 'on the running kernel' : 'after the next boot';
  const file = moduleFile(kernel, 'aufs');
  const version = file?.info.known ? file.info.value.version : null;
  const identity = `aufs ${version ?? ''}`.trim();
  const at = file?.mtime ?? null;
  const answer = loadAnswer(kernel, 'aufs');
  switch (answer.is) {
    case 'yes':
      return { name, mark: 'ok', identity, at, reason: file === null ? 'built in' : `will load ${when}` };
    case 'no':
      return {
        name,
        mark: 'broken',
        identity,
        at,
        reason: answer.missing ? `not in ${directoryOf(kernel)}` : `will not load ${when}`,
      };
    case 'unknown':
      return {
        name,
        mark: 'unknown',
        identity,
        at,
        reason: answer.missing ? answer.why : `not known: ${answer.why}`,
      };
  }
}

/** Where AUFS is not wanted, the line is about the other modules out of the kernel's tree. */
function otherModulesLink(situation: Situation): Link {
  const { running, next, snapshot } = situation;
  const name = 'module';
  const kernel = next ?? running;
  const { optionalModules } = snapshot.preferences;
  const wished = moduleWishes(situation, kernel).flatMap((wish) => wish.names);
  const names = wished.filter((each) => !optionalModules.includes(each)).sort();
  if (names.length === 0)
    return { name, mark: 'none', identity: '-', at: null, reason: 'AUFS is not wanted here' };
  const when = next === null ? 'on the running kernel' : 'after the next boot';
  const answers = names.map((each) => ({ name: each, answer: loadAnswer(kernel, each) }));
  const those = (is: LoadAnswer['is']): string[] =>
    answers.filter(({ answer }) => answer.is === is).map((each) => each.name);
  const [refused, open] = [those('no'), those('unknown')];
  const identity = listed(names, 2);
  const base = { name, identity, at: null } as const;
  if (refused.length > 0)
    return { ...base, mark: 'broken', reason: `${listed(refused)} will not load ${when}` };
  if (open.length > 0)
    return { ...base, mark: 'unknown', reason: `not known of ${listed(open)} whether they load` };
  return { ...base, mark: 'ok', reason: `will load ${when}` };
}

function directoryOf({ identity, modules }: Kernel): string {
  return modules?.directory ?? `/lib/modules/${valueOr(identity.release, '')}`;
}
