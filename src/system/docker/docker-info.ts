import { type Fact, known, unknown } from '../../model/fact.ts';

/** The storage part of the daemon's answer. */
export interface DockerInfo {
  readonly engine: string;
  readonly driver: string;
  readonly dataRoot: string;
  /** DriverStatus, as "Backing Filesystem" → "extfs". */
  readonly status: ReadonlyMap<string, string>;
}

/** Asks the daemon; resolves within a time limit. */
export type DockerInfoSource = () => Promise<Fact<DockerInfo>>;

/**
 * Parses the output of `docker info --format '{{json .}}'`. Without a daemon it is an object without server fields, and
 * with ServerErrors: unknown (`tool`).
 */
export function parseDockerInfo(text: string): Fact<DockerInfo> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return unknown('malformed', 'docker info did not print JSON');
  }
  if (typeof parsed !== 'object' || parsed === null)
    return unknown('malformed', 'docker info printed no object');
  const fields = new Map<string, unknown>(Object.entries(parsed));
  const [engine, driver, dataRoot] = ['ServerVersion', 'Driver', 'DockerRootDir'].map((name) =>
    fields.get(name),
  );
  if (typeof engine !== 'string' || typeof driver !== 'string' || engine === '' || driver === '') {
    return unknown('tool', 'the Docker daemon did not answer');
  }
  return known({
    engine,
    driver,
    dataRoot: typeof dataRoot === 'string' && dataRoot.startsWith('/') ? dataRoot : '/var/lib/docker',
    status: statusOf(fields.get('DriverStatus')),
  });
}

function statusOf(value: unknown): ReadonlyMap<string, string> {
  if (!Array.isArray(value)) return new Map();
  const pairs: unknown[] = value;
  return new Map(
    pairs.flatMap((pair): [string, string][] => {
      if (!Array.isArray(pair)) return [];
      const [name, text]: unknown[] = pair;
      return typeof name === 'string' && typeof text === 'string' ? [[name, text]] : [];
    }),
  );
}
