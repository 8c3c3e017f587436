import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import type { Loadable } from '../../../src/verdict/loadable/answer.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { askKernel, type KernelAnswer } from './ask-kernel.ts';
import { type ModuleCase, moduleCases } from './cases.ts';
import { type Left, predictor } from './predict.ts';
import { KERNELS } from './variants.ts';

/** Every module on every kernel: the prediction of the program, and then the result in the kernel. */
suite('predictions for every module on every kernel', () => {
  const directory = temporaryDirectory();
  const cases = moduleCases(directory);
  const results = new Map<string, Map<string, KernelAnswer>>();

  before(async () => {
    // Two at a time, as there are processors.
    const waiting = KERNELS.map(({ name }) => name);
    const askOn = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
        results.set(name, await askKernel(name, cases, directory));
    };
    await Promise.all([askOn(), askOn()]);
  });

  function answerOf(kernel: string, name: string): KernelAnswer {
    const answer = results.get(kernel)?.get(name);
    assert.ok(answer !== undefined, `${kernel} was not tried with ${name}`);
    return answer;
  }

  async function verdicts(kernel: string, left: Left): Promise<[ModuleCase, Loadable][]> {
    const found: [ModuleCase, Loadable][] = [];
    const { predict } = predictor(directory, kernel, left);
    for (const each of cases.filter((one) => isTried(kernel, one))) found.push([each, await predict(each)]);
    return found;
  }

  let pairs = 0;
  let agreed = 0;
  for (const { name: kernel } of KERNELS) {
    test(`${kernel}: every prediction is right`, async () => {
      const wrong: string[] = [];
      let line = '';
      for (const [each, predicted] of await verdicts(kernel, 'build')) {
        const answer = answerOf(kernel, each.name);
        const mismatch = disagreement(predicted, answer);
        pairs++;
        if (mismatch === null) agreed++;
        else wrong.push(`${each.name}: ${mismatch}`);
        line += mismatch !== null ? '?' : answer.loads ? '+' : '-';
      }
      process.stdout.write(`${kernel.padEnd(20)} ${line}\n`);
      assert.deepEqual(wrong, []);
    });
  }

  test('the score', () => {
    process.stdout.write(`${agreed} of ${pairs} predictions are what the kernels did\n`);
    assert.equal(agreed, pairs);
  });

  for (const left of ['system-map', 'image', 'running'] as const) {
    test(`with only ${left} left, no prediction is wrong`, async () => {
      const wrong: string[] = [];
      const counts = { right: 0, open: 0 };
      for (const { name: kernel } of KERNELS) {
        for (const [each, predicted] of await verdicts(kernel, left)) {
          // Then the first of several reasons is not known.
          const { loads } = answerOf(kernel, each.name);
          if (predicted.answer === 'unknown') counts.open++;
          else if ((predicted.answer === 'loads') === loads) counts.right++;
          else wrong.push(`${kernel}, ${each.name}: the program says ${predicted.answer}`);
        }
      }
      process.stdout.write(`${left}: ${counts.right} right, ${counts.open} left open\n`);
      assert.deepEqual(wrong, []);
    });
  }
});

/** If aufs is built into the kernel, another one is refused only for its name, whatever is in it. */
function isTried(kernel: string, { module }: ModuleCase): boolean {
  return !(kernel === 'patched-builtin' && module === 'aufs');
}

type Refusal = Extract<Loadable, { answer: 'refused' }>;

/** null: they agree on yes or no, on the reason in the kernel's words, and on the symbols. */
function disagreement(predicted: Loadable, { loads, error, log }: KernelAnswer): string | null {
  if (predicted.answer === 'unknown')
    return `the program cannot tell (${predicted.missing}), the kernel: ${kernelText()}`;
  if (predicted.answer === 'loads')
    return loads ? null : `the program says that it loads, the kernel: ${kernelText()}`;
  if (loads) return `the program says that it is refused (${predicted.message}), and it loads`;
  // For a malformed signature the kernel reports an error number, and rarely more.
  if (predicted.message === 'its signature is malformed')
    return error === 'Bad message' ? null : `${predicted.message}, the kernel says: ${error}`;
  // Some refusals are only an error number.
  if (log.length === 0)
    return isSilent(predicted, error) ? null : `${predicted.message}, the kernel says only: ${error}`;
  if (!log.some((line) => line.includes(predicted.message)))
    return `${predicted.message}, the kernel: ${kernelText()}`;
  const named = symbolsIn(log);
  const same =
    named.length === predicted.symbols.length && named.every((symbol) => predicted.symbols.includes(symbol));
  return same ? null : `it names ${predicted.symbols.join(', ')}, the kernel ${named.join(', ')}`;

  function kernelText(): string {
    return loads ? 'loads it' : [error, ...log].join(' / ');
  }
}

/**
 * Cases about which the kernel (6.1) logs nothing: a missing version table or vermagic, and an empty file. Its line
 * about a live patch has no end, and is not printed before the next one.
 */
function isSilent({ reason, message }: Refusal, error: string): boolean {
  const silent =
    reason.is === 'no-versions' ||
    / has no vermagic$|^Invalid ELF header len 0$|livepatch support is disabled$/.test(message);
  return silent && /Invalid module format|Invalid parameters/.test(error);
}

function symbolsIn(log: readonly string[]): string[] {
  const names = log.flatMap((line) => {
    const found =
      /Unknown symbol (\S+)/.exec(line) ??
      /(?:version of symbol|no symbol version for) (\S+)/.exec(line) ??
      /uses symbol \((\S+)\)/.exec(line) ??
      /exports duplicate symbol (\S+)/.exec(line);
    return found?.[1] ?? [];
  });
  return [...new Set(names)];
}
