import { type DockerFacts, driversWithData } from '../model/docker.ts';
import { askedDrivers } from '../model/docker-configuration.ts';
import { valueOr } from '../model/fact.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Wanted } from '../model/verdict.ts';
import { isPartOf } from './dockerd/drivers.ts';
import { parseEngine } from './dockerd/engine.ts';

/** Is AUFS wanted here? As configured; else wherever anything on the machine uses or provides it. */
export function isWanted(snapshot: Snapshot): Wanted {
  const { preferences } = snapshot;
  if (preferences.wanted !== 'auto') {
    return { answer: preferences.wanted, because: [`configured: wanted = "${preferences.wanted}"`] };
  }
  const because = evidence(snapshot);
  return { answer: because.length > 0 ? 'yes' : 'no', because };
}

function evidence(snapshot: Snapshot): string[] {
  const found: string[] = [];
  for (const installed of snapshot.portage.packages) {
    const isAufsSources = installed.kinds.includes('kernel-sources') && installed.name === 'aufs-sources';
    if (installed.kinds.includes('aufs') || isAufsSources) found.push(`${installed.cpv} is installed`);
  }
  const selected = snapshot.sources.selected;
  const tree =
    selected.state === 'tree' ? snapshot.sources.trees.find((t) => t.path === selected.path) : undefined;
  if (tree?.config.known && tree.config.value.options.AUFS_FS !== undefined) {
    found.push(`${tree.path}/.config sets CONFIG_AUFS_FS`);
  }
  for (const mount of valueOr(snapshot.running.aufsMounts, [])) found.push(`${mount} is mounted as aufs`);
  for (const mount of snapshot.evidence.fstabAufs) found.push(`/etc/fstab mounts ${mount} as aufs`);
  found.push(...dockerWants(snapshot.docker));
  return found;
}

/** Old data of aufs wants nothing where another driver is asked for, nor where the engine has no such driver any more. */
function dockerWants({ engine, used, configuration, homes }: DockerFacts): string[] {
  const version = engine.known ? parseEngine(engine.value) : null;
  if (version !== null && !isPartOf(version, 'aufs')) return [];
  const asked = askedDrivers(configuration);
  const found = asked.flatMap(({ driver, where }) =>
    driver === 'aufs' ? [`${where} asks Docker for aufs`] : [],
  );
  const data = asked.length === 0 && homes.known ? driversWithData(homes.value) : [];
  const isOnly = data.includes('aufs') && data.every((driver) => driver === 'aufs' || driver === 'vfs');
  if (isOnly || (used.known && used.value === 'aufs')) found.unshift('Docker uses the aufs storage driver');
  return found;
}
