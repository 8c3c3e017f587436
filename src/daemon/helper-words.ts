/** The words that start the daemon's helper processes. They are no commands for people. */

/** Scans the machine (scan/serve.ts). */
export const SCANS = 'serve-scans';
/** Checks the database in a file (check-apart.ts). */
export const CHECKS = 'check-database';
