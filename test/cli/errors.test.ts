import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorText } from '../../src/cli/printed.ts';
import { run } from '../../src/cli/run.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { copyProgram } from '../support/bundle.ts';
import { runInside, runProgram } from '../support/cli.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { PROGRAM } from '../support/program.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const EX_USAGE = 64;

test('an unknown command, option or argument is refused in one line that names the help, with exit status 64', () => {
  for (const words of [
    ['frobnicate'],
    ['status', '--frobnicate'],
    ['status', 'surplus'],
    ['explain', '--snapshot'],
    ['demo'],
  ]) {
    const { exit, out, err } = runProgram(words);
    assert.equal(exit, EX_USAGE, words.join(' '));
    assert.equal(out, '', words.join(' '));
    assert.match(err, /^aufswatch: [^\n]*"aufswatch (\w+ )?--help"[^\n]*\n$/, words.join(' '));
  }
});

test('a near miss gets the right word as a suggestion', () => {
  assert.match(runProgram(['statsu']).err, /Did you mean status\?/);
});

test('a request for help is no error', () => {
  const { exit, out, err } = runProgram(['status', '--help']);
  assert.deepEqual({ exit, err }, { exit: 0, err: '' });
  assert.match(out, /^Usage: aufswatch status/);
});

test('an error is one line that says what and where, without a stack trace', async () => {
  const dir = temporaryDirectory();
  layOut(dir, { 'empty.json': '', 'text.json': 'Hello', 'other.json': '{"schema":99}', 'list.json': '[]' });
  mkdirSync(join(dir, 'directory'));
  const cases: [string[], RegExp][] = [
    [['status', '--root', join(dir, 'nowhere')], /--root .*nowhere: no such directory/],
    [['status', '--snapshot', join(dir, 'nowhere')], /nowhere cannot be read: no such file/],
    [['status', '--snapshot', join(dir, 'empty.json')], /empty\.json is not JSON; save one with/],
    [['plan', '--snapshot', join(dir, 'text.json')], /text\.json is not JSON; save one with/],
    [['kernels', '--snapshot', join(dir, 'other.json')], /other\.json is a snapshot of another form than 2/],
    [['docker', '--snapshot', join(dir, 'list.json')], /list\.json is not a whole snapshot/],
    [['status', '--snapshot', join(dir, 'directory')], /directory is not a file/],
    [['status', '--config', join(dir, 'nowhere.toml')], /nowhere\.toml/],
    [
      ['explain', 'no-such-code'],
      /no finding has the code "no-such-code"; "aufswatch explain" lists all codes/,
    ],
  ];
  for (const [words, message] of cases) {
    const { exit, out, err } = await runInside(words);
    assert.equal(exit, 1, words.join(' '));
    assert.equal(out, '', words.join(' '));
    assert.match(err, message);
    assert.match(err, /^aufswatch: .*\n$/, 'one line');
  }
});

test('on a terminal an error is wrapped, with paths and commands whole; on a pipe it is one line', () => {
  const message =
    '/var/lib/aufswatch/a/very/long/path/ledger.sqlite3 is missing; this writes it: aufswatch daemon --root try (or read "aufswatch daemon --help")';
  assert.equal(errorText(message), `aufswatch: ${message}\n`);
  assert.equal(
    errorText(message, 40),
    [
      'aufswatch:',
      '  /var/lib/aufswatch/a/very/long/path/ledger.sqlite3',
      '  is missing; this writes it:',
      '  aufswatch daemon --root try (or read',
      '  "aufswatch daemon --help")\n',
    ].join('\n'),
  );
});

test('an error on a terminal uses the width of the terminal', { skip: needs('script') }, () => {
  const call = `stty cols 40; exec '${process.execPath}' '${PROGRAM}' status --snapshot /nowhere/at/all`;
  const { stdout } = spawnSync('script', ['--quiet', '--return', '--command', call, '/dev/null'], {
    encoding: 'utf8',
  });
  assert.equal(stdout.replaceAll('\r', ''), 'aufswatch: /nowhere/at/all cannot be\n  read: no such file\n');
});

test('a bug in the program gives one line as well, and a stack trace with --debug', async () => {
  const broken = (words: string[]) => {
    const printed: string[] = [];
    const terminal = {
      colour: false,
      unicode: true,
      width: 80,
      interactive: false,
      out: () => {
        throw new Error('out of paper');
      },
      fail: (message: string) => {
        printed.push(message);
        return 1;
      },
    };
    return { printed, exit: run(words, {}, terminal) };
  };
  const short = broken(['explain']);
  assert.equal(await short.exit, 1);
  assert.deepEqual(short.printed, [
    'internal error: Error: out of paper (please report it, with the output of --debug)',
  ]);
  await assert.rejects(broken(['explain', '--debug']).exit, /out of paper/);
});

