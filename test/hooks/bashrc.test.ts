import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseEventLine } from '../../src/inbox/event-line.ts';
import type { PortageEvent } from '../../src/model/event.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';
import { AUFS4, HOOK, type PhaseResult, runPhase } from './run-phase.ts';

const skip = needs('bash', 'stat');
const SOURCES = {
  CATEGORY: 'sys-kernel',
  PN: 'gentoo-sources',
  PF: 'gentoo-sources-6.1.192',
  INHERITED: ' kernel-2',
};
/** The marks of AUFS that the hook searches for. */
const WHOLE = [
  'echo "EXPORT_SYMBOL_GPL(do_splice_from);" >>"$KERNEL_DIR/fs/splice.c"',
  'echo vm_prfile >>"$KERNEL_DIR/include/linux/mm_types.h"',
  'echo vma_do_fput >>"$KERNEL_DIR/include/linux/mm.h"',
  'echo is_current_mnt_ns >>"$KERNEL_DIR/fs/namespace.c"',
].join('; ');
const PATCH = 'echo vma_do_fput >>"$KERNEL_DIR/include/linux/mm.h"; : >"$KERNEL_DIR/mm/prfile.c"';
/** A merge of the sources does the same: files that the patches created belong to no package, and stay. */
const UNPATCH = 'echo >"$KERNEL_DIR/include/linux/mm.h"';

/** A directory with a kernel tree, T, and the state directory of the daemon. */
function machine(marks: 'patched' | 'original' = 'original'): string {
  const work = temporaryDirectory();
  tree(work, 'linux-6.1.192', marks);
  symlinkSync('linux-6.1.192', join(work, 'linux'));
  mkdirSync(join(work, 'state'));
  mkdirSync(join(work, 'T'));
  return work;
}

function tree(work: string, name: string, marks: 'patched' | 'original'): void {
  const patched = marks === 'patched';
  layOut(join(work, name), {
    'mm/mmap.c': '',
    'fs/splice.c': '',
    'fs/namespace.c': '',
    'include/linux/mm_types.h': '',
    'include/linux/mm.h': patched ? 'vma_do_fput\n' : '\n',
    ...(patched ? { 'mm/prfile.c': '' } : {}),
  });
}

function events(work: string): PortageEvent[] {
  const text = existsSync(join(work, 'state/inbox')) ? readFileSync(join(work, 'state/inbox'), 'utf8') : '';
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const event = parseEventLine(line);
      assert.ok(event?.kind === 'portage', `not an event: ${line}`);
      return event;
    });
}

function warned(result: PhaseResult): string[] {
  return result.output.split('\n').filter((line) => line.startsWith('ewarn '));
}

/** Checks that the phase ran as it would without the hook. */
function assertUnharmed(result: PhaseResult): void {
  assert.equal(result.status, 0, result.errors);
  assert.match(result.output, /phase done\n$/);
  assert.doesNotMatch(result.output, /^(sourcing failed|status )/m);
  assert.equal(result.errors, '');
}

test('each phase of a package that matters leaves one event', { skip }, () => {
  const work = machine();
  for (const phase of ['setup', 'postinst', 'prerm', 'postrm'])
    assertUnharmed(runPhase(work, { phase, variables: { ROOT: '' } }));
  const seen = events(work);
  assert.deepEqual(
    seen.map(({ phase }) => phase),
    ['setup', 'postinst', 'prerm', 'postrm'],
  );
  const [first] = seen;
  assert.ok(first !== undefined);
  const { category, pf, root, patchChange } = first;
  assert.deepEqual(
    { category, pf, root, patchChange },
    {
      category: 'sys-fs',
      pf: 'aufs4-0_pre20180312',
      root: '/',
      patchChange: 'none',
    },
  );
  assert.ok(Math.abs(first.at - Date.now()) < 60_000);
});

