import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Part } from '../../src/model/part.ts';
import { openRoot } from '../../src/system/root.ts';
import { openWatcher, type Watcher } from '../../src/watch/watcher.ts';
import { inotifyWatches, isWatched } from '../support/inotify.ts';
import { needsMount } from '../support/mounted.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

interface Followed {
  readonly directory: string;
  readonly watcher: Watcher;
  /** Waits for a hint about this part, and forgets earlier hints. */
  hint(part: Part): Promise<void>;
  forget(): void;
}

async function follow(
  places: Readonly<Record<string, Part>>,
  files: Readonly<Record<string, string>>,
): Promise<Followed> {
  const directory = temporaryDirectory();
  const before = inotifyWatches();
  layOut(directory, files);
  const hints: Part[] = [];
  const watcher = openWatcher(
    () => openRoot(directory),
    ({ parts }) => hints.push(...parts),
  );
  after(() => watcher.close());
  const list = Object.entries(places).map(([path, part]) => ({ path, parts: [part] }));
  await watcher.follow(list);
  const there = list.filter(({ path }) => existsSync(join(directory, path)));
  await until('the watches are in place', () => inotifyWatches() - before === there.length);
  return {
    directory,
    watcher,
    forget: () => {
      hints.length = 0;
    },
    hint: async (part) => {
      await until(`a hint about ${part}`, () => hints.includes(part));
      hints.length = 0;
    },
  };
}

test('a directory has one watch, however many files are in it', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 200 }, (_, n) => [`usr/src/linux-6.1/mm/f${n}.c`, '']),
  );
  const before = inotifyWatches();
  await follow({ '/usr/src': 'sources', '/usr/src/linux-6.1/mm': 'sources' }, files);
  assert.equal(inotifyWatches() - before, 2);
});

test('a move of the kernel symlink is noticed, also to a missing target', async () => {
  const { directory, hint } = await follow({ '/usr/src': 'sources' }, { 'usr/src/linux-6.1/Makefile': '' });
  symlinkSync('linux-6.1', join(directory, 'usr/src/linux'));
  await hint('sources');
  symlinkSync('linux-9.9', join(directory, 'usr/src/.new'));
  renameSync(join(directory, 'usr/src/.new'), join(directory, 'usr/src/linux'));
  await hint('sources');
});

test('a file written in place is noticed, and one renamed over another as well', async () => {
  const { directory, hint } = await follow({ '/mm': 'sources' }, { 'mm/mmap.c': 'a', 'mm/new': 'b' });
  writeFileSync(join(directory, 'mm/mmap.c'), 'changed');
  await hint('sources');
  renameSync(join(directory, 'mm/new'), join(directory, 'mm/mmap.c'));
  await hint('sources');
});

test('a directory that was removed and created again is watched again after the next poll', async () => {
  const { directory, watcher, hint, forget } = await follow({ '/boot': 'boot' }, { 'boot/x': '' });
  rmSync(join(directory, 'boot'), { recursive: true });
  await hint('boot');
  const before = inotifyWatches();
  mkdirSync(join(directory, 'boot'));
  await watcher.poll();
  await hint('boot');
  await until('the new directory is watched', () => inotifyWatches() > before);
  forget();
  writeFileSync(join(directory, 'boot/vmlinuz'), '');
  await hint('boot');
});

test('a place that did not exist is watched when a poll has found it', async () => {
  const { directory, watcher, hint } = await follow({ '/etc/docker': 'docker' }, { 'etc/fstab': '' });
  const before = inotifyWatches();
  mkdirSync(join(directory, 'etc/docker'));
  await watcher.poll();
  await hint('docker');
  await until('it is watched', () => inotifyWatches() > before);
  writeFileSync(join(directory, 'etc/docker/daemon.json'), '{}');
  await hint('docker');
});

test('a poll alone finds a change whose event was lost', async () => {
  const { directory } = await follow({ '/boot': 'boot' }, { 'boot/x': '' });
  const seen: Part[] = [];
  const second = openWatcher(
    () => openRoot(directory),
    ({ parts }) => seen.push(...parts),
  );
  await second.follow([{ path: '/boot', parts: ['boot'] }]);
  writeFileSync(join(directory, 'boot/y'), '');
  await second.poll();
  assert.deepEqual(seen, ['boot']);
  await second.close();
});

