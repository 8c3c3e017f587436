import type {
  ConfiguredDriver,
  Directive,
  DockerConfiguration,
  GivenOption,
} from '../../model/docker-configuration.ts';
import { configuredDrivers } from '../../model/docker-configuration.ts';
import {
  DIRECTIVES_WITHOUT_OPTION,
  DOCKERD_OPTIONS,
  type DockerdOption,
  FLAT_DIRECTIVES,
} from '../../model/docker-options.ts';
import { type Engine, isBetween } from './engine.ts';
import type { ConfigurationProblem } from './refusal.ts';
import { has } from './rules.ts';

/** The storage settings, after options and file were combined. */
export interface Settings {
  /** The driver that is set; null: none. */
  readonly driver: ConfiguredDriver | null;
  readonly storageOptions: readonly string[];
  /** Whether containerd's image store is switched on or off; null: neither. */
  readonly containerdStore: boolean | null;
}

export interface Problem {
  readonly problem: ConfigurationProblem;
  /** The part of dockerd's message that is the same in all versions. */
  readonly words: string;
}

/**
 * The first problem with its options and its file for which this engine does not start, in the order of its checks; null:
 * there is none. Sources: cmd/dockerd/daemon.go loadDaemonCliConfig(); daemon/config/config.go
 * getConflictFreeConfiguration(), findConfigurationConflicts(), Validate().
 */
export function problemOf(configuration: DockerConfiguration, engine: Engine): Problem | null {
  return (
    unknownOption(configuration, engine) ??
    bothRoots(configuration) ??
    fileProblem(configuration, engine) ??
    graphProblem(configuration, engine) ??
    removedOption(configuration, engine)
  );
}

/** The settings that result from a configuration without a problem. */
export function settingsOf(configuration: DockerConfiguration, engine: Engine): Settings {
  const { options, file } = configuration;
  const { content } = file;
  const storage = content.state === 'read' ? content.storage : null;
  const given = options.flatMap(({ name, value }) => (name === 'storage-opt' && value ? [value] : []));
  const feature = options.findLast(
    ({ name, value }) => name === 'feature' && value?.startsWith(CONTAINERD_FEATURE),
  );
  const store = feature?.value?.slice(CONTAINERD_FEATURE.length);
  return {
    driver: configuredDrivers(configuration)[0] ?? null,
    storageOptions: given.length > 0 ? given : (storage?.options ?? []),
    containerdStore: !has(engine, 'containerd-store')
      ? null
      : store === undefined
        ? (storage?.containerdStore ?? null)
        : /^(=?1|=?t(rue)?|)$/i.test(store),
  };
}

const CONTAINERD_FEATURE = 'containerd-snapshotter';

function unknownOption({ options }: DockerConfiguration, engine: Engine): Problem | null {
  const unknown = options.find(
    (option) =>
      option.certain && !DOCKERD_OPTIONS.some((each) => each.name === option.name && isIn(each, engine)),
  );
  if (unknown === undefined) return null;
  const { name, where } = unknown;
  const letter = DOCKERD_OPTIONS.find((each) => each.name === name)?.letter;
  const words = letter ? 'unknown' : `unknown flag: --${name}`;
  return { problem: { is: 'unknown-option', name, where }, words };
}

function bothRoots({ options }: DockerConfiguration): Problem | null {
  const graph = options.find(({ name, certain }) => certain && name === 'graph');
  if (graph === undefined || !options.some(({ name, certain }) => certain && name === 'data-root'))
    return null;
  return {
    problem: { is: 'graph-and-data-root', where: graph.where },
    words: 'cannot specify both "--graph" and "--data-root" option',
  };
}

function fileProblem(configuration: DockerConfiguration, engine: Engine): Problem | null {
  const { path, named, content } = configuration.file;
  switch (content.state) {
    case 'unreadable':
      return null;
    case 'missing':
      return named ? { problem: { is: 'missing-file', path }, words: 'no such file or directory' } : null;
    case 'empty':
      return has(engine, 'empty-file-taken') ? null : malformed(path, 'it is empty', 'EOF');
    case 'malformed':
      return malformed(path, content.why, 'unable to configure the Docker daemon with file');
    case 'read': {
      if (content.rest && !has(engine, 'rest-of-file-ignored'))
        return malformed(path, 'something follows the object', 'after top-level value');
      if (content.byteOrderMark && !has(engine, 'byte-order-mark-taken'))
        return malformed(path, 'it begins with a byte order mark', 'invalid character');
      const directives = flattened(content.directives, engine);
      return (
        unknownDirectives(directives, path, engine) ??
        givenTwice(directives, configuration, engine) ??
        wrongType(content.directives, path, engine) ??
        bothDirectives(configuration, engine)
      );
    }
  }
}

