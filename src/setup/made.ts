import type { Root } from '../system/root.ts';
import { presentAt } from './machine.ts';

/** Lists the directories that `setup` made, one a line. */
export const MADE_FILE = '/var/lib/aufswatch/setup.directories';

/** The directories that setup made, outermost first. A line that is not a clean absolute path is ignored. */
export function madeDirectories(root: Root): string[] {
  const present = presentAt(root, MADE_FILE);
  if (present?.type !== 'file') return [];
  const lines = present.content.toString('utf8').split('\n');
  return lines.filter((line) => /^(\/[\w.-]+)+$/.test(line) && !line.includes('/..')).sort();
}