test('the shipped program names the lines of the sources with --debug', async () => {
  const program = copyProgram(join(temporaryDirectory(), 'program'));
  const broken = 'data:text/javascript,process.stdout.write=()=>{throw new Error("out of paper")}';
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', broken, program, 'explain', '--debug'],
    {
      encoding: 'utf8',
    },
  );
  assert.equal(status, 1);
  assert.match(stderr, /out of paper/);
  assert.match(stderr, /src\/cli\/commands\/explain\.ts:\d+:\d+/);
});

test('if no more files may be opened, the program says so in one line', { skip: needs('bash') }, async () => {
  const program = copyProgram(join(temporaryDirectory(), 'program'));
  for (const [limit, command] of [
    [40, 'kernels --root'],
    [22, 'kernels --root'],
    [20, 'doctor --root'],
  ] as const) {
    const call = `ulimit -n ${limit}; exec "$0" "$1" ${command} /`;
    const { status, stderr } = spawnSync('bash', ['-c', call, process.execPath, program], {
      encoding: 'utf8',
    });
    // Node may open the files one after the other; then the limit is not reached.
    if (status === 0) continue;
    assert.equal(
      stderr,
      'aufswatch: too many open files (EMFILE); raise the limit, for example with: ulimit -n 1024\n',
    );
  }
});

test('a demonstration ends with the reason if no directory can be created', () => {
  for (const directory of ['/proc/self/x', '/proc/x/y', '/sys/x']) {
    const { exit, err } = runProgram(['demo', directory]);
    assert.equal(exit, 1);
    assert.match(err, /cannot lay out a demonstration in \/(proc|sys)\/.*: E[A-Z]+/);
  }
});

test('check exits with 3 if it cannot read the machine, as monitoring expects', async () => {
  const { exit, err } = await runInside(['check', '--root', '/nowhere/at/all']);
  assert.equal(exit, 3);
  assert.match(err, /no such directory/);
});

test('check has an exit status for each answer', async () => {
  const expected = { 'aufs-sources': 0, 'config-changed': 1, story: 2, 'boot-not-mounted': 3 } as const;
  for (const [name, exit] of Object.entries(expected)) {
    const root = join(temporaryDirectory(), 'root');
    writeMachine(root, SCENARIOS[name as keyof typeof expected](NOW));
    assert.equal((await runInside(['check', '--root', root])).exit, exit, name);
    assert.equal((await runInside(['check', '--nagios', '--root', root])).exit, exit, name);
  }
});

test('--nagios prints status, text and numbers, with only one bar in the line', async () => {
  const root = join(temporaryDirectory(), 'root');
  writeMachine(root, SCENARIOS.story(NOW));
  const { out } = await runInside(['check', '--nagios', '--root', root]);
  assert.match(out, /^AUFSWATCH CRITICAL - [^|\n]+ \| critical=1 warning=\d+ notice=\d+\n$/);
});

test('a saved snapshot gives the same answers as its machine', async () => {
  const dir = temporaryDirectory();
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    const root = join(dir, name);
    writeMachine(root, scenario(NOW));
    const file = join(dir, `${name}.json`);
    writeFileSync(file, (await runInside(['snapshot', '--root', root])).out);
    for (const command of ['status', 'check', 'plan', 'kernels', 'docker']) {
      const live = await runInside([command, '--root', root]);
      const saved = await runInside([command, '--snapshot', file]);
      // Only the machine itself has its location, and the fact that it is not the one that runs here.
      const here = live.out
        .replace(`Inside that system: chroot ${root}\n\n`, '')
        .replace('Next, in chroot:', 'Next:')
        .replace(/Next: boot that system, which [^│✓?!✗·]*?\n(?=\n|\d+ more)/u, 'Next: reboot\n')
        .replaceAll(`--root ${root}`, `--snapshot ${file}`);
      const boot = /By hand: boot that system, which ([^\n]+)\n/g;
      const out = command === 'plan' ? here.replace(boot, 'reboot\n    $1.\n') : here;
      // Words of different length break lines at different positions.
      const folded = (text: string): string => text.replace(/\s+/g, ' ');
      assert.deepEqual(
        { ...saved, out: folded(saved.out) },
        { ...live, out: folded(out) },
        `${name}: ${command}`,
      );
    }
  }
});
