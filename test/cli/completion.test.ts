import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { aufswatch, PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Words on the command line, and what the shell then offers; a last word '' is an empty word at the cursor. */
const CASES: readonly [line: readonly string[], offered: readonly string[]][] = [
  [['st'], ['status']],
  [['un'], ['unack']],
  [
    ['explain', 'docker-aufs'],
    ['docker-aufs-on-btrfs', 'docker-aufs-unavailable'],
  ],
  [
    ['ack', ''],
    ['kernel-not-rebuilt', 'module-not-reloaded', 'next-boot-without-aufs'],
  ],
  [
    ['kernels', ''],
    ['6.1.191-gentoo', '6.1.192-gentoo'],
  ],
  [['kernels', '--json', '6.1.192'], ['6.1.192-gentoo']],
  [
    ['history', '--tree', '/usr/src/linux-'],
    ['/usr/src/linux-6.1.191-gentoo', '/usr/src/linux-6.1.192-gentoo'],
  ],
  [
    ['history', '--kind', 'b'],
    ['boot', 'build'],
  ],
  [['status', '--j'], ['--json']],
  [['--root', '/', 'status', '--j'], ['--json']],
  [['config', ''], ['check']],
];

suite('completions', () => {
  const directory = temporaryDirectory();
  const path = `${directory}:${process.env.PATH}`;

  before(() => {
    const root = join(directory, 'root');
    mkdirSync(root);
    writeMachine(root, patchedAgainNotRebuilt(Date.now()));
    assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
    mkdirSync(join(root, 'lib/modules/$(touch pwned)'), { recursive: true });
    const call = `exec ${process.execPath} ${PROGRAM} "$@" --root ${root}`;
    writeFileSync(join(directory, 'aufswatch'), `#!/bin/sh\n${call}\n`);
    chmodSync(join(directory, 'aufswatch'), 0o755);
    for (const shell of SHELLS) {
      const { out, status } = aufswatch(['completion', shell]);
      assert.equal(status, 0);
      writeFileSync(join(directory, shell === 'zsh' ? '_aufswatch' : `aufswatch.${shell}`), out);
    }
  });

  const ask: Readonly<Record<(typeof SHELLS)[number], (words: readonly string[]) => string>> = {
    bash: (words) =>
      shell('bash', [
        '--norc',
        '-c',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a bash array
        'source aufswatch.bash; COMP_WORDS=(aufswatch "$@"); COMP_CWORD=$#; _aufswatch; printf "%s\\n" "${COMPREPLY[@]}"',
        'bash',
        ...words,
      ]),
    fish: (words) =>
      shell('fish', [
        '--no-config',
        '-c',
        'source aufswatch.fish; complete -C $argv[1] | cut -f1',
        `aufswatch ${words.join(' ')}`,
      ]),
    zsh: (words) => shell('zsh', ['-f', '-c', ZSH, 'zsh', `aufswatch ${words.join(' ')}`]),
  };

  function shell(name: string, args: readonly string[]): string {
    const env = { PATH: path, HOME: directory, LANG: 'C.UTF-8', TERM: 'dumb' };
    return execFileSync(name, [...args], { cwd: directory, env, encoding: 'utf8', timeout: 30_000 });
  }

  for (const name of SHELLS) {
    for (const [words, offered] of CASES) {
      test(`${name}: aufswatch ${words.join(' ')}`, { skip: needs(name) }, () => {
        const lines = ask[name](words).split('\n');
        assert.deepEqual(
          lines
            .map((line) => line.trim())
            .filter((line) => line !== '')
            .sort(),
          offered,
        );
      });
    }
  }

  test('every visible command and option is completed, and no hidden one', {
    skip: needs('bash'),
  }, () => {
    const listed = [...aufswatch(['--help']).out.matchAll(/^ {2}([a-z][a-z-]+) /gm)].map(([, name]) => name);
    const offered = ask.bash(['']).trim().split('\n').sort();
    assert.deepEqual(offered, listed.filter((name) => name !== 'help').sort());
    for (const command of offered) {
      const help = aufswatch([command, '--help']).out;
      const flags = [...help.matchAll(/^ {2}(?:-h, )?(--[a-z-]+)/gm)].map(([, flag]) => flag);
      assert.deepEqual(ask.bash([command, '--']).trim().split('\n').sort(), flags.sort(), command);
    }
  });
});

/** Types the line and a Tab into a new zsh, and prints the matches that this zsh added. */
const ZSH = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; unsetopt zle_bracketed_paste; fpath=($PWD \\$fpath); autoload -Uz compinit; compinit -D -u"
zpty -w z 'compadd() { local -a all; builtin compadd -O all "$@"; builtin compadd "$@"; print -rl -- MATCH:$^all >>matches }'
zpty -w z 'bindkey "^I" complete-word; print -r READY-$((1+1))'
zpty -r z line '*READY-2*'
zpty -w -n z "$1"$'\\t'
zpty -w -n z $'\\C-a#\\n'
zpty -w z 'print -r DONE-$((1+1))'
zpty -r z line '*DONE-2*'
zpty -d z
[[ -r matches ]] && sed 's/^MATCH://' matches | sort -u
rm -f matches
`;
