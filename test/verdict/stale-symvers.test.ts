import assert from 'node:assert/strict';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { symversText } from '../../src/demo/exports.ts';
import type { Build } from '../../src/demo/kernel.ts';
import { systemMap } from '../../src/demo/vmlinux.ts';
import { judged } from '../support/machines.ts';
import { IN_SYNC, TREE } from './catalogue/changes.ts';

/** `make bzImage` links a kernel and leaves Module.symvers of the previous build. */

const BUILD = IN_SYNC.trees.find(({ version }) => version === '6.1.192')?.build?.kernel;

/** Writes the files of the link for `linked`, and a Module.symvers of `listed` that is a day older. */
function linkedAlone(linked: Build, listed: Build): (root: string) => void {
  return (root) => {
    const put = (name: string, text: string, at: number): void => {
      writeFileSync(join(root, TREE, name), text);
      utimesSync(join(root, TREE, name), at / 1000, at / 1000);
    };
    put('Module.symvers', symversText(listed), linked.at - 86_400_000);
    put('vmlinux.o', '', linked.at - 3000);
    put('vmlinux.symvers', symversText(linked), linked.at - 2000);
    put('System.map', systemMap(linked), linked.at - 1000);
  };
}

test('a list of exports from the previous build is not used, in either direction', async () => {
  assert.ok(BUILD !== undefined);
  const plain = { ...BUILD, patch: null };
  const lost = await judged({ machine: IN_SYNC, change: linkedAlone(plain, BUILD) });
  const codes = lost.verdict.findings.map(({ code }) => code);
  assert.ok(codes.includes('kernel-not-rebuilt'), codes.join());
  assert.match(JSON.stringify(lost.verdict.findings), /it refuses [^ ]*aufs\.ko/);

  const kept = await judged({ machine: IN_SYNC, change: linkedAlone(BUILD, plain) });
  assert.deepEqual(
    kept.verdict.findings.map(({ code }) => code),
    [],
  );
});
