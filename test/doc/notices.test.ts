import assert from 'node:assert/strict';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { readSettings } from '../../src/config/read-settings.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { messageOf } from '../../src/notify/exec/message.ts';
import { type Block, codeBlocks } from '../support/code-blocks.ts';
import { inNamespace, NAMESPACE } from '../support/namespace.ts';
import { aufswatch, PROGRAM } from '../support/program.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const SOURCE = join(import.meta.dirname, '../../..');
const BLOCKS = codeBlocks(readFileSync(join(SOURCE, 'doc/notices.md'), 'utf8'));
const LINE = 'The next boot will be without AUFS';
const GONE = ['shutdown', 'reboot', 'poweroff', 'halt'];

const skip = NAMESPACE || needs('jq', 'tmux', 'bash', 'script');

/** Runs every block of doc/notices.md in order, on a machine whose next boot is without AUFS. */
describe('the examples of doc/notices.md', { skip }, () => {
  const work = temporaryDirectory();
  const outputIn = (name: string): string => readFileSync(join(work, name), 'utf8');

  before(() => {
    const root = join(work, 'root');
    writeMachine(root, patchedAgainNotRebuilt(Date.now()));
    assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
    layOut(work, { ...programs(root), ...files() });
    for (const name of Object.keys(programs(root))) chmodSync(join(work, name), 0o755);
    mkdirSync(join(work, 'usr/local/sbin'), { recursive: true });
    mkdirSync(join(work, 'usr/bin'), { recursive: true });
    cpSync(join(SOURCE, 'hooks'), join(work, 'usr/lib/aufswatch/hooks'), { recursive: true });
    symlinkSync('../lib/aufswatch/dist/aufswatch.cjs', join(work, 'usr/bin/aufswatch'));
    const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    const { status, error } = inNamespace(work, script(), { PATH: path, WORK: work, LC_ALL: 'C.UTF-8' });
    assert.equal(status, 0, error);
  });

  test('every command has its documented exit status, and prints nothing on standard error', () => {
    for (const [number, block] of BLOCKS.entries()) {
      if (block.language !== 'sh' || block.file !== null) continue;
      const status =
        block.text.includes('status --line') || block.text.includes('check --before') ? '2' : '0';
      assert.equal(outputIn(`${number}.status`).trim(), status, block.text);
      assert.equal(outputIn(`${number}.error`), '', block.text);
    }
  });

  test('the line for a prompt works with and without Node', () => {
    assert.match(outputOf('status --line'), /^aufs: !! Next boot: no AUFS \(\+\d\)\n$/);
    assert.match(
      outputOf('sed -n 1p'),
      new RegExp(`^aufswatch: critical: ${LINE}, and \\d other findings?\n$`),
    );
    assert.match(outputIn('bash'), new RegExp(`^aufswatch: critical: ${LINE}`));
  });

  test('the line of tmux works', () => {
    assert.match(outputIn('tmux'), new RegExp(`aufswatch: critical: ${LINE}`));
  });

  test('the mail is sent', () => {
    assert.equal(
      outputIn('sendmail'),
      `<-t>\nTo: root\nSubject: [${outputIn('host').trim()}] warning: aufswatch test: warning\n\nThis is only a test. Nothing is wrong.\n`,
    );
  });

  test('the push message is sent', () => {
    const [words = '', ...json] = outputIn('curl').split('\n');
    assert.match(words, /<--data-binary><@-><https:\/\/ntfy\.sh>$/);
    assert.deepEqual(JSON.parse(json.join('\n')), {
      topic: 'a-name-that-nobody-guesses',
      title: 'aufswatch test: critical',
      message: 'This is only a test. Nothing is wrong.',
      priority: 5,
    });
  });

  test('the question before a reboot works', () => {
    assert.equal(outputOf('check --before-reboot'), `${LINE}.\n`);
  });

  test('the guard of shutdown and similar commands works, and so does the way past it', () => {
    assert.match(outputIn('refused'), new RegExp(`^reboot: ${LINE}\\.\n`));
    assert.equal(outputIn('gone'), 'reboot <now>\n');
  });

  function outputOf(words: string): string {
    const number = BLOCKS.findIndex(({ text, language }) => language === 'sh' && text.includes(words));
    return outputIn(`${number}.out`);
  }

  function programs(root: string): Record<string, string> {
    const run = `exec '${process.execPath}' '${PROGRAM}' "$@" --root '${root}' --config /etc/aufswatch.toml`;
    const gone = GONE.map((name) => [`usr/sbin/${name}`, `#!/bin/sh\necho "${name} <$*>" >>"$WORK/gone"\n`]);
    return {
      'usr/lib/aufswatch/dist/aufswatch.cjs': `#!/bin/sh\n${run}\n`,
      'usr/sbin/sendmail': '#!/bin/sh\n{ printf "<%s>" "$@"; echo; cat; } >"$WORK/sendmail"\n',
      'usr/bin/curl': '#!/bin/sh\n{ printf "<%s>" "$@"; echo; cat; } >"$WORK/curl"\n',
      ...Object.fromEntries(gone),
    };
  }

  /** The blocks, each as a file to run or to copy. */
  function files(): Record<string, string> {
    return Object.fromEntries(BLOCKS.map(({ text }, number) => [`${number}.block`, text]));
  }

  function script(): string {
    const lines = BLOCKS.flatMap((block, number) => linesFor(block, `"$WORK"/${number}`));
    return [
      'cp -r "$WORK"/root/run/aufswatch /run/',
      'hostname >"$WORK"/host',
      ...lines,
      'aufswatch reboot-ok --undo',
      'reboot now 2>"$WORK"/refused && exit 1',
      'aufswatch reboot-ok',
      'reboot now',
    ].join('\n');
  }
});

