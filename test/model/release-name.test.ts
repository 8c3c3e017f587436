import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeMachine } from '../../src/demo/machine.ts';
import { isModuleName } from '../../src/model/module-name.ts';
import { isReleaseName } from '../../src/model/release-name.ts';
import { NOW, read } from '../support/machines.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { IN_SYNC, TREE } from '../verdict/catalogue/changes.ts';

test('the names of kernels are releases, and other contents of a file are not', () => {
  for (const name of ['6.1.192-gentoo', '6.1.0-49-amd64', '6.12', '6.1.5+', '5.15.0-rc1~me', '6.1.1-a_b:c@d'])
    assert.ok(isReleaseName(name), name);
  const others = [
    '',
    'gentoo',
    '6',
    '6.1 x',
    '6.1; touch INJ',
    '6.1/..',
    'root:$6$abc',
    '6.1\n',
    '6.1$(x)',
    `6.1${'x'.repeat(62)}`,
  ];
  for (const text of [...others, '-----BEGIN PRIVATE KEY-----', '6.1\u001b[2J'])
    assert.ok(!isReleaseName(text), text);
  for (const name of ['aufs', 'snd_hda_intel', '8021q']) assert.ok(isModuleName(name));
  for (const name of ["zfs'; touch INJ", '', 'a b', 'a/b', '\u202e']) assert.ok(!isModuleName(name));
});

test('a file that only claims to be of a build adds nothing to a snapshot', async () => {
  const root = join(temporaryDirectory(), 'root');
  writeMachine(root, IN_SYNC);
  const tree = join(root, TREE);
  const secret = 'SECRETroot:$6$salt$hash';
  const header = (name: string) => `#define ${name} "${secret}"\n`;
  writeFileSync(join(tree, 'include/config/kernel.release'), `${secret}\n`);
  writeFileSync(join(tree, 'include/generated/utsrelease.h'), header('UTS_RELEASE'));
  writeFileSync(join(tree, 'include/generated/utsversion.h'), header('UTS_VERSION'));
  writeFileSync(join(tree, 'include/generated/compile.h'), header('UTS_VERSION') + header('UTS_MACHINE'));
  writeFileSync(join(tree, 'localversion-x'), secret);
  symlinkSync('include/config/kernel.release', join(tree, 'localversion-y'));
  for (const name of [`6.1${secret}`, `${secret}`, '6.1; touch INJ #'])
    mkdirSync(join(root, 'lib/modules', name));
  mkdirSync(join(root, `var/db/pkg/x;${secret}/aufs-1`), { recursive: true });
  const { problems, ...facts } = await read(root, undefined, NOW);
  assert.ok(!JSON.stringify(facts).includes('SECRET'));
  assert.ok(!JSON.stringify(facts).includes('INJ'));
  assert.deepEqual(
    problems.map(({ detail }) => detail),
    ['no category has such a name'],
  );
});
