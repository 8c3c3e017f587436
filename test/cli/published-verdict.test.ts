import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { type Answer, aufswatch } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

const NOBODY = 65_534;
const ORDINARY = process.getuid?.() === 0 ? false : 'needs root, to be another user';
const MARK = 'PRINTED AS IT WAS PUBLISHED';

suite('the verdict that the daemon published is printed while it is valid', () => {
  const directory = temporaryDirectory();
  const root = join(directory, 'root');
  const places = { STATE_DIRECTORY: join(directory, 'state'), RUNTIME_DIRECTORY: join(directory, 'run') };
  let copy = join(directory, 'copy');
  let daemon: RunningDaemon;

  before(async () => {
    mkdirSync(root);
    writeMachine(root, patchedAgainNotRebuilt(Date.now()));
    daemon = startDaemon(root, { state: places.STATE_DIRECTORY, runtime: places.RUNTIME_DIRECTORY });
    await daemon.publishes('it holds', ({ rests }) => rests !== null, 60_000);
  });

  /** Does the command print the published verdict? It is marked, in a copy. `change` is applied to the copy. */
  function isPublished(words: readonly string[], change: (copy: string) => void = () => {}): boolean {
    rmSync(copy, { recursive: true, force: true });
    mkdirSync(copy, { recursive: true });
    const { RUNTIME_DIRECTORY: run } = places;
    const text = readFileSync(join(run, 'status.json'), 'utf8');
    const marked = text.replaceAll(/"(title|why)":"[^"]*"/g, `"$1":"${MARK}"`);
    writeFileSync(join(copy, 'status.json'), marked, { mode: 0o644 });
    copyFileSync(join(run, 'rests'), join(copy, 'rests'));
    change(copy);
    return answerOf(words, copy).out.includes(MARK);
  }

  /** The output of a command that finds the daemon's files in this directory. */
  function answerOf(words: readonly string[], runtime: string): Answer {
    return aufswatch([...words, '--root', root], { env: { ...places, RUNTIME_DIRECTORY: runtime } });
  }

  test('status, check, plan and kernels print it, and it equals their own verdict', async () => {
    await settled();
    for (const words of [
      ['status'],
      ['status', '--json'],
      ['check'],
      ['plan'],
      ['kernels'],
      ['kernels', '--json'],
    ]) {
      // The scan that settled() requested may come between the copies of the two files.
      await until(words.join(' '), () => isPublished(words), 60_000);
      // If nothing is published, they scan themselves.
      assert.deepEqual(
        answerOf(words, places.RUNTIME_DIRECTORY),
        answerOf(words, join(directory, 'nowhere')),
      );
    }
  });

  test('it is not used with another configuration, nor inside the other root', async () => {
    await settled();
    const config = join(directory, 'empty.toml');
    appendFileSync(config, '');
    assert.ok(!isPublished(['check', '--config', config]));
    copy = join(root, 'run/aufswatch');
    assert.ok(!isPublished(['check']));
    copy = join(directory, 'copy');
    // This place is on the path of places that did not exist.
    await settled();
  });

  test('it is not used from a file that others can write or have written', { skip: ORDINARY }, async () => {
    await settled();
    for (const name of ['status.json', 'rests']) {
      assert.ok(!isPublished(['check'], (made) => chmodSync(join(made, name), 0o646)));
      assert.ok(!isPublished(['check'], (made) => chownSync(join(made, name), NOBODY, NOBODY)));
    }
    await until('others can no longer write it', () => isPublished(['check']), 60_000);
  });

  test('it is not used after a change, until the daemon has scanned again', async () => {
    await settled();
    daemon.signal('SIGSTOP');
    appendFileSync(join(root, 'usr/src/linux/.config'), '\n');
    assert.ok(!isPublished(['check']));
    daemon.signal('SIGCONT');
    await settled();
  });

  test('it is not used after an acknowledgement, which counts at once', async () => {
    await settled();
    daemon.signal('SIGSTOP');
    const { status: answer, error } = answerOf(
      ['ack', 'kernel-not-rebuilt', '--for', '1d'],
      places.RUNTIME_DIRECTORY,
    );
    assert.equal(answer, 0, error);
    assert.ok(!isPublished(['check']));
    daemon.signal('SIGCONT');
    await settled();
  });

  /** Waits until everything is scanned and published. */
  async function settled(): Promise<void> {
    daemon.signal('SIGUSR1');
    await until('the published verdict is valid', () => isPublished(['check']), 60_000);
  }
});
