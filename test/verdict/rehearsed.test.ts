import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { layOutDemo } from '../../src/demo/lay-out-demo.ts';
import type { KernelAbi } from '../../src/model/abi.ts';
import { known, unknown } from '../../src/model/fact.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import type { Outcome, Rehearsed, RehearsedFile } from '../../src/model/rehearsal.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { decidingWords } from '../../src/verdict/deciding-words.ts';
import { type Kernel, moduleFile } from '../../src/verdict/kernel/kernel.ts';
import type { Loadable } from '../../src/verdict/loadable/answer.ts';
import { assess } from '../../src/verdict/situation.ts';
import { foretold, willLoad } from '../../src/verdict/will-load.ts';
import { read } from '../support/machines.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const REFUSED: Outcome = { is: 'refused', error: 'ENOEXEC', words: ['zfs: Unknown symbol x (err -2)'] };

/** The demonstration: the prediction is that zfs loads and aufs is refused. */
suite('the result of a rehearsal', () => {
  const root = join(temporaryDirectory(), 'root');
  let snapshot: Snapshot;

  before(async () => {
    assert.ok(layOutDemo(root, Date.now()).ok);
    snapshot = await read(root);
  });

  function next(rehearsals: readonly Rehearsed[] = [], of: Snapshot = snapshot): Kernel {
    const kernel = assess(of, { ...NO_MEMORY, rehearsals }).next;
    assert.ok(kernel !== null);
    return kernel;
  }

  function fileOf(kernel: Kernel, name: string) {
    const file = moduleFile(kernel, name);
    assert.ok(file !== null);
    return file;
  }

  function seen(name: string, outcome: Outcome, change: Partial<Rehearsed> = {}): Rehearsed {
    const kernel = next();
    const { release, utsVersion } = kernel.identity;
    assert.ok(release.known && utsVersion.known && kernel.image !== null);
    const image = rehearsedFile(kernel.image);
    const ran = { release: release.value, utsVersion: utsVersion.value, image, words: [] };
    const file = rehearsedFile(fileOf(kernel, name));
    return { atMs: Date.now(), kernel: ran, module: name, file, needs: [], outcome, ...change };
  }

  function answer(name: string, rehearsals: readonly Rehearsed[]): Loadable {
    const kernel = next(rehearsals);
    return willLoad(kernel, fileOf(kernel, name));
  }

  test('decides that a module loads or is refused, whatever was predicted', () => {
    assert.equal(answer('aufs', []).answer, 'refused');
    assert.equal(answer('aufs', [seen('aufs', { is: 'loads' })]).answer, 'loads');
    assert.equal(answer('zfs', []).answer, 'loads');
    const refused = answer('zfs', [seen('zfs', REFUSED)]);
    assert.ok(refused.answer === 'refused');
    assert.deepEqual([refused.reason, refused.message], [{ is: 'seen' }, 'zfs: Unknown symbol x (err -2)']);
  });

  test('does not change the prediction', () => {
    const kernel = next([seen('zfs', REFUSED)]);
    assert.equal(foretold(kernel, fileOf(kernel, 'zfs')).answer, 'loads');
  });

  test('gets its reason from the prediction if both refuse', () => {
    const refused = answer('aufs', [seen('aufs', { ...REFUSED, words: [] })]);
    assert.ok(refused.answer === 'refused');
    assert.equal(refused.reason.is, 'symbol-version');
  });

  test('of an init that found no device is that the kernel accepted the module', () => {
    const outcome: Outcome = { is: 'init-failed', error: 'ENODEV', words: [] };
    assert.equal(answer('aufs', [seen('aufs', outcome)]).answer, 'loads');
  });

  test('that a module was accepted proves nothing if the kernel may enforce signatures', () => {
    const open = next([seen('zfs', { is: 'loads' })]);
    const abi = {
      ...open.abi,
      signatures: known(true),
      signatureEnforced: unknown('no-data', 'Secure Boot'),
    };
    assert.equal(willLoad({ ...open, abi, loaded: [] }, fileOf(open, 'zfs')).answer, 'unknown');
    const refused = next([seen('zfs', REFUSED)]);
    assert.equal(willLoad({ ...refused, abi }, fileOf(refused, 'zfs')).answer, 'refused');
  });

  test('that is unclear proves nothing', () => {
    assert.equal(answer('aufs', [seen('aufs', { is: 'unclear', why: 'x' })]).answer, 'refused');
  });

  test('that refuses a module also refuses those that need it', () => {
    const [spl, zfs] = [seen('spl', REFUSED), answer('zfs', [seen('spl', REFUSED)])];
    assert.equal(spl.outcome.is, 'refused');
    assert.equal(zfs.answer, 'refused');
  });

  const CHANGES: Record<string, (was: Rehearsed) => Partial<Rehearsed>> = {
    'another build of the same release': ({ kernel }) => ({ kernel: { ...kernel, utsVersion: '#9 SMP' } }),
    'another release': ({ kernel }) => ({ kernel: { ...kernel, release: '6.1.0' } }),
    'an image that was written since': ({ kernel }) => ({
      kernel: { ...kernel, image: { ...kernel.image, mtimeMs: kernel.image.mtimeMs - 1 } },
    }),
    'another command line': ({ kernel }) => ({ kernel: { ...kernel, words: ['module.sig_enforce=1'] } }),
    'a module that was written since': ({ file }) => ({ file: { ...file, mtimeMs: file.mtimeMs - 1 } }),
    'a module of another size': ({ file }) => ({ file: { ...file, size: file.size + 1 } }),
    'a module in another place': ({ file }) => ({ file: { ...file, path: `${file.path}.old` } }),
  };
  for (const [what, change] of Object.entries(CHANGES)) {
    test(`does not hold for ${what}`, () => {
      const was = seen('aufs', { is: 'loads' });
      assert.equal(answer('aufs', [{ ...was, ...change(was) }]).answer, 'refused');
    });
  }

  test('does not hold if a module that was loaded before it has changed', () => {
    const spl = rehearsedFile(fileOf(next(), 'spl'));
    const same = seen('zfs', REFUSED, { needs: [spl] });
    assert.equal(answer('zfs', [same]).answer, 'refused');
    assert.equal(answer('zfs', [{ ...same, needs: [{ ...spl, mtimeMs: 1 }] }]).answer, 'loads');
  });

  test('does not hold if the kernel’s own modules were installed since', () => {
    const own: RehearsedFile = {
      path: '/lib/modules/6.1.192-gentoo/kernel/lib/x.ko',
      size: 1,
      mtimeMs: 1,
      hash: '',
    };
    const was = seen('zfs', REFUSED, { needs: [own] });
    assert.equal(answer('zfs', [was]).answer, 'refused');
    assert.equal(answer('zfs', [{ ...was, atMs: 1 }]).answer, 'loads');
  });

  test('does not change: a module that needs a refused module of the kernel is refused', () => {
    const kernel = next();
    const { modules } = kernel;
    const own = fileOf(kernel, 'spl');
    assert.ok(modules !== null && own.info.known);
    const refused = { ...own, info: known({ ...own.info.value, elf: '32 little 3' }) };
    const chain = { ...modules, modules: modules.modules.filter(({ name }) => name !== 'spl') };
    const loads = foretold({ ...kernel, modules: { ...chain, between: [own] } }, fileOf(kernel, 'zfs'));
    assert.equal(loads.answer, 'loads');
    const behind = foretold({ ...kernel, modules: { ...chain, between: [refused] } }, fileOf(kernel, 'zfs'));
    assert.ok(behind.answer === 'refused' && behind.reason.is === 'needs-module', JSON.stringify(behind));
  });
});

