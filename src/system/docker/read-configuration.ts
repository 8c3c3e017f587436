import {
  DAEMON_JSON,
  type DockerConfiguration,
  type DockerFile,
  type DriverVariable,
  type FileContent,
  type GivenOption,
} from '../../model/docker-configuration.ts';
import type { ReadProblem } from '../../model/snapshot.ts';
import type { Root } from '../root.ts';
import { parseAssignments, splitWords } from '../shell-assignments.ts';
import { commandLine } from './command-line.ts';
import { parseDaemonJson } from './daemon-json.ts';
import type { DaemonProcess } from './daemon-process.ts';
import { serviceCommand } from './unit-file.ts';
import { dockerServiceTexts } from './unit-texts.ts';

export const CONF_D = '/etc/conf.d/docker';

export interface ConfigurationReading {
  readonly configuration: DockerConfiguration;
  readonly problems: readonly ReadProblem[];
}

/** Settings of storage. Only their values are kept. */
const KEPT = new Set([
  'config-file',
  'data-root',
  'feature',
  'graph',
  'storage-driver',
  'storage-opt',
  'userns-remap',
]);

interface Place {
  readonly variable: DriverVariable | null;
  readonly options: readonly GivenOption[];
}

/**
 * The settings with which dockerd will start, merged from all their places: /etc/conf.d/docker (OpenRC), docker.service
 * with its drop-ins (systemd), daemon.json. A place of another init system than the running one is ignored. If the running
 * init system is unknown, the command line of the running dockerd comes first. Files that cannot be read, and unusable
 * names, become `problems`.
 */
export function readConfiguration(root: Root, daemon: DaemonProcess | null): ConfigurationReading {
  const problems: ReadProblem[] = [];
  const places = placesOf(root, daemon, problems);
  const options = places.flatMap((place) => place.options).filter((option) => isUsable(option, problems));
  const named = options.findLast(({ name, value }) => name === 'config-file' && value)?.value ?? null;
  const variables = places.flatMap(({ variable }) => (variable === null ? [] : [variable]));
  return {
    configuration: {
      variable: variables.find((variable) => isDriverName(variable.driver, variable.where, problems)) ?? null,
      options,
      file: readFile(root, named, problems),
    },
    problems,
  };
}

/** sd_booted(3) tells systemd, its own directory OpenRC. An image has neither, so the places of both are read. */
function placesOf(root: Root, daemon: DaemonProcess | null, problems: ReadProblem[]): Place[] {
  const bySystemd = root.stat('/run/systemd/system').known;
  const byOpenrc = !bySystemd && root.stat('/run/openrc').known;
  if (bySystemd || byOpenrc) {
    const place = bySystemd ? systemdPlace(root, problems, true) : confDPlace(root, problems, true);
    if (place !== null) return [place];
  }
  // The last value of an option counts, so certain places come after uncertain ones.
  const places = [
    byOpenrc ? null : systemdPlace(root, problems, false),
    bySystemd ? null : confDPlace(root, problems, false),
    runningPlace(daemon),
  ];
  return places.filter((place) => place !== null);
}

function runningPlace(daemon: DaemonProcess | null): Place | null {
  if (daemon === null) return null;
  const { pid, args, driverVariable } = daemon;
  return {
    variable: variableOf(driverVariable, `DOCKER_DRIVER in the environment of dockerd (process ${pid})`),
    options: given(args, `the command line of dockerd (process ${pid})`, true),
  };
}

function confDPlace(root: Root, problems: ReadProblem[], certain: boolean): Place | null {
  const text = root.readText(CONF_D);
  if (!text.known) {
    if (text.code !== 'missing') problems.push({ path: CONF_D, detail: text.detail });
    return null;
  }
  const values = parseAssignments(text.value);
  return {
    variable: EXPORTS_DRIVER.test(text.value)
      ? variableOf(values.get('DOCKER_DRIVER'), `DOCKER_DRIVER in ${CONF_D}`)
      : null,
    options: given(splitWords(values.get('DOCKER_OPTS') ?? ''), `DOCKER_OPTS in ${CONF_D}`, certain),
  };
}

/** conf.d must export the variable: one that is only set reaches the init script, not dockerd (openrc-run(8)). */
const EXPORTS_DRIVER = /(?:^|;)[ \t]*export[ \t](?:[^\n;#]*[ \t])?DOCKER_DRIVER(?=[=\s;]|$)/m;

function systemdPlace(root: Root, problems: ReadProblem[], certain: boolean): Place | null {
  const texts = dockerServiceTexts(root, problems);
  const command = serviceCommand(texts, (path) => {
    const text = root.readText(path);
    return text.known ? text.value : null;
  });
  if (command === null) return null;
  const { args, path, environment } = command;
  return {
    variable: variableOf(
      environment.get('DOCKER_DRIVER'),
      'DOCKER_DRIVER in the environment of docker.service',
    ),
    options: given(args, `ExecStart in ${path}`, certain),
  };
}

/** For dockerd the variable takes precedence over options and daemon.json. */
function variableOf(driver: string | null | undefined, where: string): DriverVariable | null {
  return driver ? { driver, where } : null;
}

function given(words: readonly string[], where: string, certain: boolean): GivenOption[] {
  return commandLine(words).map(({ name, value }) => ({
    name,
    value: KEPT.has(name) ? value : null,
    where,
    certain,
  }));
}

function isUsable({ name, value, where }: GivenOption, problems: ReadProblem[]): boolean {
  if (name === 'storage-driver' && value) return isDriverName(value, where, problems);
  // A path with control characters would break the output.
  return value === null || !/\p{Cc}/u.test(value);
}

function isDriverName(driver: string, where: string, problems: ReadProblem[]): boolean {
  if (/^[\w./:-]{1,128}$/.test(driver)) return true;
  problems.push({ path: where, detail: 'asks for a storage driver by a name that cannot be one' });
  return false;
}

function readFile(root: Root, named: string | null, problems: ReadProblem[]): DockerFile {
  const path = named?.startsWith('/') ? named : DAEMON_JSON;
  const file = (content: FileContent): DockerFile => ({ path, named: path === named, content });
  const text = root.readText(path);
  if (!text.known) {
    if (text.code === 'missing') return file({ state: 'missing' });
    problems.push({ path, detail: text.detail });
    return file({ state: 'unreadable', why: text.detail });
  }
  const content = parseDaemonJson(text.value);
  if (content.state === 'malformed') problems.push({ path, detail: `${path}: ${content.why}` });
  return file(
    content.state === 'read' ? { ...content, storage: usable(content.storage, path, problems) } : content,
  );
}

type Storage = Extract<FileContent, { state: 'read' }>['storage'];

function usable(storage: Storage, path: string, problems: ReadProblem[]): Storage {
  const clean = (value: string | null): string | null => (value && /\p{Cc}/u.test(value) ? null : value);
  const { driver, dataRoot, graph, usernsRemap, options } = storage;
  return {
    ...storage,
    driver: driver !== null && isDriverName(driver, path, problems) ? driver : null,
    dataRoot: clean(dataRoot),
    graph: clean(graph),
    usernsRemap: clean(usernsRemap),
    options: options.filter((option) => !/\p{Cc}/u.test(option)),
  };
}
