/**
 * What is written of dockerd's settings, as it stands there. What of it counts, what contradicts and what is unknown
 * depends on the version of the engine, and is judged later. Values are kept of what concerns storage alone.
 */
export interface DockerConfiguration {
  /** DOCKER_DRIVER in dockerd's environment; null: it is not set. */
  readonly variable: DriverVariable | null;
  /** The options of its command line, in their order. */
  readonly options: readonly GivenOption[];
  readonly file: DockerFile;
}

export interface DriverVariable {
  readonly driver: string;
  /** For a person. */
  readonly where: string;
}

export interface GivenOption {
  /** As `storage-driver`, also where it was given by its letter; of an unknown one what was written. */
  readonly name: string;
  /** Kept for options of storage; null for others, and where there is none. */
  readonly value: string | null;
  /** The file or command line that says so, for a person. */
  readonly where: string;
  /** False where it is not known whether the init system that it is written for is the one that starts dockerd. */
  readonly certain: boolean;
}

/** daemon.json, or the file that --config-file names. */
export interface DockerFile {
  readonly path: string;
  /** Is it named by --config-file? Then it must be there. */
  readonly named: boolean;
  readonly content: FileContent;
}

export type FileContent =
  | { readonly state: 'missing' }
  | { readonly state: 'unreadable'; readonly why: string }
  /** No bytes, or blanks alone. */
  | { readonly state: 'empty' }
  /** No JSON object. */
  | { readonly state: 'malformed'; readonly why: string }
  | {
      readonly state: 'read';
      readonly byteOrderMark: boolean;
      /** Is there more behind the object? */
      readonly rest: boolean;
      readonly directives: readonly Directive[];
      readonly storage: StorageSettings;
    };

export interface Directive {
  readonly name: string;
  readonly type: 'text' | 'number' | 'flag' | 'list' | 'map' | 'null';
  /** The object that it stands in; null: it stands outside of any. */
  readonly inside: string | null;
}

/** What daemon.json says of storage; null, or nothing, where it does not, or not in the form that it must have. */
export interface StorageSettings {
  readonly driver: string | null;
  readonly options: readonly string[];
  readonly dataRoot: string | null;
  /** What `data-root` was called before 17.05. */
  readonly graph: string | null;
  readonly usernsRemap: string | null;
  /** The feature switch of containerd's image store. */
  readonly containerdStore: boolean | null;
}

export const NO_STORAGE_SETTINGS: StorageSettings = {
  driver: null,
  options: [],
  dataRoot: null,
  graph: null,
  usernsRemap: null,
  containerdStore: null,
};

export const DAEMON_JSON = '/etc/docker/daemon.json';

/** A dockerd of which nothing is written. */
export const UNCONFIGURED: DockerConfiguration = {
  variable: null,
  options: [],
  file: { path: DAEMON_JSON, named: false, content: { state: 'missing' } },
};

export interface AskedDriver {
  readonly driver: string;
  /** The file or command line that says so, for a person. */
  readonly where: string;
}

/** Every place that asks for a driver; the first is the one that counts where dockerd takes them all. */
export function askedDrivers({ variable, options, file }: DockerConfiguration): AskedDriver[] {
  const given = options.filter(({ name, value }) => name === 'storage-driver' && value);
  const { content, path } = file;
  const written = content.state === 'read' ? content.storage.driver : null;
  return [
    ...(variable === null ? [] : [variable]),
    // The last of an option counts.
    ...given.toReversed().map(({ value, where }) => ({ driver: value ?? '', where })),
    ...(written ? [{ driver: written, where: path }] : []),
  ];
}