suite('the words of a command line that affect modules', () => {
  const abi = { signatureEnforced: unknown('no-data', ''), enforcedBy: null, blacklist: [] };
  const words = (
    line: string,
    enforced: Partial<Pick<KernelAbi, 'signatureEnforced' | 'enforcedBy'>> = {},
  ): string[] => decidingWords({ ...abi, ...enforced }, known(line));

  test('are these and no others', () => {
    const line = 'root=/dev/sda1 lockdown=integrity module_blacklist=zfs,nvidia quiet module.sig-enforce';
    assert.deepEqual(words(line), [
      'lockdown=integrity',
      'module_blacklist=zfs,nvidia',
      'module.sig_enforce',
    ]);
    assert.deepEqual(words('module_blacklist= lockdown=full init=/bin/sh modprobe.blacklist=x'), []);
  });

  test('include one that enforces signatures if the kernel is known to enforce them', () => {
    const enforced = { signatureEnforced: known(true) };
    assert.deepEqual(words('quiet', enforced), ['module.sig_enforce=1']);
    assert.deepEqual(words('module.sig_enforce', enforced), ['module.sig_enforce']);
    assert.deepEqual(words('quiet', { ...enforced, enforcedBy: 'lockdown' }), ['lockdown=integrity']);
    assert.deepEqual(words('lockdown=confidentiality', enforced), ['lockdown=confidentiality']);
  });
});

function rehearsedFile({ path, size, mtime }: { path: string; size: number; mtime: number }): RehearsedFile {
  return { path, size, mtimeMs: mtime, hash: 'ab' };
}
