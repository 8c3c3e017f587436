import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { knownCommands } from '../../src/cli/commands.ts';
import { COMMON_OPTIONS } from '../../src/cli/definition.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { PACKAGE } from '../support/clone.ts';
import { codeBlocks } from '../support/code-blocks.ts';
import { aufswatch, PROGRAM } from '../support/program.ts';
import { endBeforeRemoval, temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(PACKAGE, 'doc'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `doc/${name}`),
];

/** Every call of aufswatch in a page, on its own line or within the text. */
function callsIn(page: string): string[] {
  const text = readFileSync(join(PACKAGE, page), 'utf8');
  const inText = [...text.matchAll(/`(aufswatch(?: [^`]*)?)`/g)].map(([, call = '']) => call);
  const inBlocks = codeBlocks(text)
    .filter(({ language }) => language === 'sh' || language === 'console')
    .flatMap((block) => block.text.split('\n'))
    .map((line) => line.replace(/^\$ /, ''))
    .filter((line) => /^aufswatch( |$)/.test(line));
  return [...inText.map((call) => call.replaceAll(/\s+/g, ' ')), ...inBlocks];
}

const CALLS = [...new Set(PAGES.flatMap(callsIn))];
/** Commands that do not end by themselves, or need a session or a kernel that boots; each has its own tests. */
const NOT_HERE = ['watch', 'agent', 'notify', 'rehearse', 'foretell'];
/** Exit statuses other than 0, on a machine whose next boot is without AUFS and where setup was not run. */
const STATUS: Readonly<Record<string, number>> = {
  check: 2,
  'check --before-reboot': 2,
  'status --line': 2,
};

suite('every call of aufswatch in the documents', () => {
  const directory = temporaryDirectory();
  const root = join(directory, 'try');
  const saved = join(directory, 'snapshot.json');

  before(() => {
    mkdirSync(root);
    writeMachine(root, patchedAgainNotRebuilt(Date.now()));
    assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
    writeFileSync(saved, aufswatch(['snapshot', '--root', root]).out);
  });

  for (const call of CALLS) {
    const [name = 'status', ...words] = call
      .replace(/ --root (?:try|after|zfs)/, '')
      .split(' ')
      .slice(1);
    if (NOT_HERE.includes(name)) {
      test(`${call}: the command exists, and takes these options`, async () => {
        const options = (await knownCommands()).find((command) => command.name === name)?.options ?? {};
        const flags = Object.keys({ ...options, ...COMMON_OPTIONS }).map((option) => `--${option}`);
        for (const word of words.filter((each) => each.startsWith('--'))) assert.ok(flags.includes(word));
        assert.equal(aufswatch([name, '--help']).status, 0);
      });
      continue;
    }
    test(`${call}: it works as documented`, () => {
      const filled = words.map((word) => ({ CODE: 'kernel-not-rebuilt', FILE: saved })[word] ?? word);
      const flags = words.filter((word) => word.startsWith('--'));
      const demo = name === 'demo' ? [...flags, join(directory, call.replaceAll(' ', '-'))] : null;
      const onRoot = words.includes('--snapshot') || name.startsWith('--') ? [] : ['--root', root];
      const { status, out, error } = aufswatch([name, ...(demo ?? [...filled, ...onRoot])]);
      assert.equal(error, '');
      assert.equal(status, STATUS[[name, ...words].join(' ')] ?? 0, out);
    });
  }

  test('are found', () => {
    for (const call of ['aufswatch', 'aufswatch ack CODE', 'aufswatch metrics'])
      assert.ok(CALLS.includes(call));
  });
});

test('npm start shows a demonstration on a machine without Portage, follows it, and writes only to its cache', {
  skip: existsSync('/var/db/pkg') && 'there is Portage here',
}, async () => {
  const { scripts } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  assert.equal(scripts.start, 'exec node dist/aufswatch.cjs follow');
  const home = temporaryDirectory();
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', HOME: home };
  const child = spawn(process.execPath, [PROGRAM, 'follow'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  endBeforeRemoval(() => child.kill('SIGKILL'));
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const demo = join(home, '.cache/aufswatch/demo');
  await until(
    'it follows the demonstration',
    () => existsSync(join(demo, 'run/aufswatch/status.json')),
    30_000,
  );
  assert.match(
    output,
    /^There is no Portage here \(\/var\/db\/pkg is missing\): following the demonstration in /,
  );
  assert.match(output, /The next boot will be without AUFS.*\nFollowing; Ctrl-C ends it\.\n/s);
  child.kill('SIGINT');
  assert.equal(await ended, 0);
  assert.deepEqual(readdirSync(home), ['.cache']);
});
