import { type Fact, known, unknown } from '../../model/fact.ts';
import type { DaemonOptions } from './daemon-options.ts';

/**
 * What /etc/docker/daemon.json says of storage. `data-root` was called `graph` before 17.05. Unknown (`malformed`)
 * where it is not a JSON object or one of these is no text: dockerd does not start with such a file.
 */
export function parseDaemonJson(path: string, text: string): Fact<DaemonOptions> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return unknown('malformed', `${path} is not valid JSON`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return unknown('malformed', `${path} is not a JSON object`);
  }
  const fields = new Map<string, unknown>(Object.entries(parsed));
  const names = ['storage-driver', 'data-root', 'graph'];
  const wrong = names.find((name) => fields.has(name) && typeof fields.get(name) !== 'string');
  if (wrong !== undefined) return unknown('malformed', `${path}: "${wrong}" is not a text`);
  const textOf = (name: string): string | null => {
    const value = fields.get(name);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return known({
    driver: textOf('storage-driver'),
    dataRoot: textOf('data-root') ?? textOf('graph'),
    configFile: null,
  });
}
