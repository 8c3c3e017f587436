import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { NO_MEMORY } from '../../../src/model/memory.ts';
import { DEFAULT_PREFERENCES } from '../../../src/model/preferences.ts';
import { rehearse } from '../../../src/rehearsal/rehearse.ts';
import { readSnapshot } from '../../../src/system/read-snapshot.ts';
import { openRoot } from '../../../src/system/root.ts';
import { moduleFile } from '../../../src/verdict/kernel/kernel.ts';
import { assess } from '../../../src/verdict/situation.ts';
import { toRehearse } from '../../../src/verdict/to-rehearse.ts';
import { willLoad } from '../../../src/verdict/will-load.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import { writePackage } from '../kernel/package.ts';
import { AUFS_KERNELS, type AufsKernel, aufsKernelDirectory } from './cache.ts';

const GUEST = join(import.meta.dirname, '../../../../dist/rehearsal-init');
const TIME = 240_000;
const isBuilt = AUFS_KERNELS.every((kernel) => existsSync(aufsKernelDirectory(kernel)));
const skip =
  needs('qemu-system-x86_64', 'depmod') ||
  (isBuilt ? false : 'needs what `npm run test:aufs -- CLONE` builds');

/** The real AUFS on kernels that were patched with the real set. */
suite('AUFS, mounted', { skip }, () => {
  const directory = temporaryDirectory();

  function layOut(kernel: AufsKernel): { readonly root: string; readonly module: string } {
    const kept = aufsKernelDirectory(kernel);
    const release = readFileSync(join(kept, 'release'), 'utf8').trim();
    const root = join(directory, kernel.name);
    const modules = join(root, 'lib/modules', release);
    for (const place of ['boot', 'usr/src', 'var/tmp', 'sys/firmware', `lib/modules/${release}/misc`])
      mkdirSync(join(root, place), { recursive: true });
    cpSync(join(kept, 'build/arch/x86/boot/bzImage'), join(root, 'boot', `vmlinuz-${release}`));
    cpSync(join(kept, 'build'), join(root, 'var/tmp/build'), { recursive: true, preserveTimestamps: true });
    cpSync(join(kept, 'source'), join(root, `usr/src/linux-${release}`), { recursive: true });
    symlinkSync('/var/tmp/build', join(modules, 'build'));
    symlinkSync(`/usr/src/linux-${release}`, join(modules, 'source'));
    cpSync(join(kept, 'aufs.ko'), join(modules, 'misc/aufs.ko'));
    execFileSync('depmod', ['-b', root, release], { stdio: 'pipe' });
    const module = `/lib/modules/${release}/misc/aufs.ko`;
    const contents = [`obj ${module} d41d8cd98f00b204e9800998ecf8427e 1`];
    writePackage(root, { category: 'sys-fs', pf: 'aufs4-1', inherited: 'linux-mod', contents, counter: 1 });
    return { root, module };
  }

  async function tryOn(kernel: AufsKernel) {
    const { root, module } = layOut(kernel);
    const options = { preferences: DEFAULT_PREFERENCES, takenAt: Date.now(), hashImages: false };
    const requested = toRehearse(assess(await readSnapshot(openRoot(root), options), NO_MEMORY), null);
    assert.ok(typeof requested !== 'string', String(requested));
    const file = moduleFile(requested.kernel, 'aufs');
    assert.ok(file !== null);
    const result = await rehearse({
      root: openRoot(root),
      ...requested,
      modules: [module],
      aufs: true,
      init: readFileSync(GUEST),
      arch: process.arch,
      path: process.env.PATH ?? '',
      timeout: TIME,
      signal: new AbortController().signal,
      now: Date.now,
      progress: () => {},
    });
    assert.ok(result.ok, JSON.stringify(result));
    const [seen] = result.rehearsed;
    assert.ok(seen !== undefined);
    return { foretold: willLoad(requested.kernel, file), seen: seen.outcome, aufs: result.aufs };
  }

  for (const kernel of AUFS_KERNELS) {
    test(kernel.name, async () => {
      const { foretold, seen, aufs } = await tryOn(kernel);
      if (kernel.name === 'whole') {
        assert.deepEqual(aufs, { is: 'works' });
        assert.deepEqual([foretold, seen], [{ answer: 'loads' }, { is: 'loads' }]);
        return;
      }
      assert.ok(seen.is === 'refused' && foretold.answer === 'refused', JSON.stringify([foretold, seen]));
      assert.ok(
        seen.words.some((line) => line.includes(foretold.message)),
        JSON.stringify([foretold, seen]),
      );
      assert.ok(aufs?.is === 'fails' && aufs.step === 'mount aufs' && aufs.error === 'ENODEV');
    });
  }
});
