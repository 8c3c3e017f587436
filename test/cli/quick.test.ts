import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { cachePath } from '../../src/cli/compiled.ts';
import { layOutDemo } from '../../src/demo/lay-out-demo.ts';
import { copyProgram } from '../support/bundle.ts';
import { runInside } from '../support/cli.ts';
import { fillLedger } from '../support/fill-ledger.ts';
import { type Answer, aufswatch } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

/** The program as it is shipped. Frequent commands have their own bundle there. */
suite('the compiled bundle of the frequent commands', () => {
  const root = join(temporaryDirectory(), 'root');
  const directory = join(temporaryDirectory(), 'program');
  let program = '';
  let quick = '';

  before(async () => {
    assert.ok(layOutDemo(root, Date.now()).ok);
    program = copyProgram(directory);
    quick = join(dirname(program), 'quick.cjs');
  });

  const shipped = (words: readonly string[], ...flags: readonly string[]): Answer => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, program, ...words], {
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
      timeout: 60_000,
    });
    return { status, out: stdout, error: stderr };
  };

  /** The program without the compiled bundle: the one in this process. */
  const whole = async (words: readonly string[]): Promise<Answer> => {
    const { exit, out, err } = await runInside(words);
    return { status: exit, out, error: err };
  };

  const longHistory = (): string => {
    const machine = temporaryDirectory();
    const state = join(machine, 'var/lib/aufswatch');
    mkdirSync(state, { recursive: true });
    fillLedger(join(state, 'ledger.sqlite3'), 5000);
    return machine;
  };

  const CALLS: readonly (readonly string[])[] = [
    ['status'],
    ['status', '--json'],
    ['check'],
    ['check', '--before-reboot', '--nagios'],
    ['plan', '--shell'],
    ['--json'],
    [],
  ];
  for (const words of CALLS) {
    test(`answers as the whole program does: ${words.join(' ') || 'no words'}`, async () => {
      for (const given of [['--root', root], [`--root=${root}`]])
        assert.deepEqual(shipped([...words, ...given]), await whole([...words, ...given]));
    });
  }

  test('uses the configuration, the ledger and a saved snapshot', async () => {
    const config = join(directory, 'aufswatch.toml');
    writeFileSync(config, '[schedule]\nnightly = "0 3 * * *"\n[modules]\nignored = ["zfs"]\n');
    const snapshot = join(directory, 'snapshot.json');
    writeFileSync(snapshot, aufswatch(['snapshot', '--root', root]).out);
    assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
    for (const words of [
      ['--root', root, '--config', config],
      ['--root', root],
      ['--snapshot', snapshot],
    ]) {
      const answer = shipped(['status', ...words]);
      assert.deepEqual(answer, await whole(['status', ...words]));
      assert.deepEqual([answer.status, answer.error], [0, '']);
    }
    const history = ['history', '--since', '30d', '--json', '--root', root];
    assert.deepEqual(shipped(history), await whole(history));
    assert.match(shipped(history).out, /kernel-not-rebuilt/);
  });

  test('sends all output to a slow reader', () => {
    const words = `history --json --root '${longHistory()}'`;
    const script = `'${process.execPath}' '${program}' ${words} | { sleep 1; wc -c; }`;
    const taken = Number(execFileSync('bash', ['-o', 'pipefail', '-c', script], { encoding: 'utf8' }));
    assert.ok(taken > 500_000, `${taken} bytes`);
    const gone = `'${process.execPath}' '${program}' ${words} | true; exit "\${PIPESTATUS[0]}"`;
    assert.equal(
      spawnSync('bash', ['-c', gone], { timeout: 30_000 }).status,
      0,
      'a reader that has closed the pipe',
    );
  });

  test('waits for a pipe that another process made non-blocking', { skip: needs('perl') }, async () => {
    const words = ['history', '--json', '--root', longHistory()];
    const unblocked = 'fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK) or die $!; exec @ARGV';
    const script = `perl -MFcntl -e '${unblocked}' "$@" | { sleep 1; cat; }`;
    const call = ['-o', 'pipefail', '-c', script, 'bash', process.execPath, program, ...words];
    const taken = execFileSync('bash', call, { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
    assert.equal(taken, (await whole(words)).out);
  });

  const MISTAKES: readonly (readonly string[])[] = [
    ['status', '--nope'],
    ['status', 'more'],
    ['check', '--root'],
    ['plan', '--json=yes'],
    ['statu'],
    ['check', '--help'],
    ['status', '--root', '/nowhere'],
    ['status', '--config', '/nowhere'],
    ['status', '--snapshot', '/nowhere'],
  ];
  for (const words of MISTAKES) {
    test(`reports errors as the whole program does: ${words.join(' ')}`, async () => {
      const answer = shipped(words);
      assert.deepEqual(answer, await whole(words));
      assert.notEqual(answer.out + answer.error, '');
    });
  }

  test('is used by another process of the Node that compiled it', () => {
    const compiled = pathToFileURL(join(import.meta.dirname, '../../src/cli/compiled.js')).href;
    const script =
      'import(process.argv[1]).then(({ loadCompiled }) => console.log(loadCompiled(process.argv[2]).wasCompiled))';
    const output = execFileSync(process.execPath, ['-e', script, compiled, quick], { encoding: 'utf8' });
    assert.equal(output, 'true\n');
  });

  test('gives the same answer with another Node, other options, or a cache that is damaged, wrong or missing', () => {
    const wanted = shipped(['check', '--root', root]);
    assert.equal(wanted.status, 2);
    assert.deepEqual(shipped(['check', '--root', root], '--no-opt'), wanted);
    const path = cachePath(quick);
    const good = readFileSync(path);
    const flipped = [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => {
      const bytes = Buffer.from(good);
      const at = Math.floor(bytes.length * part);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
      return bytes;
    });
    const bad = [
      Buffer.alloc(0),
      good.subarray(0, 3),
      good.subarray(0, 5000),
      Buffer.alloc(9000, 7),
      ...flipped,
    ];
    for (const bytes of bad) {
      writeFileSync(path, bytes);
      assert.deepEqual(shipped(['check', '--root', root]), wanted);
    }
    writeFileSync(path, good);
    const source = readFileSync(quick, 'utf8');
    // As long as the compiled one: V8 compares only the length.
    writeFileSync(quick, source.replaceAll('without AUFS', 'lacking AUFS'));
    assert.match(shipped(['check', '--root', root]).out, /^The next boot will be lacking AUFS/);
    writeFileSync(quick, source);
  });

  test('is not needed: without it the rest of the program does the work', () => {
    const wanted = shipped(['check', '--root', root]);
    const source = readFileSync(quick);
    rmSync(quick);
    assert.deepEqual(shipped(['check', '--root', root]), wanted);
    writeFileSync(quick, source);
  });
});
