import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { readSavedSnapshot } from '../../../src/cli/saved-snapshot.ts';
import type { Fact } from '../../../src/model/fact.ts';
import { PROGRAM } from '../../support/program.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { kernelDirectory } from './cache.ts';
import { runInGuest } from './guest.ts';
import { KERNELS, modulesOf } from './variants.ts';

suite('the facts that the program reads from the running kernel', () => {
  const directory = temporaryDirectory();

  for (const kernel of KERNELS) {
    test(kernel.name, async () => {
      const saved = kernelDirectory(kernel.name);
      const enforced = kernel.config.MODULE_SIG_FORCE === 'y';
      const aufs = modulesOf(kernel).includes('aufs') && !enforced ? join(saved, 'modules/aufs.ko') : null;
      const script = [
        aufs === null ? '' : `insmod '${aufs}'`,
        `'${process.execPath}' '${PROGRAM}' snapshot`,
      ].join('\n');
      const text = await runInGuest(join(saved, 'build/linux'), script, join(directory, kernel.name));
      const path = join(directory, `${kernel.name}.json`);
      writeFileSync(path, text);
      const snapshot = readSavedSnapshot(path);
      assert.ok(snapshot.ok, snapshot.ok ? '' : `${snapshot.message}: ${text.slice(0, 400)}`);
      const { running } = snapshot.value;

      assert.equal(knownValue(running.identity.release), readFileSync(join(saved, 'release'), 'utf8'));
      assert.equal(knownValue(running.identity.utsVersion), utsVersion(saved));
      assert.equal(knownValue(running.identity.buildId), buildId(join(saved, 'build/vmlinux')));
      const config = knownValue(running.config);
      const versioned = kernel.config.MODVERSIONS !== 'n';
      assert.equal(config.options.MODVERSIONS === 'y', versioned);
      assert.equal(knownValue(running.abi.modversions), versioned);

      assert.equal(knownValue(running.abi.signatureEnforced), enforced);

      const isThere = aufs !== null || kernel.builtin;
      assert.equal(knownValue(running.filesystems).includes('aufs'), isThere, 'registered');
      assert.equal(knownValue(running.loaded).includes('aufs'), aufs !== null, 'loaded');
      const loaded = running.modules.find(({ name }) => name === 'aufs');
      if (aufs !== null) {
        assert.equal(loaded?.version, '6.1-20240701');
        if (loaded?.buildId.known) assert.equal(loaded.buildId.value, buildId(aufs));
      }
      for (const component of ['base', 'mmap', 'standalone'] as const) {
        const carried = running.carries[component];
        if (carried.known) assert.equal(carried.value, kernel.patched, `carries ${component}`);
      }
    });
  }
});

function knownValue<T>(fact: Fact<T>): T {
  assert.ok(fact.known, fact.known ? '' : fact.detail);
  return fact.value;
}

function utsVersion(saved: string): string | undefined {
  const header = readFileSync(join(saved, 'build/include/generated/utsversion.h'), 'utf8');
  return /UTS_VERSION "(.+)"/.exec(header)?.[1];
}

/** As readelf reads it. */
function buildId(path: string): string | undefined {
  return /Build ID: (\w+)/.exec(
    execFileSync('readelf', ['-n', path], { encoding: 'utf8', stdio: 'pipe' }),
  )?.[1];
}
