import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { guestModules } from '../../src/rehearsal/module-files.ts';
import { openRoot } from '../../src/system/root.ts';
import { tool } from '../support/real-modules.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const RELEASE = '6.1.0-test';
const DIRECTORY = `/lib/modules/${RELEASE}`;

/** The parts of a module that depmod reads: .modinfo, the exported and the imported symbols. */
interface Written {
  readonly info?: readonly string[];
  readonly exports?: string;
  readonly takes?: readonly string[];
}

const MODULES: Readonly<Record<string, Written>> = {
  base: { exports: 'given_by_base', info: ['softdep=pre: early post: late'] },
  'two-words': { exports: 'given_by_two', takes: ['given_by_base'] },
  top: {
    takes: ['given_by_two'],
    info: ['softdep=pre: crypto-sum pci:v00001234d00000001 symbol:given_by_symbol base post: last'],
  },
  early: { info: ['softdep=pre: top'] },
  late: {},
  last: {},
  'sum-fast': { info: ['alias=crypto-sum', 'alias=crypto-*'] },
  sum_slow: { info: ['alias=crypto-sum'] },
  Card: { info: ['alias=pci:v0000[1-2]2[!0-2]4d*'] },
  other: { info: ['alias=pci:v0000[3-4]2*'] },
  symbol: { exports: 'given_by_symbol' },
  configured: {},
};

function sourceOf(name: string, { info = [], exports, takes = [] }: Written): string {
  const texts = ['license=GPL', `name=${name.replaceAll('-', '_')}`, ...info];
  return [
    ...texts.map(
      (text, at) => `static const char i${at}[] __attribute__((section(".modinfo"), used)) = "${text}";`,
    ),
    ...(exports === undefined
      ? []
      : [
          `int ${exports};`,
          `static const char e[] __attribute__((section("__ksymtab_strings"), used)) = "${exports}";`,
        ]),
    ...takes.map((taken, at) => `extern int ${taken}; int *t${at} = &${taken};`),
  ].join('\n');
}

test('modules come in the order in which modprobe loads them', {
  skip: needs('gcc', 'depmod', 'modprobe'),
}, () => {
  const root = join(temporaryDirectory(), 'root');
  layOut(root, {
    [`${DIRECTORY}/modules.builtin`]: '',
    'etc/modprobe.d/a.conf': '# first of all\nsoftdep l?te pre: \\\n  configured\nalias early off\n',
    'etc/modprobe.d/z.conf': 'softdep base pre: last\nalias last configured\n',
  });
  for (const [name, written] of Object.entries(MODULES)) {
    const path = join(root, DIRECTORY, `${name}.ko`);
    execFileSync('gcc', ['-x', 'c', '-c', '-o', path, '-'], { input: sourceOf(name, written) });
  }
  tool('depmod', '-b', root, RELEASE);
  const opened = openRoot(root);
  for (const name of Object.keys(MODULES)) {
    const path = `${DIRECTORY}/${name}.ko`;
    const config = join(root, 'etc/modprobe.d');
    const printed = tool('modprobe', '-C', config, '-d', root, '-S', RELEASE, '--show-depends', name);
    const paths = [...printed.matchAll(/^insmod (\S+)/gm)].map((match) =>
      (match[1] ?? '').slice(root.length),
    );
    const real = [...new Set(paths)].slice(0, [...new Set(paths)].indexOf(path) + 1);
    const { modules } = guestModules(opened, DIRECTORY, [path]);
    // A name that the configuration gives to another module no longer means the module with that name.
    if (real.length > 0)
      assert.deepEqual(
        modules.map(({ file }) => file.path),
        real,
        name,
      );
  }
});
