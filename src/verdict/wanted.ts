import { type DockerFacts, driversWithData } from '../model/docker.ts';
import { configuredDrivers } from '../model/docker-configuration.ts';
import { valueOr } from '../model/fact.ts';
import { patchOverall } from '../model/patch-overall.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Tree } from '../model/tree.ts';
import type { Wanted } from '../model/verdict.ts';
import { isPartOf } from './dockerd/drivers.ts';
import { parseEngine } from './dockerd/engine.ts';

/**
 * Is AUFS wanted here? As configured; else yes if anything on the machine uses it or a package provides it. What may be a leftover
 * or an experiment is a hint: a finding asks the user.
 */
export function decideWanted(snapshot: Snapshot): Wanted {
  const { preferences } = snapshot;
  if (preferences.wanted !== 'auto') {
    return {
      answer: preferences.wanted,
      because: [`configured: wanted = "${preferences.wanted}"`],
      hints: [],
    };
  }
  const because = evidence(snapshot);
  if (because.length > 0) return { answer: 'yes', because, hints: [] };
  return { answer: 'no', because, hints: hintsIn(snapshot) };
}

function evidence(snapshot: Snapshot): string[] {
  const found: string[] = [];
  for (const installed of snapshot.portage.packages) {
    const isAufsSources = installed.kinds.includes('kernel-sources') && installed.name === 'aufs-sources';
    if (installed.kinds.includes('aufs') || isAufsSources) found.push(`${installed.cpv} is installed`);
  }
  const tree = selectedTree(snapshot);
  if (tree?.config.known && tree.config.value.options.AUFS_FS !== undefined) {
    found.push(`${tree.path}/.config sets CONFIG_AUFS_FS`);
  }
  for (const mount of valueOr(snapshot.running.aufsMounts, [])) found.push(`${mount} is mounted as aufs`);
  for (const mount of snapshot.evidence.fstabAufs) found.push(`/etc/fstab mounts ${mount} as aufs`);
  for (const { name, file } of snapshot.boot.loading.wanted) {
    if (name === 'aufs') found.push(`${file} loads aufs at each boot`);
  }
  found.push(...dockerWants(snapshot.docker));
  return found;
}

/** Old data of aufs is no evidence where another driver is configured, or where the engine has no aufs driver any more. */
function dockerWants({ engine, used, configuration, homes }: DockerFacts): string[] {
  const version = engine.known ? parseEngine(engine.value) : null;
  if (version !== null && !isPartOf(version, 'aufs')) return [];
  const configured = configuredDrivers(configuration);
  const found = configured.flatMap(({ driver, where }) =>
    driver === 'aufs' ? [`${where} asks Docker for aufs`] : [],
  );
  const data = configured.length === 0 && homes.known ? driversWithData(homes.value) : [];
  const isOnly = data.includes('aufs') && data.every((driver) => driver === 'aufs' || driver === 'vfs');
  if (isOnly || (used.known && used.value === 'aufs')) found.unshift('Docker uses the aufs storage driver');
  return found;
}

function hintsIn(snapshot: Snapshot): string[] {
  const found: string[] = [];
  const tree = selectedTree(snapshot);
  if (tree?.aufsSources.known && tree.aufsSources.value !== null && patchOverall(tree).state === 'whole') {
    found.push(`${tree.path} holds AUFS and its patches`);
  }
  for (const path of snapshot.evidence.aufsConfigs) found.push(`${path} sets CONFIG_AUFS_FS`);
  for (const { release, modules, aufsBuiltin } of snapshot.modules) {
    if (aufsBuiltin.known && aufsBuiltin.value) found.push(`the kernel ${release} has AUFS built in`);
    if (!isOfKernel(snapshot, release)) continue;
    const file = modules.find(({ name }) => name === 'aufs');
    if (file !== undefined) found.push(`${file.path} is there`);
  }
  return found;
}

/** Does a kernel of that release run, or is it selected? Leftovers of other releases are another finding. */
function isOfKernel(snapshot: Snapshot, release: string): boolean {
  const releases = [snapshot.running.identity.release, selectedTree(snapshot)?.release];
  return releases.some((other) => other?.known === true && other.value === release);
}

function selectedTree({ sources: { selected, trees } }: Snapshot): Tree | undefined {
  return selected.state === 'tree' ? trees.find(({ path }) => path === selected.path) : undefined;
}
