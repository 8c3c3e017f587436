import type { Root } from '../system/root.ts';
import { presentAt } from './machine.ts';

/** Lists the directories that `setup` made, one a line. */
export const MADE_FILE = '/var/lib/aufswatch/setup.directories';

/** Outermost first. A line that is no clean absolute path is passed over. */
export function madeDirectories(root: Root): string[] {
  const present = presentAt(root, MADE_FILE);
  if (present?.type !== 'file') return [];
  const lines = present.content.toString('utf8').split('\n');
  return lines.filter((line) => /^(\/[\w.-]+)+$/.test(line) && !line.includes('/..')).sort();
}