test('a place that is being filled is no longer watched, and watched and hinted at again on request', async () => {
  const { directory, watcher, hint, forget } = await follow(
    { '/usr/src': 'boot', '/usr/src/linux-6.1/mm': 'sources' },
    { 'usr/src/linux-6.1/mm/mmap.c': '' },
  );
  await watcher.poll();
  forget();
  const mm = join(directory, 'usr/src/linux-6.1/mm');
  let files = 0;
  await until('it is no longer watched', () => {
    writeFileSync(join(mm, `f${files++}.o`), '');
    return !isWatched(mm);
  });
  assert.ok(files > 5, 'not at the first event');
  assert.ok(isWatched(join(directory, 'usr/src')), 'the directories around it are still watched');
  assert.equal(watcher.moves(Date.now() + 60_000), null, 'not recently');
  assert.equal(watcher.moves(Date.now() - 60_000), null, 'not since the request');
  writeFileSync(join(mm, 'another.o'), '');
  assert.notEqual(watcher.moves(Date.now() - 60_000), null);
  watcher.wake();
  await until('it is watched again', () => isWatched(mm));
  forget();
  await watcher.poll();
  await hint('sources');
  writeFileSync(join(mm, 'mmap.c'), 'changed');
  await hint('sources');
});

test('a place with only one name that matters stays watched: a poll would not see what is appended', async () => {
  const directory = temporaryDirectory();
  layOut(directory, { 'state/inbox': '' });
  let hints = 0;
  const watcher = openWatcher(
    () => openRoot(directory),
    () => hints++,
  );
  after(() => watcher.close());
  await watcher.follow([{ path: '/state', parts: ['portage'], names: ['inbox'] }]);
  const state = join(directory, 'state');
  await until('it is watched', () => isWatched(state));
  for (let line = 0; line < 40; line++) {
    const before = hints;
    appendFileSync(join(state, 'inbox'), 'line\n');
    await until('a hint', () => hints > before);
  }
  assert.ok(isWatched(state));
});

test('a place whose files are only written to stays watched', async () => {
  const { directory, watcher, hint } = await follow({ '/etc': 'boot' }, { 'etc/fstab': '' });
  await watcher.poll();
  for (let line = 0; line < 40; line++) {
    appendFileSync(join(directory, 'etc/fstab'), 'line\n');
    await hint('boot');
  }
  assert.ok(isWatched(join(directory, 'etc')));
});

test('a directory that two places lead to stays watched when one of them disappears', async () => {
  const { directory, watcher, hint, forget } = await follow({ '/boot': 'boot' }, { 'boot/x': '' });
  symlinkSync('boot', join(directory, 'efi'));
  const places = [{ path: '/boot', parts: ['boot'] as const }];
  await watcher.follow([...places, { path: '/efi', parts: ['modules'] }]);
  await watcher.follow(places);
  await until('it is watched', () => isWatched(join(directory, 'boot')));
  await watcher.poll();
  forget();
  writeFileSync(join(directory, 'boot/vmlinuz'), '');
  await hint('boot');
});

test('a file system that is mounted over a place, and unmounted, is noticed by the next poll', {
  skip: needsMount(),
}, async () => {
  const { directory, watcher, hint, forget } = await follow({ '/boot': 'boot' }, { 'boot/.keep': '' });
  await watcher.poll();
  forget();
  execFileSync('mount', ['-t', 'tmpfs', 'none', join(directory, 'boot')]);
  try {
    await watcher.poll();
    await hint('boot');
    await until('the mounted directory is watched', () => isWatched(join(directory, 'boot')));
    await watcher.poll();
    forget();
    writeFileSync(join(directory, 'boot/vmlinuz'), '');
    await hint('boot');
  } finally {
    execFileSync('umount', ['-l', join(directory, 'boot')]);
  }
  await watcher.poll();
  await hint('boot');
  await until('the directory below is watched again', () => isWatched(join(directory, 'boot')));
  await watcher.poll();
  forget();
  writeFileSync(join(directory, 'boot/other'), '');
  await hint('boot');
});

const CAN_LIMIT = canLimitWatches();

test('if watches run out, the watcher reports that, polls, and recovers', { skip: CAN_LIMIT }, () => {
  const child = join(import.meta.dirname, 'limited-child.js');
  const script = 'echo 3 > /proc/sys/user/max_inotify_watches && exec "$0" "$1"';
  const out = execFileSync('unshare', ['-Ur', 'sh', '-c', script, process.execPath, child], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.equal(out.trim(), 'degraded watches polled');
});

function canLimitWatches(): string | false {
  try {
    execFileSync('unshare', ['-Ur', 'sh', '-c', 'echo 3 > /proc/sys/user/max_inotify_watches'], {
      stdio: 'ignore',
    });
    return false;
  } catch {
    return 'needs user namespaces, to lower the limit for one process';
  }
}