function malformed(path: string, why: string, words: string): Problem {
  return { problem: { is: 'malformed', path, why }, words };
}

/** configValuesSet(): the keys within most objects count as top-level keys. */
function flattened(directives: readonly Directive[], engine: Engine): Directive[] {
  const flat = FLAT_DIRECTIVES.filter(({ since }) => isBetween(engine, since, null)).map(
    (each) => each.directive,
  );
  return directives.filter(({ name, type, inside }) =>
    inside === null ? type !== 'map' || flat.includes(name) : !flat.includes(inside),
  );
}

function unknownDirectives(directives: readonly Directive[], path: string, engine: Engine): Problem | null {
  const known = [...DOCKERD_OPTIONS, ...DIRECTIVES_WITHOUT_OPTION].filter((each) => isIn(each, engine));
  const names = directives
    // An option with another name in the file is accepted under both names (flags.Lookup(), then NamedOption).
    .filter(
      ({ name }) => !known.some((each) => each.directive === name || ('name' in each && each.name === name)),
    )
    .map(({ name }) => name);
  if (names.length === 0) return null;
  return {
    problem: { is: 'unknown-directives', names, path },
    words: "the following directives don't match any configuration option",
  };
}

function givenTwice(
  directives: readonly Directive[],
  { options, file }: DockerConfiguration,
  engine: Engine,
): Problem | null {
  const optionOf = (name: string): GivenOption | undefined => {
    const option = DOCKERD_OPTIONS.find((each) => each.directive === name && isIn(each, engine));
    // skipDuplicates: runtimes may be given in both places.
    if (option === undefined || name === 'runtimes') return undefined;
    return options.find((each) => each.certain && each.name === option.name);
  };
  for (const { name } of directives) {
    const option = optionOf(name);
    if (option !== undefined)
      return {
        problem: { is: 'given-twice', directive: name, option: option.where, file: file.path },
        words: 'the following directives are specified both as a flag and in the configuration file',
      };
  }
  return null;
}

const WANTED_TYPES = {
  flag: ['flag', 'true or false'],
  text: ['text', 'a text'],
  number: ['number', 'a number'],
  list: ['list', 'a list'],
  map: ['map', 'an object'],
} as const;

/** The second json.Unmarshal(), into the fields of Config; a JSON null leaves a field unchanged. */
function wrongType(directives: readonly Directive[], path: string, engine: Engine): Problem | null {
  for (const { name, type, inside } of directives) {
    const known = [...DOCKERD_OPTIONS, ...DIRECTIVES_WITHOUT_OPTION].find(
      (each) => each.directive === name && isIn(each, engine),
    );
    if (inside !== null || known === undefined || known.kind === 'any' || type === 'null') continue;
    const [wanted, text] = WANTED_TYPES[known.kind];
    if (type !== wanted)
      return {
        problem: { is: 'wrong-type', directive: name, wanted: text, path },
        words: 'json: cannot unmarshal',
      };
  }
  return null;
}

function bothDirectives({ file }: DockerConfiguration, engine: Engine): Problem | null {
  const { content, path } = file;
  if (content.state !== 'read' || !has(engine, 'graph-counts')) return null;
  const { graph, dataRoot } = content.storage;
  if (!graph || !dataRoot) return null;
  return {
    problem: { is: 'graph-and-data-root', where: path },
    words: 'cannot specify both "graph" and "data-root" config file options',
  };
}

/** `graph` is known before 24.0; 23.0 knows it only to refuse it. */
function graphProblem({ options, file }: DockerConfiguration, engine: Engine): Problem | null {
  if (has(engine, 'graph-counts')) return null;
  const option = options.find(({ name, certain, value }) => certain && name === 'graph' && value !== '');
  const written = file.content.state === 'read' && file.content.storage.graph;
  const where = option?.where ?? (written ? file.path : null);
  if (where === null) return null;
  return {
    problem: { is: 'graph', where },
    words: 'the "graph" config file option is deprecated; use "data-root" instead',
  };
}

function removedOption({ options, file }: DockerConfiguration, engine: Engine): Problem | null {
  const name = 'oom-score-adjust';
  if (!has(engine, 'oom-score-adjust-refused')) return null;
  const option = options.find((each) => each.certain && each.name === name);
  const written = file.content.state === 'read' && file.content.directives.some((each) => each.name === name);
  const where = option?.where ?? (written ? file.path : null);
  if (where === null) return null;
  return { problem: { is: 'removed-option', name, where }, words: `"${name}" config parameter` };
}

function isIn({ since, until }: Pick<DockerdOption, 'since' | 'until'>, engine: Engine): boolean {
  return isBetween(engine, since, until);
}
