/**
 * The settings of dockerd as they are written. Which of them count, contradict each other or are unknown depends on the version
 * of the engine, and is decided later. Only values about storage are kept.
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
  /** As `storage-driver`, also where its letter was written; an unknown option as it was written. */
  readonly name: string;
  /** Only for options about storage; null for others, and where there is none. */
  readonly value: string | null;
  /** The file or command line that says so, for a person. */
  readonly where: string;
  /** False where it is not known whether the init system that reads it is the one that starts dockerd. */
  readonly certain: boolean;
}

/** daemon.json, or the file that --config-file names. */
export interface DockerFile {
  readonly path: string;
  /** Is it named by --config-file? Then dockerd requires it. */
  readonly named: boolean;
  readonly content: FileContent;
}

export type FileContent =
  | { readonly state: 'missing' }
  | { readonly state: 'unreadable'; readonly why: string }
  /** Empty, or only white space. */
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
  /** The object that contains it; null: none. */
  readonly inside: string | null;
}

/** The storage settings of daemon.json; null, or an empty list, where one is absent or has the wrong form. */
export interface StorageSettings {
  readonly driver: string | null;
  readonly options: readonly string[];
  readonly dataRoot: string | null;
  /** The name of `data-root` before 17.05. */
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

/** A dockerd without any settings. */
export const UNCONFIGURED: DockerConfiguration = {
  variable: null,
  options: [],
  file: { path: DAEMON_JSON, named: false, content: { state: 'missing' } },
};

export interface ConfiguredDriver {
  readonly driver: string;
  /** The file or command line that says so, for a person. */
  readonly where: string;
}

/** Every place that sets a driver; the first one counts where dockerd accepts them all. */
export function configuredDrivers({ variable, options, file }: DockerConfiguration): ConfiguredDriver[] {
  const given = options.filter(({ name, value }) => name === 'storage-driver' && value);
  const { content, path } = file;
  const written = content.state === 'read' ? content.storage.driver : null;
  return [
    ...(variable === null ? [] : [variable]),
    // Of an option that is given several times the last counts.
    ...given.toReversed().map(({ value, where }) => ({ driver: value ?? '', where })),
    ...(written ? [{ driver: written, where: path }] : []),
  ];
}
