import { GUARD_UNIT, LOCKS_HOLD_ROOT_SINCE } from '../model/guard.ts';
import type { Root } from '../system/root.ts';
import { bad, type Check, ok } from './check.ts';

export interface GuardInForce {
  readonly mode: 'off' | 'warn' | 'block';
  /** Which systemd is process 1; null: none. */
  readonly systemd: number | null;
}

/** systemd before LOCKS_HOLD_ROOT_SINCE lets root reboot in spite of a lock. There a unit stops root. */
export function guardChecks({ mode, systemd }: GuardInForce, root: Root, setup: string): Check[] {
  if (mode === 'off') return [];
  if (systemd === null)
    return [
      bad(
        `there is no systemd here, and [guard] reboot = "${mode}" has no effect`,
        'put hooks/openrc/shutdown-guard.sh before shutdown, as doc/notices.md says',
      ),
    ];
  const before = `[guard] reboot = "${mode}"`;
  if (mode === 'warn') return [ok(`${before}: logind waits until every terminal is told`)];
  if (systemd >= LOCKS_HOLD_ROOT_SINCE)
    return [ok(`${before}: logind of systemd ${systemd} stops root as well`)];
  const isThere = UNIT_DIRECTORIES.some((directory) => root.stat(`${directory}/${GUARD_UNIT}`).known);
  if (isThere) return [ok(`${before}: systemd ${systemd} lets root pass, and ${GUARD_UNIT} stops root`)];
  return [bad(`${GUARD_UNIT} is missing: without it systemd ${systemd} lets root reboot`, setup)];
}

const UNIT_DIRECTORIES = ['/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'];
