import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HOUR } from '../../src/demo/in-sync.ts';
import { commandText } from '../../src/model/command-text.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { judged, NOW } from '../support/machines.ts';

/** Trees that build AUFS themselves. */

const MACHINE = SCENARIOS['aufs-sources'](NOW);
const TREE = '/usr/src/linux-6.1.192-aufs';
const MODULE = '/lib/modules/6.1.192-aufs/kernel/fs/aufs/aufs.ko';

test('a missing module of the kernel is installed by make modules_install', async () => {
  const { verdict } = await judged({ machine: MACHINE, change: (root) => rmSync(join(root, MODULE)) });
  assert.match(commandsOf(verdict).join('\n'), /modules_install/);
});

test('AUFS is compiled in if it cannot be a module', async () => {
  const trees = MACHINE.trees.map((tree) => {
    const { AUFS_FS: _, ...options } = tree.config?.options ?? {};
    return { ...tree, config: { options, at: NOW - HOUR } };
  });
  for (const [type, option] of [
    ['bool', '--enable'],
    ['tristate', '--module'],
  ]) {
    const { verdict } = await judged({
      machine: { ...MACHINE, trees },
      change: (root) =>
        writeFileSync(join(root, TREE, 'fs/aufs/Kconfig'), `config AUFS_FS\n\t${type} "aufs"\n`),
    });
    assert.ok(
      commandsOf(verdict).some((command) => command.includes(`${option} AUFS_FS`)),
      commandsOf(verdict).join('\n'),
    );
  }
});

test('without fs/aufs the plan does not configure AUFS', async () => {
  const { verdict } = await judged({
    machine: MACHINE,
    change: (root) => rmSync(join(root, TREE, 'fs/aufs'), { recursive: true }),
  });
  const codes = verdict.findings.map(({ code }) => code);
  assert.ok(codes.includes('aufs-sources-missing') && !codes.includes('aufs-not-configured'), codes.join());
  assert.equal(verdict.plan[0]?.by, 'hand');
});

test('after make mrproper a tree is identified by the links to it from /lib/modules', async () => {
  const { verdict } = await judged({
    machine: MACHINE,
    change: (root) => {
      execFileSync('find', [join(root, TREE), '-name', '*.o', '-delete']);
      for (const name of [
        '.config',
        'Module.symvers',
        'System.map',
        'vmlinux',
        '.version',
        'include',
        'arch',
      ])
        rmSync(join(root, TREE, name), { recursive: true, force: true });
      // The release was in .config; the Makefile alone has another one.
      writeFileSync(
        join(root, TREE, 'Makefile'),
        'VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 192\nEXTRAVERSION =\n',
      );
    },
  });
  const never = verdict.findings.find(({ code }) => code === 'kernel-never-built');
  assert.match(never?.title ?? '', /no longer contains a compiled kernel$/);
});

function commandsOf({ plan }: Verdict): string[] {
  return plan.map((step) => commandText(step) ?? '');
}
