import { hasLost } from '../model/docker.ts';
import { valueOr } from '../model/fact.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Wanted } from '../model/verdict.ts';

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
  const { used, asked, engine } = snapshot.docker;
  // An engine without the driver is not served by a kernel with AUFS.
  if (hasLost(engine, 'aufs')) return found;
  if (used.known && used.value?.driver === 'aufs') found.push('Docker uses the aufs storage driver');
  for (const place of asked) if (place.driver === 'aufs') found.push(`${place.where} asks Docker for aufs`);
  return found;
}
