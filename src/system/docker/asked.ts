import type { AskedDriver, AskedTwice } from '../../model/docker.ts';
import type { Trouble } from '../../model/snapshot.ts';
import type { Root } from '../root.ts';
import { parseAssignments, splitWords } from '../shell-assignments.ts';
import { parseDaemonJson } from './daemon-json.ts';
import { type DaemonOptions, daemonOptions } from './daemon-options.ts';
import type { DaemonProcess } from './daemon-process.ts';
import { serviceCommand } from './unit-file.ts';
import { dockerServiceTexts } from './unit-texts.ts';

export const DAEMON_JSON = '/etc/docker/daemon.json';
export const CONF_D = '/etc/conf.d/docker';

/** What the configuration of Docker says of storage. */
export interface Asked {
  /** In Docker's order of precedence. */
  readonly drivers: readonly AskedDriver[];
  /** null: nobody says; Docker takes /var/lib/docker. */
  readonly dataRoot: string | null;
  readonly twice: AskedTwice | null;
  readonly troubles: readonly Trouble[];
}

interface Place extends DaemonOptions {
  readonly where: string;
  /** `perhaps`: options of an init system that may not be the one of this machine. */
  readonly as: 'variable' | 'option' | 'perhaps' | 'file';
}

/**
 * Reads the four places: the command line of the dockerd that runs, /etc/conf.d/docker (OpenRC), docker.service with
 * its drop-ins (systemd), daemon.json. A place that belongs to an init system other than the one that runs says
 * nothing. What cannot be read, or holds no usable name, is a trouble.
 */
export function readAsked(root: Root, daemon: DaemonProcess | null): Asked {
  const troubles: Trouble[] = [];
  const places = [...runningPlaces(daemon), ...initPlaces(root, troubles)];
  const configFile = places.find((place) => place.configFile !== null)?.configFile ?? DAEMON_JSON;
  places.push(...daemonJsonPlaces(root, configFile, troubles));
  return {
    drivers: places.flatMap(({ driver, where }) => {
      if (driver === null) return [];
      if (/^[\w./:-]{1,128}$/.test(driver)) return [{ driver, where }];
      troubles.push({ path: where, detail: 'asks for a storage driver by a name that cannot be one' });
      return [];
    }),
    dataRoot:
      places.map(({ dataRoot }) => dataRoot).find((path) => path !== null && isUsablePath(path)) ?? null,
    twice: askedTwice(places),
    troubles,
  };
}

/** dockerd refuses what is specified both as a flag and in its configuration file (daemon/config of moby). */
function askedTwice(places: readonly Place[]): AskedTwice | null {
  for (const [setting, field] of SETTINGS) {
    const option = places.find((place) => place.as === 'option' && place[field] !== null);
    const file = places.find((place) => place.as === 'file' && place[field] !== null);
    if (option !== undefined && file !== undefined)
      return { setting, option: option.where, file: file.where };
  }
  return null;
}

const SETTINGS = [
  ['storage-driver', 'driver'],
  ['data-root', 'dataRoot'],
] as const;

function runningPlaces(daemon: DaemonProcess | null): Place[] {
  if (daemon === null) return [];
  const options = daemonOptions(daemon.args);
  return [
    ...variablePlace(
      daemon.driverVariable,
      `DOCKER_DRIVER in the environment of dockerd (process ${daemon.pid})`,
    ),
    { ...options, where: `the command line of dockerd (process ${daemon.pid})`, as: 'option' },
  ];
}

function initPlaces(root: Root, troubles: Trouble[]): Place[] {
  // sd_booted(3); OpenRC's own directory. In an image neither is there, and both are read.
  const bySystemd = root.stat('/run/systemd/system').known;
  const byOpenrc = !bySystemd && root.stat('/run/openrc').known;
  const as = bySystemd || byOpenrc ? 'option' : 'perhaps';
  return [
    ...(bySystemd ? [] : confDPlaces(root, troubles, as)),
    ...(byOpenrc ? [] : systemdPlaces(root, troubles, as)),
  ];
}

function confDPlaces(root: Root, troubles: Trouble[], as: Place['as']): Place[] {
  const text = root.readText(CONF_D);
  if (!text.known) {
    if (text.code !== 'missing') troubles.push({ path: CONF_D, detail: text.detail });
    return [];
  }
  const values = parseAssignments(text.value);
  const options = daemonOptions(splitWords(values.get('DOCKER_OPTS') ?? ''));
  return [
    ...(EXPORTS_DRIVER.test(text.value)
      ? variablePlace(values.get('DOCKER_DRIVER'), `DOCKER_DRIVER in ${CONF_D}`)
      : []),
    { ...options, where: `DOCKER_OPTS in ${CONF_D}`, as },
  ];
}

/** What conf.d only sets, the init script has and dockerd has not (openrc-run(8)). */
const EXPORTS_DRIVER = /(?:^|;)[ \t]*export[ \t](?:[^\n;#]*[ \t])?DOCKER_DRIVER(?=[=\s;]|$)/m;

function systemdPlaces(root: Root, troubles: Trouble[], as: Place['as']): Place[] {
  const texts = dockerServiceTexts(root, troubles);
  const command = serviceCommand(texts, (path) => {
    const text = root.readText(path);
    return text.known ? text.value : null;
  });
  if (command === null) return [];
  return [
    ...variablePlace(
      command.environment.get('DOCKER_DRIVER'),
      'DOCKER_DRIVER in the environment of docker.service',
    ),
    { ...daemonOptions(command.args), where: `ExecStart in ${command.path}`, as },
  ];
}

function daemonJsonPlaces(root: Root, path: string, troubles: Trouble[]): Place[] {
  const text = root.readText(path);
  if (!text.known) {
    if (text.code !== 'missing') troubles.push({ path, detail: text.detail });
    return [];
  }
  const options = parseDaemonJson(path, text.value);
  if (options.known) return [{ ...options.value, where: path, as: 'file' }];
  troubles.push({ path, detail: options.detail });
  return [];
}

/** dockerd takes the variable before its options and daemon.json. */
function variablePlace(driver: string | null | undefined, where: string): Place[] {
  return driver ? [{ driver, dataRoot: null, configFile: null, where, as: 'variable' }] : [];
}

/** A path with control characters would break the lines that show it. */
function isUsablePath(path: string): boolean {
  return path.startsWith('/') && !/\p{Cc}/u.test(path);
}
