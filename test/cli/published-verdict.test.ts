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

suite('what the daemon has published is printed while it holds', () => {
  const directory = temporaryDirectory();
  const root = join(directory, 'root');
  const places = { STATE_DIRECTORY: join(directory, 'state'), RUNTIME_DIRECTORY: join(directory, 'run') };
  let copy = join(directory, 'copy');
  let daemon: RunningDaemon;

  before(async () => {
    mkdirSync(root);
    writeMachine(root, patchedAgainNotRebuilt(Date.now()));
    daemon = startDaemon(root, { state: places.STATE_DIRECTORY, runtime: places.RUNTIME_DIRECTORY });
    await daemon.says('it holds', ({ rests }) => rests !== null, 60_000);
  });

  /** Is what the command prints what was published? It is marked, in a copy. `change` is done to that. */
  function isPublished(words: readonly string[], change: (copy: string) => void = () => {}): boolean {
    rmSync(copy, { recursive: true, force: true });
    mkdirSync(copy, { recursive: true });
    const { RUNTIME_DIRECTORY: run } = places;
    const text = readFileSync(join(run, 'status.json'), 'utf8');
    const marked = text.replaceAll(/"(title|why)":"[^"]*"/g, `"$1":"${MARK}"`);
    writeFileSync(join(copy, 'status.json'), marked, { mode: 0o644 });
    copyFileSync(join(run, 'rests'), join(copy, 'rests'));
    change(copy);
    return said(words, copy).out.includes(MARK);
  }

  /** What a command says that has its daemon's files in this directory. */
  function said(words: readonly string[], runtime: string): Answer {
    return aufswatch([...words, '--root', root], { env: { ...places, RUNTIME_DIRECTORY: runtime } });
  }

  test('status, check, plan and kernels print it, and it is what they would say themselves', async () => {
    await settled();
    for (const words of [
      ['status'],
      ['status', '--json'],
      ['check'],
      ['plan'],
      ['kernels'],
      ['kernels', '--json'],
    ]) {
      // The look that settled() asked for may come between the two files that are copied.
      await until(words.join(' '), () => isPublished(words), 60_000);
      // Where nothing is published they look themselves.
      assert.deepEqual(said(words, places.RUNTIME_DIRECTORY), said(words, join(directory, 'nowhere')));
    }
  });

  test('not of a daemon with another configuration, and not from inside the other root', async () => {
    await settled();
    const config = join(directory, 'empty.toml');
    appendFileSync(config, '');
    assert.ok(!isPublished(['check', '--config', config]));
    copy = join(root, 'run/aufswatch');
    assert.ok(!isPublished(['check']));
    copy = join(directory, 'copy');
    // Where it was put is on the way to places that were not there.
    await settled();
  });

  test('not from a file that somebody else can write, or has written', { skip: ORDINARY }, async () => {
    await settled();
    for (const name of ['status.json', 'rests']) {
      assert.ok(!isPublished(['check'], (made) => chmodSync(join(made, name), 0o646)));
      assert.ok(!isPublished(['check'], (made) => chownSync(join(made, name), NOBODY, NOBODY)));
    }
    await until('nobody else can write it again', () => isPublished(['check']), 60_000);
  });

  test('not where something has changed meanwhile, and again when the daemon has seen it', async () => {
    await settled();
    daemon.signal('SIGSTOP');
    appendFileSync(join(root, 'usr/src/linux/.config'), '\n');
    assert.ok(!isPublished(['check']));
    daemon.signal('SIGCONT');
    await settled();
  });

  test('not after an acknowledgement, which counts at once', async () => {
    await settled();
    daemon.signal('SIGSTOP');
    const { status: answer, error } = said(
      ['ack', 'kernel-not-rebuilt', '--for', '1d'],
      places.RUNTIME_DIRECTORY,
    );
    assert.equal(answer, 0, error);
    assert.ok(!isPublished(['check']));
    daemon.signal('SIGCONT');
    await settled();
  });

  /** Until all is seen, and published. */
  async function settled(): Promise<void> {
    daemon.signal('SIGUSR1');
    await until('what is published holds', () => isPublished(['check']), 60_000);
  }
});
