import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DockerFacts, StorageDriver } from '../../src/model/docker.ts';
import { known, mapFact } from '../../src/model/fact.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { otherDriver, sameDriver } from '../../src/verdict/docker-goals.ts';
import type { Goal } from '../../src/verdict/goal.ts';
import { assess, type Situation } from '../../src/verdict/situation.ts';
import { configured, DOCKER, home } from '../support/docker-facts.ts';
import { judged } from '../support/machines.ts';
import { IN_SYNC } from './catalogue/changes.ts';

const NOTHING_LEFT_OUT = { ...DOCKER, engine: known('24.0.9'), homes: known([home('aufs')]) };

/**
 * The demonstration with another Docker. `options`: those of a running kernel without modules. The last parameter is the value
 * of OVERLAY_FS in the selected sources, by default none.
 */
async function situation(
  docker: Partial<DockerFacts>,
  options: Record<string, string> | null = null,
  overlayInSources: string | null = null,
): Promise<Situation> {
  const { snapshot } = await judged({ machine: IN_SYNC });
  const changed: Snapshot = { ...snapshot, docker: { ...NOTHING_LEFT_OUT, ...docker } };
  if (options === null) return assess(changed, NO_MEMORY);
  const { running, sources } = changed;
  const overlay = overlayInSources === null ? {} : { OVERLAY_FS: overlayInSources };
  const trees = sources.trees.map((tree) => ({
    ...tree,
    config: mapFact(tree.config, (config) => ({ ...config, options: { AUFS_FS: 'm', ...overlay } })),
  }));
  return assess(
    {
      ...changed,
      sources: { ...sources, trees },
      modules: changed.modules.map((release) => ({ ...release, available: [], builtin: [] })),
      running: { ...running, config: mapFact(running.config, (config) => ({ ...config, options })) },
    },
    NO_MEMORY,
  );
}

const IMAGES = 'the images';

function stepsOf(goals: readonly Goal[]): string[] {
  return goals.map((goal) => {
    if (goal.is === 'done-by-hand')
      return goal.what
        .replace(/^(set "storage-driver": "[^"]+").*$/, '$1')
        .replace(/^(?:save the images|keep \/var\/lib\/docker\/\w+ if you still need its images).*$/, IMAGES);
    if (goal.is === 'configured') return `CONFIG_${goal.option}=${goal.value}`;
    if (goal.is === 'use-flag') return `USE=${goal.flag}`;
    if (goal.is === 'ran') return goal.commands.map(({ words }) => words.join(' ')).join(' && ');
    return goal.is;
  });
}

test('the advice is a driver that the table calls possible, after a warning about the images', async () => {
  const here = await situation({ configuration: configured('{"storage-driver": "aufs"}') });
  assert.deepEqual(stepsOf(otherDriver(here, 'aufs', 'x')), [IMAGES, 'set "storage-driver": "overlay2"']);
  const onBtrfs = await situation({
    backingFilesystem: known('btrfs'),
    leftOut: known([{ driver: 'overlay2', flag: 'overlay2' }]),
  });
  assert.deepEqual(stepsOf(otherDriver(onBtrfs, 'aufs', 'x')), [IMAGES, 'set "storage-driver": "btrfs"']);
});

test('if none is possible, the goals are the missing kernel option, USE flag or program', async () => {
  const bare = await situation({}, {});
  assert.deepEqual(stepsOf(otherDriver(bare, 'aufs', 'x')), [
    IMAGES,
    'CONFIG_OVERLAY_FS=m',
    'set "storage-driver": "overlay2"',
  ]);
  const flag = await situation({ leftOut: known([{ driver: 'overlay2', flag: 'overlay2' }]) });
  assert.deepEqual(stepsOf(otherDriver(flag, 'aufs', 'x')), [
    IMAGES,
    'USE=overlay2',
    'package-merged',
    'set "storage-driver": "overlay2"',
  ]);
  const onOverlay = await situation({ backingFilesystem: known('overlay') });
  assert.deepEqual(stepsOf(otherDriver(onOverlay, 'aufs', 'x')), [
    IMAGES,
    'emerge sys-fs/fuse-overlayfs',
    'set "storage-driver": "fuse-overlayfs"',
  ]);
});

test('restoring the same driver comes before another driver', async () => {
  const bare = await situation({ homes: known([home('overlay2')]) }, {});
  assert.deepEqual(stepsOf(sameDriver(bare, 'overlay2')), ['CONFIG_OVERLAY_FS=m']);
  const gone = await situation({}, { OVERLAY_FS: 'm' });
  assert.deepEqual(stepsOf(sameDriver(gone, 'overlay2')), ['own-modules']);
  const restoring = async (driver: StorageDriver) => stepsOf(sameDriver(await situation({}), driver));
  assert.deepEqual(await restoring('btrfs'), []);
  assert.deepEqual(await restoring('aufs'), []);
});

test('storage-opts of the previous driver are to be removed from the file that is used', async () => {
  const configuration = configured('{"storage-driver": "devicemapper", "storage-opts": ["dm.basesize=20G"]}');
  const goals = otherDriver(await situation({ configuration }), 'devicemapper', 'why');
  const last = goals.at(-1);
  assert.ok(last?.is === 'done-by-hand');
  assert.equal(
    last.what,
    'set "storage-driver": "overlay2" in /etc/docker/daemon.json, remove the storage-opts of the old driver and restart Docker: why',
  );
  const byOption = await situation({ configuration: configured(null, '-s aufs') });
  const [, goal] = otherDriver(byOption, 'aufs', 'why');
  assert.ok(goal?.is === 'done-by-hand');
  assert.match(goal.what, /^set the storage driver to overlay2 in the options/);
});

test('a kernel whose sources already have the option is only to be compiled', async () => {
  const homes = known([home('overlay2')]);
  assert.deepEqual(stepsOf(sameDriver(await situation({ homes }, {}, 'y'), 'overlay2')), ['compiled']);
});
