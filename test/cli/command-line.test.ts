import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readCommandLine } from '../../src/cli/command-line.ts';
import { flag, list, optional, required, several, value } from '../../src/cli/definition.ts';
import { parse } from '../../src/cli/parse.ts';
import { runInside } from '../support/cli.ts';
import { temporaryDirectory } from '../support/temporary.ts';

suite('the command is found among the words', () => {
  const command = (name: string, ...words: string[]) => ({ kind: 'command', name, words });
  const CASES: readonly [readonly string[], object][] = [
    [[], command('status')],
    [['--json'], command('status', '--json')],
    [['--root', '/mnt'], command('status', '--root', '/mnt')],
    [['--root', '/mnt', 'check', '--nagios'], command('check', '--root', '/mnt', '--nagios')],
    [['--root=/mnt', 'check'], command('check', '--root=/mnt')],
    [['--debug', '--config', 'plan', 'plan'], command('plan', '--debug', '--config', 'plan')],
    [['--snapshot', 'status'], command('status', '--snapshot', 'status')],
    [['ack', 'help', '--', '--help'], command('ack', 'help', '--', '--help')],
    [['check', '--version'], command('check', '--version')],
    [['--version'], { kind: 'version' }],
    [['-V'], { kind: 'version' }],
    [['--help'], { kind: 'help', name: null }],
    [['help'], { kind: 'help', name: null }],
    [['help', 'ack'], { kind: 'help', name: 'ack' }],
    [['ack', 'CODE', '-h'], { kind: 'help', name: 'ack' }],
    [['--help', 'ack'], { kind: 'help', name: 'ack' }],
  ];
  for (const [words, expected] of CASES) {
    test(words.join(' ') || 'no words', () => assert.deepEqual(readCommandLine(words), expected));
  }
});

suite('the arguments and options of a command are parsed', () => {
  const ARGS = { code: required('a code'), action: optional('what', { oneOf: ['check'] }) };
  const OPTIONS = {
    json: flag('JSON'),
    'dry-run': flag('only say it'),
    since: value('when', 'from then on'),
    shell: value('shell', 'one of these', { oneOf: ['bash', 'zsh'] }),
    module: list('name', 'these'),
  };
  const NONE = { json: false, 'dry-run': false, since: null, shell: null, module: [] };
  const read = (...words: string[]) => parse(words, ARGS, OPTIONS);

  test('an option that is not given is false, null or empty', () => {
    assert.deepEqual(read('c'), { ok: true, args: { code: 'c', action: null }, options: NONE });
  });

  test('options can stand anywhere; the last of two counts; a list ends at the next option', () => {
    const given = read(
      '--since',
      'a',
      'c',
      '--dry-run',
      '--since=b',
      'check',
      '--module',
      'x',
      'y',
      '--module=z',
    );
    assert.deepEqual(given, {
      ok: true,
      args: { code: 'c', action: 'check' },
      options: { ...NONE, 'dry-run': true, since: 'b', module: ['x', 'y', 'z'] },
    });
  });

  test('after -- nothing is an option', () => {
    assert.deepEqual(read('--', '--json'), {
      ok: true,
      args: { code: '--json', action: null },
      options: NONE,
    });
  });

  const MISTAKES: readonly [readonly string[], string][] = [
    [[], 'CODE is missing'],
    [['a', 'check', 'b'], '"b" is one word too many'],
    [['a', 'chek'], 'ACTION chek: there is check'],
    [['a', '--jsn'], 'there is no option --jsn. Did you mean --json?'],
    [['a', '--frobnicate'], 'there is no option --frobnicate'],
    [['a', '-x'], 'there is no option -x'],
    [['a', '--constructor'], 'there is no option --constructor'],
    [['a', '--json=yes'], '--json takes no value'],
    [['a', '--since'], '--since needs a value: --since WHEN'],
    [['a', '--since', '--json'], '--since needs a value: --since WHEN'],
    [['a', '--shell', 'fish'], '--shell fish: there are bash, zsh'],
  ];
  for (const [words, mistake] of MISTAKES) {
    test(mistake, () => assert.deepEqual(read(...words), { ok: false, mistake }));
  }
});

test('an option of any command may stand before the name of the command', async () => {
  const root = temporaryDirectory();
  const before = await runInside(['--root', root, 'check', '--before-reboot']);
  assert.deepEqual(before, await runInside(['check', '--before-reboot', '--root', root]));
  assert.equal(before.err, '');
});

test('the last argument can take all remaining words', () => {
  const args = { code: required('a code'), atom: several('atoms') };
  assert.deepEqual(parse(['a', 'b', '-', '--', '-uD'], args, {}), {
    ok: true,
    args: { code: 'a', atom: ['b', '-', '-uD'] },
    options: {},
  });
  assert.deepEqual(parse(['a'], args, {}), { ok: false, mistake: 'ATOM is missing' });
});
