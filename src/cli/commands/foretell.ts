import { parseDuration } from '../../config/duration.ts';
import { NO_MEMORY } from '../../model/memory.ts';
import { verdictAsJson } from '../../published/write.ts';
import { askEmerge } from '../../system/portage/ask-emerge.ts';
import { MERGES_MAX, parseMergeList } from '../../system/portage/merge-list.ts';
import { withRepositoryKinds } from '../../system/portage/repository-kinds.ts';
import { openRoot } from '../../system/root.ts';
import { foretell as foretellMerges, withKinds } from '../../verdict/foretell.ts';
import { judge } from '../../verdict/judge.ts';
import { answerOf, EXIT } from '../answer.ts';
import { command, type Outside } from '../command.ts';
import { JSON_OUTPUT, SNAPSHOT, several, value } from '../definition.ts';
import { emergeWords } from '../emerge-words.ts';
import { jsonOutput } from '../json-output.ts';
import { scan } from '../machine.ts';
import { readInput } from '../read-input.ts';
import { recall } from '../recall.ts';
import { foretoldText } from '../render/foretold.ts';
import { hint } from '../render/hint.ts';
import { progressLine } from '../render/progress.ts';
import type { Result } from '../result.ts';

/** Each of these packages is applied to a copy of the whole snapshot. */
const MATTERS_MAX = 256;
const TIMEOUT = '10m';
const TIMEOUT_MAX = 24 * 3_600_000;

/** `aufswatch foretell ATOM…`: the verdict after a merge, as far as it can be predicted. */
export const foretell = command(
  {
    description:
      'Shows what a merge would do to the machine. It runs emerge --pretend and shows the state before and after the merge, and the plan for afterwards. Nothing is merged. A set alone, such as @world, counts as an update of it. Options of emerge follow "--". With "-" the list is read from standard input: the output of emerge --pretend, or one package a line. What a merge decides only while it runs, such as whether a patch applies, is shown as unknown. The exit status is that of check, for the machine after the merge.',
    args: {
      atom: several('an atom or a set, such as @world; "-": read the list from standard input'),
    },
    options: {
      timeout: value('span', `wait this long for emerge; default ${TIMEOUT}`),
      json: JSON_OUTPUT,
      snapshot: SNAPSHOT,
    },
  },
  async (invocation) => {
    const { terminal, options, args } = invocation;
    const refuse = (message: string): number => {
      terminal.fail(message);
      return EXIT.unknown;
    };
    const timeout = parseDuration(options.timeout ?? TIMEOUT);
    if (timeout === null || timeout === 0 || timeout > TIMEOUT_MAX)
      return refuse('--timeout: a time of at most a day, such as 90s or 10m');
    const isElsewhere = options.snapshot !== null || (options.root ?? '/') !== '/';
    const list = await listOf(
      invocation,
      args.atom,
      isElsewhere ? hint('foretell', invocation) : null,
      timeout,
    );
    if (!list.ok) return refuse(list.message);
    const { merges, blockers } = parseMergeList(list.value);
    if (merges.length > MERGES_MAX) return refuse(`the list names more than ${MERGES_MAX} packages`);
    if (blockers.length > 0) return refuse(`emerge would refuse: packages block each other: ${blockers[0]}`);
    if (merges.length === 0 && args.atom.includes('-'))
      return refuse('standard input names no package; it takes what emerge --pretend prints');
    const snapshot = await scan(invocation, { of: 'everything' });
    if (!snapshot.ok) return refuse(snapshot.message);
    const kinds =
      options.snapshot === null ? withRepositoryKinds(openRoot(options.root ?? '/'), merges) : merges;
    const known = kinds.map((merge) => withKinds(merge, snapshot.value));
    if (known.filter(({ kinds }) => kinds.length > 0).length > MATTERS_MAX)
      return refuse(`the list names more than ${MATTERS_MAX} packages of kernels, modules and AUFS`);
    const { memory } = await recall(invocation);
    const after = foretellMerges(snapshot.value, known);
    const trees = Object.entries(memory.trees).filter(([path]) => !after.trees.includes(path));
    const foretold = {
      merges: known,
      effects: after.effects,
      before: judge(snapshot.value, memory),
      after: judge(after.snapshot, { ...NO_MEMORY, ...memory, trees: Object.fromEntries(trees) }),
    };
    const root = options.root ?? '/';
    if (options.json) {
      const both = {
        before: verdictAsJson(foretold.before, root),
        after: verdictAsJson(foretold.after, root),
      };
      terminal.out(jsonOutput('foretell', { merges: known, effects: after.effects, ...both }));
    } else {
      const { portage } = snapshot.value;
      terminal.out(foretoldText(foretold, terminal, { root, portage }));
    }
    return EXIT[answerOf(foretold.after)];
  },
);

/** The output of emerge --pretend. `elsewhere`: the command for another root or a snapshot; null: this machine. */
async function listOf(
  { env, terminal }: Outside,
  words: readonly string[],
  elsewhere: string | null,
  timeout: number,
): Promise<Result<string>> {
  if (words.includes('-')) {
    if (words.length > 1)
      return { ok: false, message: '"-" takes no other argument: the list is read from standard input' };
    return readInput();
  }
  if (elsewhere !== null) {
    const message = `emerge reads only the system that it runs on; there, pass its list on: emerge --pretend --verbose ATOM | ${elsewhere} -`;
    return { ok: false, message };
  }
  const asked = emergeWords(words);
  if (!asked.ok) return asked;
  const progress = progressLine(terminal);
  progress.show('running emerge --pretend, which can take minutes …');
  const answer = await askEmerge({ words: asked.words, timeout, env });
  progress.clear();
  return answer.ok ? { ok: true, value: answer.text } : answer;
}
