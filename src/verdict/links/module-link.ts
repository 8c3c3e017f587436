import { valueOr } from '../../model/fact.ts';
import type { Link } from '../../model/verdict.ts';
import { type Kernel, moduleFile } from '../kernel/kernel.ts';
import { type LoadAnswer, loadAnswer } from '../load-answer.ts';
import { moduleWishes } from '../module-wishes.ts';
import type { Situation } from '../situation.ts';
import { listed } from '../words.ts';

export function moduleLink(situation: Situation): Link {
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
      return {
        name,
        mark: 'ok',
        identity,
        atMs: at,
        reason: file === null ? 'built in' : `will load ${when}`,
      };
    case 'no':
      return {
        name,
        mark: 'broken',
        identity,
        atMs: at,
        reason: answer.missing ? `not in ${directoryOf(kernel)}` : `will not load ${when}`,
      };
    case 'unknown':
      return {
        name,
        mark: 'unknown',
        identity,
        atMs: at,
        reason: answer.missing ? answer.why : `not known: ${answer.why}`,
      };
  }
}

/** Where AUFS is not wanted, the line is about the other out-of-tree modules. */
function otherModulesLink(situation: Situation): Link {
  const { running, next, snapshot } = situation;
  const name = 'module';
  const kernel = next ?? running;
  const { optionalModules } = snapshot.preferences;
  const wished = moduleWishes(situation, kernel).flatMap((wish) => wish.names);
  const names = wished.filter((each) => !optionalModules.includes(each)).sort();
  if (names.length === 0)
    return { name, mark: 'none', identity: '-', atMs: null, reason: 'AUFS is not wanted here' };
  const when = next === null ? 'on the running kernel' : 'after the next boot';
  const answers = names.map((each) => ({ name: each, answer: loadAnswer(kernel, each) }));
  const those = (is: LoadAnswer['is']): string[] =>
    answers.filter(({ answer }) => answer.is === is).map((each) => each.name);
  const [refused, open] = [those('no'), those('unknown')];
  const identity = listed(names, 2);
  const base = { name, identity, atMs: null } as const;
  if (refused.length > 0)
    return { ...base, mark: 'broken', reason: `${listed(refused)} will not load ${when}` };
  if (open.length > 0)
    return {
      ...base,
      mark: 'unknown',
      reason: `not known whether ${listed(open)} will load ${when}`,
    };
  return { ...base, mark: 'ok', reason: `will load ${when}` };
}

function directoryOf({ identity, modules }: Kernel): string {
  return modules?.directory ?? `/lib/modules/${valueOr(identity.release, '')}`;
}
