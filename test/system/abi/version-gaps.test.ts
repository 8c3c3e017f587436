import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known } from '../../../src/model/fact.ts';
import { readVersionGaps } from '../../../src/system/abi/version-gaps.ts';
import { openRoot } from '../../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

function gaps(files: Record<string, string>, release = '6.1.192-gentoo') {
  const root = temporaryDirectory();
  layOut(root, { 'linux/Makefile': '', ...files });
  return readVersionGaps(openRoot(root), '/linux', known(release));
}

const source = (how: string, returned: string): string =>
  `\tcheck();\n\n\t${how}("%s: no symbol version for %s\\n", info->name, name);\n\treturn ${returned};\n\nbad:\n\treturn 0;\n`;

test('the sources show it, wherever they have that code', () => {
  assert.deepEqual(gaps({ 'linux/kernel/module/version.c': source('pr_warn_once', '1') }), known(true));
  assert.deepEqual(gaps({ 'linux/kernel/module/version.c': source('pr_warn', '0') }), known(false));
  assert.deepEqual(gaps({ 'linux/kernel/module.c': source('pr_warn_once', '1') }, '5.4.1'), known(true));
  assert.deepEqual(gaps({ 'linux/kernel/module.c': source('pr_warn', '0') }, '4.4.1'), known(false));
});

test('without sources only the old rule is certain', () => {
  assert.deepEqual(gaps({}, '4.8.17-gentoo'), known(false));
  for (const release of ['4.9.0', '6.12.0', 'strange']) assert.equal(gaps({}, release).known, false, release);
});
