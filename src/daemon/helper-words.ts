/** The words that start the daemon's other processes: for nobody to type. */

/** Looks at the machine (look/serve.ts). */
export const SCANS = 'serve-scans';
/** Checks the database in a file (check-apart.ts). */
export const CHECKS = 'check-database';
