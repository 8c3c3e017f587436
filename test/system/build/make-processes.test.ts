import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { unknown } from '../../../src/model/fact.ts';
import { buildsKernel, findMakes, lazyMakes } from '../../../src/system/build/make-processes.ts';
import { openRoot } from '../../../src/system/root.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import { until } from '../../support/wait.ts';

test('make processes are found by their working directory, sub-makes as well', {
  skip: needs('make'),
}, async () => {
  const [tree, output] = [temporaryDirectory(), temporaryDirectory()];
  // With O=, kbuild calls itself in the output directory, and the recipe there starts another make.
  writeFileSync(join(tree, 'Makefile'), `all:\n\t+@$(MAKE) -C ${output}\n`);
  writeFileSync(join(output, 'Makefile'), 'all:\n\t+@$(MAKE) -f obj.mk\n');
  writeFileSync(join(output, 'obj.mk'), 'all:\n\t@touch working; sleep 60\n');
  await running(tree, [`O=${output}`, '-j2'], join(output, 'working'));
  const makes = directories();
  assert.ok(makes.includes(output));
  assert.ok(!makes.includes(tree), 'no objects are written to the tree itself');
});

test('make for an external module is not a build of the kernel, nor are its sub-makes', {
  skip: needs('make'),
}, async () => {
  const [tree, module] = [temporaryDirectory(), temporaryDirectory()];
  writeFileSync(join(tree, 'Makefile'), 'all:\n\t+@$(MAKE) -f sub.mk\n');
  writeFileSync(join(tree, 'sub.mk'), `all:\n\t@touch ${module}/working; sleep 60\n`);
  await running(tree, [`M=${module}`], join(module, 'working'));
  assert.ok(!directories().includes(tree));
});

test('the processes are read once for each scan', () => {
  let lists = 0;
  const root = openRoot('/');
  const list = (path: string) => {
    lists++;
    return root.list(path);
  };
  const makes = lazyMakes({ ...root, list });
  assert.equal(lists, 0);
  assert.equal(makes(), makes());
  assert.equal(lists, 1);
});

test('another root has no processes, and none are read', () => {
  const list = () => assert.fail('its processes are listed');
  const found = findMakes({ ...openRoot(temporaryDirectory()), list });
  assert.equal(found.known ? 'known' : found.code, 'not-running-here');
});

test('if processes of others cannot be seen, the result is unknown', { skip: needs('make') }, async () => {
  const tree = temporaryDirectory();
  writeFileSync(join(tree, 'Makefile'), 'all:\n\t@touch working; sleep 60\n');
  await running(tree, [], join(tree, 'working'));
  const denied = unknown('denied', 'permission denied');
  const root = { ...openRoot('/'), readLink: () => denied };
  assert.deepEqual(findMakes(root), denied);
});

test('the arguments distinguish builds from configuring, cleaning and installing', () => {
  for (const words of [
    [],
    ['-j8'],
    ['-j', '8', 'LLVM=1'],
    ['bzImage'],
    ['modules'],
    ['all', 'modules_install', 'install'],
    ['-f', './scripts/Makefile.build', 'obj=fs', 'need-builtin=1'],
    ['-C', '/usr/src/linux'],
  ]) {
    assert.ok(buildsKernel(words), words.join(' '));
  }
  for (const words of [
    ['menuconfig'],
    ['-j', '8', 'olddefconfig'],
    ['modules_install', 'install'],
    ['-C', '/usr/src/linux', 'M=/tmp/x', 'modules'],
    ['mrproper'],
    ['-s', 'kernelrelease'],
  ]) {
    assert.equal(buildsKernel(words), false, words.join(' '));
  }
});

/** Starts make and waits until its recipe runs; the whole process group ends with the test file. */
async function running(cwd: string, args: readonly string[], sign: string): Promise<void> {
  const child = spawn('make', args, { cwd, detached: true, stdio: 'ignore' });
  after(() => end(child));
  await until('make runs', () => existsSync(sign));
}

function end(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
}

function directories(): readonly string[] {
  const found = findMakes(openRoot('/'));
  if (!found.known) assert.fail(`${found.code}: ${found.detail}`);
  return found.value.map(({ directory }) => directory);
}