function linesFor({ language, file }: Block, path: string): string[] {
  if (file !== null) return [`cp ${path}.block ${file}`];
  if (language === 'sh') return [`sh -e ${path}.block >${path}.out 2>${path}.error; echo $? >${path}.status`];
  if (language === 'bash') return [`bash -c '. ${path}.block; eval "$PROMPT_COMMAND"' >"$WORK"/bash`];
  if (language !== 'tmux') return [];
  // tmux runs the command only with an attached client. It uses its own server, not that of the user.
  const session = `stty cols 160 rows 24; tmux -L aufswatch-test -f ${path}.block new-session "sleep 3"`;
  return [`TMUX_TMPDIR="$WORK" TERM=xterm script -qec '${session}' /dev/null >"$WORK"/tmux`];
}

test('every table of the configuration in it is valid', () => {
  const tables = BLOCKS.filter(({ language }) => language === 'toml');
  assert.equal(tables.length, 3);
  for (const { text } of tables) {
    const path = join(temporaryDirectory(), 'aufswatch.toml');
    layOut(join(path, '..'), { 'aufswatch.toml': text });
    const settings = readSettings(path);
    assert.deepEqual(settings.ok ? [] : settings.mistakes, []);
  }
});

test('the message in it has the fields that commands receive', () => {
  const [shown] = BLOCKS.filter(({ language }) => language === 'json');
  const notice = { kind: 'tell', severity: 'critical', title: '', body: '', codes: [] } as const;
  const real = messageOf(notice, 'h', 0, 'critical');
  assert.deepEqual(Object.keys(JSON.parse(shown?.text ?? '{}')).sort(), Object.keys(real).sort());
});

test('systemd may write where the metrics are', () => {
  const shown = BLOCKS.filter(({ text }) => /textfile|ReadWritePaths/.test(text)).map(({ text }) => text);
  const [, directory] = /^textfile = "(.*)\/[^/]+"$/m.exec(shown.join('')) ?? [];
  assert.ok(directory !== undefined);
  assert.ok(shown.some((text) => text.startsWith(`[Service]\nReadWritePaths=${directory}\n`)));
});

test('its picture exists', () => {
  assert.ok(existsSync(join(SOURCE, 'doc/notification.png')));
});