test('the hook recognises the packages that matter', { skip }, () => {
  const cases: readonly (readonly [Record<string, string>, boolean])[] = [
    [{ CATEGORY: 'sys-kernel', PN: 'vanilla-sources', INHERITED: ' kernel-2' }, true],
    [{ CATEGORY: 'sys-kernel', PN: 'gentoo-kernel', INHERITED: ' kernel-build x' }, true],
    [{ CATEGORY: 'sys-fs', PN: 'zfs-kmod', INHERITED: 'autotools\tlinux-mod-r1' }, true],
    [{ CATEGORY: 'sys-fs', PN: 'zfs-kmod', INHERITED: '', __INHERITED_QA_CACHE: ' linux-mod-r1' }, true],
    [{ CATEGORY: 'app-containers', PN: 'docker', INHERITED: ' go-module' }, true],
    [{ CATEGORY: 'app-editors', PN: 'vim', INHERITED: ' linux-info linux-mod-not kernel-2x' }, false],
    [{ CATEGORY: 'sys-apps', PN: 'aufs4', INHERITED: '' }, false],
    [{ CATEGORY: 'sys-kernel', PN: 'linux-headers', INHERITED: ' kernel-2' }, false],
  ];
  for (const [variables, matters] of cases) {
    const work = machine();
    assertUnharmed(runPhase(work, { phase: 'postinst', variables }));
    assert.equal(events(work).length, matters ? 1 : 0, JSON.stringify(variables));
  }
  const work = machine();
  for (const phase of ['depend', 'unpack', 'compile', 'install', 'preinst', 'pretend'])
    assertUnharmed(runPhase(work, { phase }));
  assert.deepEqual(events(work), []);
});

