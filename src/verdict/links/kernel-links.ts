import { valueOr } from '../../model/fact.ts';
import { sameKernel } from '../../model/same-kernel.ts';
import type { GuessedBoot, KnownBoot, Link } from '../../model/verdict.ts';
import { chooserOf } from '../boot-words.ts';
import { isComplete } from '../kernel/kernel.ts';
import { loadAnswer } from '../load-answer.ts';
import { pinnedAndRunning } from '../pinned.ts';
import type { Situation } from '../situation.ts';
import { dayTime } from '../words.ts';

export function imageLink(situation: Situation): Link {
  const { build, next, nextBoot, snapshot } = situation;
  const name = 'image';
  // A guess never counts as fine.
  const fine = nextBoot.kind === 'guess' ? 'unknown' : 'ok';
  if (nextBoot.kind === 'unknown' || next === null) {
    const reason = nextBoot.kind === 'unknown' ? nextBoot.why : 'not readable';
    return { name, mark: 'unknown', identity: '-', atMs: null, reason };
  }
  const identity = next.name;
  const at = next.image?.mtime ?? null;
  const where = `${nextBoot.image} (${chosenBy(nextBoot)})`;
  if (build === null || !isComplete(build)) return { name, mark: fine, identity, atMs: at, reason: where };
  const answer = sameKernel(next.identity, build.identity);
  if (answer === 'same') return { name, mark: fine, identity, atMs: at, reason: where };
  if (answer === 'unknown')
    return { name, mark: 'unknown', identity, atMs: at, reason: `${where}: not known which build` };
  const installed = valueOr(snapshot.boot.images, []).some(
    (image) => sameKernel(image.identity, build.identity) !== 'different',
  );
  return {
    name,
    mark: 'behind',
    identity,
    atMs: at,
    reason: installed ? `${where}, not of the selected sources` : `${where}, not the one compiled last`,
  };
}

/** What chooses it: `GRUB's default entry`, or `a guess`. */
function chosenBy(next: KnownBoot | GuessedBoot): string {
  return next.kind === 'guess' ? 'a guess' : chooserOf(next);
}

export function runningLink(situation: Situation): Link {
  const { running, next, snapshot, wanted } = situation;
  const name = 'running';
  const { bootedAt, filesystems, aufsMounts } = snapshot.running;
  const { release } = running.identity;
  if (!release.known) return { name, mark: 'unknown', identity: '-', atMs: null, reason: release.detail };
  const at = valueOr(bootedAt, null);
  const pinned = pinnedAndRunning(situation) === null ? '' : ', pinned';
  const booted = `${at === null ? 'running' : `booted ${dayTime(at)}`}${pinned}`;
  const identity = running.name;
  if (wanted.answer === 'yes') {
    const registered = filesystems.known && filesystems.value.includes('aufs');
    if (!registered && loadAnswer(running, 'aufs').is === 'no') {
      return { name, mark: 'broken', identity, atMs: at, reason: `${booted}, without AUFS` };
    }
    const mounts = valueOr(aufsMounts, []).length;
    if (registered && mounts > 0 && (next === null || isSame(running, next))) {
      return {
        name,
        mark: 'ok',
        identity,
        atMs: at,
        reason: `${booted}, ${mounts} AUFS mount${mounts === 1 ? '' : 's'}`,
      };
    }
  }
  if (next !== null && sameKernel(running.identity, next.identity) === 'different') {
    return { name, mark: 'behind', identity, atMs: at, reason: `${booted}, another boots next` };
  }
  return { name, mark: 'ok', identity, atMs: at, reason: booted };
}

function isSame(a: { identity: Parameters<typeof sameKernel>[0] }, b: typeof a): boolean {
  return sameKernel(a.identity, b.identity) === 'same';
}
