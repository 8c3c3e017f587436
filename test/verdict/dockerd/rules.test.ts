import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DockerFacts, STORAGE_DRIVERS } from '../../../src/model/docker.ts';
import { DOCKERD_OPTIONS } from '../../../src/model/docker-options.ts';
import { known } from '../../../src/model/fact.ts';
import { addedIn, isPartOf, priorities, removedIn } from '../../../src/verdict/dockerd/drivers.ts';
import { type Engine, isSince, parseEngine, SERIES } from '../../../src/verdict/dockerd/engine.ts';
import { RULES, type Rule, type RuleName } from '../../../src/verdict/dockerd/rules.ts';
import { configured, home } from '../../support/docker-facts.ts';
import { configuredDriver, end } from './endings.ts';

interface Machine {
  readonly docker: Partial<DockerFacts>;
  /** The results of an engine with the rule, and of one without it. */
  readonly ends: readonly [having: string, lacking: string];
}

function written(daemonJson: string, options = ''): Partial<DockerFacts> {
  return { configuration: configured(daemonJson, options) };
}

const NO_D_TYPE = { backingFilesystem: known('xfs'), dType: known(false) };

/** For each rule a machine on which it makes a difference. */
const MACHINES: Readonly<Record<RuleName, Machine>> = {
  'graph-counts': {
    docker: written('{"graph": "/srv", "storage-driver": "vfs"}'),
    ends: ['vfs asked', 'refuses graph'],
  },
  'empty-file-taken': { docker: written('', '-s vfs'), ends: ['vfs asked', 'refuses malformed'] },
  'rest-of-file-ignored': {
    docker: written('{"storage-driver": "vfs"} x'),
    ends: ['vfs asked', 'refuses malformed'],
  },
  'byte-order-mark-taken': {
    docker: written('\uFEFF{"storage-driver": "vfs"}'),
    ends: ['vfs asked', 'refuses malformed'],
  },
  'oom-score-adjust-refused': {
    docker: written('{"oom-score-adjust": -500, "storage-driver": "vfs"}'),
    ends: ['refuses removed-option', 'vfs asked'],
  },
  'driver-plugins': {
    docker: configuredDriver('vieux/sshfs'),
    ends: ['unknown vieux/sshfs', 'refuses lack of engine'],
  },
  'deprecated-not-chosen': {
    // Only aufs and vfs would work.
    docker: { backingFilesystem: known('ecryptfs'), homes: known([home('aufs', { hasData: false })]) },
    ends: ['vfs choice', 'aufs choice'],
  },
  'deprecated-data-refused': {
    docker: { homes: known([home('aufs')]) },
    ends: ['refuses deprecated-data', 'aufs prior'],
  },
  'no-d-type-tolerated': {
    docker: {
      ...NO_D_TYPE,
      homes: known([home('overlay2', { filesystem: known('xfs'), dType: known(false) })]),
    },
    ends: ['overlay2 prior', 'refuses lack of d-type'],
  },
  'overlay-tried-out': {
    docker: { ...configuredDriver('overlay'), backingFilesystem: known('btrfs') },
    ends: ['overlay asked', 'refuses lack of filesystem'],
  },
  'override-kernel-check-known': {
    docker: configuredDriver('overlay2', ['overlay2.override_kernel_check=true']),
    ends: ['overlay2 asked', 'refuses lack of option'],
  },
  'vfs-xattrs-known': {
    docker: configuredDriver('vfs', ['vfs.xattrs=i_want_broken_containers']),
    ends: ['vfs asked', 'refuses lack of option'],
  },
  'containerd-store': {
    docker: written('{"features": {"containerd-snapshotter": true}}'),
    ends: ['containerd overlayfs choice', 'overlay2 choice'],
  },
  'containerd-store-default': { docker: {}, ends: ['containerd overlayfs choice', 'overlay2 choice'] },
};

for (const [name, rule] of Object.entries(RULES)) {
  test(`${name}: the engine that changed it, and the one before`, () => {
    const { docker, ends } = MACHINES[name as RuleName];
    const { having, lacking } = neighbours(rule);
    assert.deepEqual([end(having, docker), end(lacking, docker)], ends, `${having} and ${lacking}`);
    assert.match(rule.source, /^[a-z0-9/_]+\.go/);
  });
}

/** Two consecutive engines, of which one has the rule. */
function neighbours({ since, until }: Rule): { having: string; lacking: string } {
  const edge = since ?? until;
  assert.ok(edge !== null);
  const before =
    edge === '19.03.7'
      ? '19.03.6'
      : (SERIES.filter((series) => !isSince(engineOf(series), edge)).at(-1) ?? '');
  return since === null ? { having: before, lacking: edge } : { having: edge, lacking: before };
}

function engineOf(version: string): Engine {
  const found = parseEngine(version);
  assert.ok(found !== null);
  return found;
}

test('each driver exists from the engine that added it to the one that removed it', () => {
  for (const driver of STORAGE_DRIVERS) {
    const [since, removed] = [addedIn(driver), removedIn(driver)];
    for (const series of SERIES) {
      const engine = engineOf(series);
      const is =
        (since === null || isSince(engine, since)) && (removed === null || !isSince(engine, removed));
      assert.equal(isPartOf(engine, driver), is, `${driver} in ${series}`);
      assert.equal(priorities(engine).includes(driver), is, `${driver} in the list of ${series}`);
    }
  }
});

test('each option that was added or removed is accepted by the engines that have it, and by no other', () => {
  for (const { name, directive, kind, since, until } of DOCKERD_OPTIONS) {
    if (since === null && until === null) continue;
    // Distinct from settings that have no option, and from those that are known but refused.
    if (['graph', 'oom-score-adjust', 'feature', 'allow-nondistributable-artifacts'].includes(name)) continue;
    const value = { flag: true, text: '', number: 1, list: [], map: { x: 1 }, any: null }[kind];
    const docker = written(JSON.stringify({ [directive]: value, 'storage-driver': 'vfs' }));
    for (const series of SERIES) {
      const engine = engineOf(series);
      const has = (since === null || isSince(engine, since)) && (until === null || !isSince(engine, until));
      assert.equal(
        end(series, docker),
        has ? 'vfs asked' : 'refuses unknown-directives',
        `${name} in ${series}`,
      );
    }
  }
});