test('a package that does not matter costs no fork and no file', { skip: skip || needs('strace') }, () => {
  const trace = (bashrc: string): string[] => {
    const work = machine();
    const log = join(work, 'trace');
    const through = ['strace', '-f', '-o', log, '-e', 'trace=process,openat'];
    const variables = { CATEGORY: 'app-editors', PN: 'vim', INHERITED: ' vim-plugin' };
    assertUnharmed(runPhase(work, { phase: 'setup', bashrc, variables, through }));
    return readFileSync(log, 'utf8').split('\n');
  };
  const count = (lines: readonly string[], what: RegExp): number =>
    lines.filter((line) => what.test(line)).length;
  const empty = trace('source /dev/null');
  const ours = trace('source @hook@');
  for (const call of [/\b(clone3?|v?fork)\(/, /\bexecve\(/, /\bopenat\(/])
    assert.equal(count(ours, call), count(empty, call), String(call));
});

test('a merge that patches the sources reports that, and what is at stake', { skip }, () => {
  const work = machine();
  const result = runPhase(work, { phase: 'setup', body: WHOLE });
  assertUnharmed(result);
  assert.equal(events(work)[0]?.patchChange, 'patched');
  const real = join(work, 'linux-6.1.192');
  assert.deepEqual(warned(result), [
    'ewarn The next boot may be without AUFS until a kernel is compiled and installed.',
    `ewarn sys-fs/aufs4-0_pre20180312 has patched the kernel sources in ${real}.`,
    'ewarn What to do: aufswatch plan',
  ]);
});

test('an incomplete patch is not reported as a patch', { skip }, () => {
  const work = machine();
  const result = runPhase(work, { phase: 'setup', body: PATCH });
  assert.equal(events(work)[0]?.patchChange, 'patched');
  assert.doesNotMatch(result.output, /has patched/);
  const real = join(work, 'linux-6.1.192');
  assert.deepEqual(warned(result).slice(1), [
    `ewarn sys-fs/aufs4-0_pre20180312 has changed the AUFS patches in ${real}: it now has 1 of their 4 marks (0 before).`,
    'ewarn The patches may be incomplete. To check them: aufswatch status',
    'ewarn What to do: aufswatch plan',
  ]);
});

test('the hook reports sources that were patched again, unpatched or left alone', { skip }, () => {
  const patchedAgain = machine('patched');
  const again = runPhase(patchedAgain, { phase: 'setup', body: 'echo new >>"$KERNEL_DIR/mm/mmap.c"' });
  assert.equal(events(patchedAgain)[0]?.patchChange, 'changed');
  assert.match(
    again.output,
    /has changed the AUFS patches in .*: it now has 1 of their 4 marks \(1 before\)\./,
  );
  const undone = machine('patched');
  const result = runPhase(undone, { phase: 'setup', body: UNPATCH });
  assert.equal(events(undone)[0]?.patchChange, 'unpatched');
  assert.match(result.output, /has removed the AUFS patches from it/);
  const alone = machine('patched');
  assert.deepEqual(warned(runPhase(alone, { phase: 'setup' })), []);
});

test('a package that patches the sources and then dies is still reported', { skip }, () => {
  const work = machine();
  const result = runPhase(work, { phase: 'setup', body: `${PATCH}; die "no such config"` });
  assert.equal(result.status, 1);
  assert.equal(events(work)[0]?.patchChange, 'patched');
  assert.match(result.errors, /failed while it patched them/);
  assert.doesNotMatch(result.errors, /make install/);
});

test('a setup phase that ends in a helper is reported once, by the death hooks', { skip }, () => {
  const work = machine();
  const killed = runPhase(work, { phase: 'setup', body: `${PATCH}; exit 1` });
  assert.equal(killed.status, 1);
  assert.deepEqual(events(work), []);
  for (let n = 0; n < 2; n++) {
    const { errors } = runPhase(work, { phase: 'die_hooks' });
    assert.equal(/failed while it patched them/.test(errors), n === 0);
  }
  assert.deepEqual(
    events(work).map(({ phase, patchChange }) => `${phase} ${patchChange}`),
    ['setup patched'],
  );
});

test('death hooks of a later phase report nothing about the sources', { skip }, () => {
  const work = machine();
  runPhase(work, { phase: 'setup', body: PATCH });
  runPhase(work, { phase: 'die_hooks' });
  assert.equal(events(work).length, 1);
});

test('a setup phase that was killed while it patched is reported by the next one', { skip }, () => {
  const work = machine();
  runPhase(work, { phase: 'setup', body: `${PATCH}; kill -9 $BASHPID` });
  assert.deepEqual(events(work), []);
  const next = runPhase(work, { phase: 'setup' });
  assertUnharmed(next);
  assert.match(
    next.output,
    /An earlier merge of sys-fs\/aufs4-0_pre20180312 was interrupted while it patched/,
  );
  assert.deepEqual(
    events(work).map(({ patchChange }) => patchChange),
    ['patched', 'none'],
  );
});

test('a loop over bashrc.d that sources the hook as well does nothing twice', { skip }, () => {
  const work = machine();
  const bashrc = 'source @hook@; source @hook@';
  runPhase(work, { phase: 'setup', bashrc, body: `${PATCH}; die "no such config"` });
  runPhase(work, { phase: 'postinst', bashrc });
  assert.deepEqual(
    events(work).map(({ phase }) => phase),
    ['setup', 'postinst'],
  );
});

test('kernel sources that bring the original files back report that the patch is gone', { skip }, () => {
  const work = machine('patched');
  assertUnharmed(runPhase(work, { phase: 'setup', variables: SOURCES }));
  const result = runPhase(work, {
    phase: 'postinst',
    variables: SOURCES,
    bashrc: `${UNPATCH}\nsource @hook@`,
  });
  assertUnharmed(result);
  assert.equal(events(work)[1]?.patchChange, 'unpatched');
  assert.match(
    warned(result)[0] ?? '',
    /A kernel that is compiled from .*linux-6\.1\.192 now is without AUFS/,
  );
});

test('kernel sources that move the symlink to an unpatched tree report that', { skip }, () => {
  const work = machine('patched');
  tree(work, 'linux-6.6.30', 'original');
  assertUnharmed(runPhase(work, { phase: 'setup', variables: SOURCES }));
  const result = runPhase(work, {
    phase: 'postinst',
    variables: SOURCES,
    body: 'ln -sfn linux-6.6.30 "$KERNEL_DIR"',
  });
  assertUnharmed(result);
  assert.match(warned(result)[1] ?? '', /now points to .*linux-6\.6\.30, without the AUFS patches/);
});

test('sources that are not selected are checked as well, in their own tree', { skip }, () => {
  const work = machine();
  tree(work, 'usr/src/linux-6.6.30', 'patched');
  tree(work, 'image/usr/src/linux-6.6.30', 'original');
  const variables = { ...SOURCES, ROOT: work, D: join(work, 'image') };
  assertUnharmed(runPhase(work, { phase: 'preinst', variables }));
  const body = 'echo >"$ROOT/usr/src/linux-6.6.30/include/linux/mm.h"';
  const result = runPhase(work, { phase: 'postinst', variables, body });
  assertUnharmed(result);
  assert.equal(events(work)[0]?.patchChange, 'unpatched');
  assert.match(
    warned(result)[0] ?? '',
    /A kernel that is compiled from .*linux-6\.6\.30 now is without AUFS/,
  );
});

test('a tree that lost the patch is not reported as patched because of leftover files', {
  skip,
}, () => {
  const work = machine('patched');
  tree(work, 'linux-6.6.30', 'original');
  assertUnharmed(runPhase(work, { phase: 'preinst', variables: SOURCES, body: UNPATCH }));
  const result = runPhase(work, {
    phase: 'postinst',
    variables: SOURCES,
    body: 'ln -sfn linux-6.6.30 "$KERNEL_DIR"',
  });
  assert.deepEqual(warned(result), []);
});

test('a tree that another merge patched while the sources were unpacked counts as patched', { skip }, () => {
  for (const options of ['', 'set -o noclobber']) {
    const work = machine();
    assertUnharmed(runPhase(work, { phase: 'setup', variables: SOURCES }));
    assertUnharmed(runPhase(work, { phase: 'setup', body: PATCH, variables: { T: '' } }));
    assertUnharmed(runPhase(work, { phase: 'preinst', variables: SOURCES, options }));
    const result = runPhase(work, {
      phase: 'postinst',
      variables: SOURCES,
      bashrc: `${UNPATCH}\nsource @hook@`,
    });
    assert.equal(events(work).at(-1)?.patchChange, 'unpatched');
    assert.match(warned(result)[0] ?? '', /now is without AUFS/);
  }
});

const USER_HOOKS = (when: string): string =>
  ['pre', 'post'].map((x) => `${x}_pkg_setup() { echo "user ${x} ${when}"; return 3; }`).join('\n');

test("the user's own hooks of the same name run once, and their status counts", { skip }, () => {
  const before = machine();
  const early = runPhase(before, {
    phase: 'setup',
    bashrc: `${USER_HOOKS('early')}\nsource @hook@`,
    body: PATCH,
  });
  assert.deepEqual(early.output.match(/user .*/g), ['user pre early', 'user post early']);
  assert.equal(early.output.match(/status 3/g)?.length, 2);
  assert.equal(events(before)[0]?.patchChange, 'patched');
  const post = 'post_pkg_setup() { echo "user post late"; }';
  const after = machine();
  const late = runPhase(after, { phase: 'setup', bashrc: `source @hook@\n${post}`, body: PATCH });
  assert.deepEqual(late.output.match(/user .*/g), ['user post late']);
  assert.equal(events(after)[0]?.patchChange, 'patched');
});

test("a hook of the user's that is defined after ours runs as well as ours, wherever it is defined", {
  skip,
}, () => {
  const places: readonly Parameters<typeof runPhase>[1][] = [
    { phase: 'setup', bashrc: `source @hook@\n${USER_HOOKS('late')}` },
    { phase: 'setup', packageEnv: USER_HOOKS('late') },
    { phase: 'setup', bashrc: `source @hook@\n${USER_HOOKS('late')}`, options: "trap ': mine' RETURN" },
  ];
  for (const [index, place] of places.entries()) {
    const work = machine();
    const { output, state } = runPhase(work, { ...place, body: PATCH });
    assert.deepEqual(output.match(/user .*/g), ['user pre late', 'user post late']);
    // The user's trap on RETURN is not changed: then only one of two functions may come later.
    if (index < 2) assert.equal(events(work)[0]?.patchChange, 'patched', output);
    if (index < 2) assert.doesNotMatch(state, /aufswatch/);
  }
});

test("a hook of the user's that calls the previous function runs, and ours runs once", { skip }, () => {
  const work = machine();
  const own =
    'eval "before_$(declare -f post_pkg_setup)"; post_pkg_setup() { echo user; before_post_pkg_setup; }';
  const { output } = runPhase(work, { phase: 'setup', bashrc: `source @hook@\n${own}`, body: PATCH });
  assert.deepEqual(output.match(/user/g), ['user']);
  assert.equal(events(work).length, 1);
});

test("the user's trap on ERR does not fire for our hook", { skip }, () => {
  for (const phase of ['setup', 'preinst', 'postinst', 'postrm']) {
    const work = machine();
    const bashrc = `set -E; trap 'echo "ERR: $BASH_COMMAND"' ERR\nsource @hook@`;
    const result = runPhase(work, { phase, bashrc, body: PATCH, variables: SOURCES });
    assert.doesNotMatch(result.output, /ERR:/, phase);
    runPhase(work, { phase: 'die_hooks', bashrc });
  }
});

test('our hook leaves nothing in the environment of the package', { skip }, () => {
  for (const user of ['', USER_HOOKS('x')]) {
    for (const phase of ['setup', 'preinst', 'postinst', 'prerm', 'postrm', 'compile']) {
      const without = runPhase(machine(), { phase, bashrc: `${user}\nsource /dev/null` });
      const ours = runPhase(machine(), { phase, bashrc: `${user}\nsource @hook@`, body: PATCH });
      assert.equal(ours.state, without.state, phase);
    }
  }
});

test('the hook works with any options, IFS and locale of the user', { skip }, () => {
  const settings = [
    'set -u',
    'shopt -s failglob',
    'shopt -s nullglob',
    'IFS=a/=',
    'IFS=',
    'LC_ALL=C.UTF-8',
    'set -f',
    'shopt -s nocasematch extglob',
    'set -u; set -o noclobber',
    'set -o posix',
  ];
  for (const options of settings) {
    const work = machine();
    const result = runPhase(work, { phase: 'setup', options, body: PATCH });
    assertUnharmed(result);
    assert.equal(events(work)[0]?.patchChange, 'patched', options);
    assert.equal(warned(result).length, 4, options);
  }
});

test('values are data: nothing in them ends a field or a line', { skip }, () => {
  const work = machine();
  const pf = 'a\tphase=x\nb%09\r';
  assertUnharmed(
    runPhase(work, { phase: 'postinst', variables: { PF: pf, REPLACING_VERSIONS: '$(touch x) `id` *' } }),
  );
  const [event] = events(work);
  assert.equal(event?.pf, pf);
  assert.deepEqual(event?.replacing, ['$(touch', 'x)', '`id`', '*']);
});

test('long values keep the line under 4 KB', { skip }, () => {
  const work = machine();
  assertUnharmed(
    runPhase(work, { phase: 'postinst', variables: { REPLACING_VERSIONS: '1.2 '.repeat(5000) } }),
  );
  const text = readFileSync(join(work, 'state/inbox'), 'utf8');
  assert.ok(text.length < 4096);
  assert.equal(events(work).length, 1);
});

test('another ROOT is reported', { skip }, () => {
  const work = machine();
  runPhase(work, { phase: 'postinst', variables: { ROOT: '/mnt/stage' } });
  assert.equal(events(work)[0]?.root, '/mnt/stage');
});

/** Whatever is wrong with the inbox, the phase continues. */
const BROKEN: Readonly<Record<string, (state: string) => void>> = {
  'there is no state directory': (state) => rmSync(state, { recursive: true }),
  'the inbox is a directory': (state) => mkdirSync(join(state, 'inbox')),
  'the inbox is a FIFO that nobody reads': (state) => execFileSync('mkfifo', [join(state, 'inbox')]),
  'the inbox is a symlink to a device': (state) => symlinkSync('/dev/full', join(state, 'inbox')),
  'the state directory is a file': (state) => {
    rmSync(state, { recursive: true });
    writeFileSync(state, '');
  },
};
for (const [name, breakIt] of Object.entries(BROKEN)) {
  test(`emerge continues if ${name}`, { skip }, () => {
    const work = machine();
    breakIt(join(work, 'state'));
    const result = runPhase(work, { phase: 'setup', body: PATCH });
    assertUnharmed(result);
    assert.equal(warned(result).length, 4);
  });
}

/** Files with which the owner of a kernel tree, or the user portage, who owns T, could make root wait. */
const HOSTILE: Readonly<Record<string, (work: string) => void>> = {
  'a file of the tree leads to /proc/kmsg': (work) => {
    rmSync(join(work, 'linux-6.1.192/fs/splice.c'));
    symlinkSync('/proc/kmsg', join(work, 'linux-6.1.192/fs/splice.c'));
  },
  'a file of the tree is a FIFO': (work) => {
    rmSync(join(work, 'linux-6.1.192/fs/namespace.c'));
    execFileSync('mkfifo', [join(work, 'linux-6.1.192/fs/namespace.c')]);
  },
  'a directory of the tree leads to a device': (work) => {
    rmSync(join(work, 'linux-6.1.192/fs'), { recursive: true });
    mkdirSync(join(work, 'elsewhere'));
    symlinkSync('/dev/zero', join(work, 'elsewhere/splice.c'));
    symlinkSync(join(work, 'elsewhere'), join(work, 'linux-6.1.192/fs'));
  },
  'there are FIFOs in T': (work) => {
    execFileSync('mkfifo', [join(work, 'T/.aufswatch-before')]);
  },
};
for (const [name, put] of Object.entries(HOSTILE)) {
  test(`emerge does not wait if ${name}`, { skip: skip || needs('mkfifo', 'timeout') }, () => {
    const work = machine();
    put(work);
    for (const phase of ['setup', 'preinst', 'postinst'])
      assertUnharmed(runPhase(work, { phase, body: PATCH, variables: SOURCES }));
    assert.equal(events(work).length, 2);
  });
}

test('a tree that is too slow to be read is not reported as having lost its patches', { skip }, () => {
  const work = machine('patched');
  assertUnharmed(runPhase(work, { phase: 'preinst', variables: SOURCES }));
  layOut(work, { 'bin/dd': '#!/bin/sh\nexec sleep 60\n' });
  chmodSync(join(work, 'bin/dd'), 0o755);
  const variables = { ...SOURCES, PATH: `${join(work, 'bin')}:${process.env.PATH}` };
  const result = runPhase(work, { phase: 'postinst', variables });
  assertUnharmed(result);
  assert.deepEqual(warned(result), []);
  assert.equal(events(work)[0]?.patchChange, 'none');
});

test('root writes nothing through a link in T, and reads no link among the notes', { skip }, () => {
  const work = machine();
  writeFileSync(join(work, 'secret'), 'began\n0 1:1\t/etc\n');
  symlinkSync(join(work, 'secret'), join(work, 'T/.aufswatch-before'));
  mkdirSync(join(work, 'state/merges'));
  symlinkSync(join(work, 'secret'), join(work, 'state/merges/sys-fs+aufs4-0_pre20180312'));
  for (const phase of ['setup', 'preinst']) assertUnharmed(runPhase(work, { phase, body: PATCH }));
  assert.equal(readFileSync(join(work, 'secret'), 'utf8'), 'began\n0 1:1\t/etc\n');
});

const mountable = skip || needs('unshare', 'mount');
const FILE_SYSTEMS: Readonly<Record<string, string>> = {
  'read-only': 'mount -t tmpfs -o ro,size=64k x "$AUFSWATCH_STATE"',
  full: 'mount -t tmpfs -o size=4k,nr_inodes=4 x "$AUFSWATCH_STATE" && head -c 4096 /dev/zero >"$AUFSWATCH_STATE/fill" && : >"$AUFSWATCH_STATE/inbox"',
};
for (const [name, mount] of Object.entries(FILE_SYSTEMS)) {
  test(`emerge continues if the file system of the inbox is ${name}`, { skip: mountable }, () => {
    const work = machine();
    const through = ['unshare', '--mount', 'sh', '-c', `${mount} || exit 9; exec "$@"`, 'sh'];
    const result = runPhase(work, { phase: 'setup', body: PATCH, through });
    assertUnharmed(result);
    assert.equal(warned(result).length, 4);
  });
}

test('emerge continues if the hook file itself is missing or broken', { skip }, () => {
  const work = machine();
  const block = `if [[ -r ${work}/no-such-file ]]; then source ${work}/no-such-file; fi`;
  assertUnharmed(runPhase(work, { phase: 'setup', bashrc: block }));
});

test('lines of parallel merges do not mix', { skip }, async () => {
  const work = machine();
  writeFileSync(join(work, 'bashrc'), `source ${HOOK}`);
  const env = {
    ...AUFS4,
    PATH: process.env.PATH,
    AUFSWATCH_STATE: join(work, 'state'),
    T: '',
    REPLACED_BY_VERSION: 'v'.repeat(1400),
  };
  const script = 'for n in 1 2 3 4 5 6 7 8 9 10; do EBUILD_PHASE=postrm; source "$1"; post_pkg_postrm; done';
  const merges = Array.from({ length: 12 }, () => spawn('bash', ['-c', script, 'bash', HOOK], { env }));
  await Promise.all(merges.map((merge) => once(merge, 'close')));
  const seen = events(work);
  assert.equal(seen.length, 120);
  assert.ok(seen.every(({ replacedBy }) => replacedBy?.length === 1400));
});

test('shellcheck finds nothing in the shell files', { skip: needs('shellcheck') }, () => {
  const dir = join(HOOK, '../../..');
  const files = [
    'portage/bashrc.d/aufswatch.bash',
    'portage/post_emerge',
    'kernel/postinst.d/90-aufswatch',
    'kernel/install.d/90-aufswatch.install',
    'profile.d/aufswatch.sh',
    'openrc/shutdown-guard.sh',
  ];
  execFileSync(
    'shellcheck',
    files.map((file) => join(dir, file)),
  );
});
