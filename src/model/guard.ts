/** The unit that refuses a reboot of root; systemd/aufswatch-guard.service says how. */
export const GUARD_UNIT = 'aufswatch-guard.service';

/** From this version of systemd on, logind refuses root as well while a block lock is held (its NEWS, 257). */
export const LOCKS_HOLD_ROOT_SINCE = 257;
