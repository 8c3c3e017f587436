import { driversWithData, STORAGE_DRIVERS, type StorageDriver } from '../../model/docker.ts';
import type { ConfiguredDriver } from '../../model/docker-configuration.ts';
import { abilityOf, registered } from './ability.ts';
import type { Ability, ChosenBy, Start } from './answer.ts';
import { problemOf, type Settings, settingsOf } from './configuration.ts';
import { containerdStart } from './containerd-store.ts';
import { asStorageDriver, isDeprecated, isPartOf, priorities, removedIn } from './drivers.ts';
import type { Ground } from './ground.ts';
import { driverWords, type Refusal } from './refusal.ts';
import { has } from './rules.ts';

/**
 * What dockerd does when it starts: it checks its configuration, then chooses the image store, then the driver, then
 * checks that driver. The order is that of NewDaemon() (daemon/daemon.go) and graphdriver.New() (daemon/graphdriver/driver.go).
 */
export function startOf(ground: Ground): Start {
  const { engine, docker } = ground;
  const { configuration } = docker;
  const problem = problemOf(configuration, engine);
  if (problem !== null) return refuse({ kind: 'configuration', ...problem });
  const { file } = configuration;
  if (file.content.state === 'unreadable')
    return { is: 'unknown', driver: null, why: `${file.path} could not be read: ${file.content.why}` };
  const settings = settingsOf(configuration, engine);
  return containerdStart(ground, settings) ?? driverStart(ground, settings);
}

function driverStart(ground: Ground, settings: Settings): Start {
  const { driver } = settings;
  return driver !== null ? asked(driver, ground, settings) : unasked(ground, settings);
}

function asked({ driver }: ConfiguredDriver, ground: Ground, { storageOptions }: Settings): Start {
  const { engine } = ground;
  const known = asStorageDriver(driver);
  if (known === null) {
    if (has(engine, 'driver-plugins') && driver.includes('/'))
      return { is: 'unknown', driver, why: `${driver} may be a plugin` };
    const lack = { of: 'engine', why: `Docker has no storage driver of that name` } as const;
    return refuse({ kind: 'lack', driver, by: 'asked', lack, words: driverWords(driver, lack) });
  }
  const removed = removedIn(known);
  if (removed !== null && !isPartOf(engine, known))
    return refuse({
      kind: 'removed',
      driver: known,
      removedIn: removed,
      words: `the ${known} storage-driver has been deprecated and removed`,
    });
  return withDriver(known, 'asked', abilityOf(known, ground, storageOptions));
}

/** No driver is set: dockerd takes the one that has data, else the first of its list that works. */
function unasked(ground: Ground, { storageOptions }: Settings): Start {
  const { engine, docker } = ground;
  if (!docker.homes.known)
    return {
      is: 'unknown',
      driver: null,
      why: `it is not known which drivers have data: ${docker.homes.detail}`,
    };
  // scanPriorDrivers(): vfs does not count, nor does a driver that this dockerd does not have.
  const data = driversWithData(docker.homes.value).filter((driver) => driver !== 'vfs');
  const states = data.map((driver) => ({ driver, here: registered(driver, ground) }));
  const open = states.find(({ here }) => here.is === 'unknown');
  if (open !== undefined && open.here.is === 'unknown')
    return { is: 'unknown', driver: data.length === 1 ? open.driver : null, why: open.here.why };
  const prior = priorities(engine).filter((name) =>
    states.some(({ driver, here }) => driver === name && here.is === 'can'),
  );
  const [first] = prior;
  return first === undefined
    ? choice(ground, storageOptions)
    : withPrior(first, prior, ground, storageOptions);
}

/** dockerd tries the first driver that has data before it checks whether others have data too. */
function withPrior(
  first: StorageDriver,
  prior: readonly StorageDriver[],
  ground: Ground,
  options: readonly string[],
): Start {
  const ability = abilityOf(first, ground, options);
  if (ability.is === 'cannot') return withDriver(first, 'prior', ability);
  if (isDeprecated(ground.engine, first) && has(ground.engine, 'deprecated-data-refused'))
    return refuse({
      kind: 'deprecated-data',
      driver: first,
      words: `prior storage driver ${first} is deprecated and will be removed in a future release`,
    });
  if (prior.length > 1)
    return refuse({ kind: 'several', drivers: prior, words: 'contains several valid graphdrivers' });
  return withDriver(first, 'prior', ability);
}

/** An option that the driver refuses ends dockerd. A driver that lacks anything else is skipped. */
function choice(ground: Ground, options: readonly string[]): Start {
  const { engine } = ground;
  const list = priorities(engine).filter(
    (driver) => !has(engine, 'deprecated-not-chosen') || !isDeprecated(engine, driver),
  );
  for (const driver of list) {
    const ability = abilityOf(driver, ground, options);
    if (ability.is === 'cannot' && ability.lack.of !== 'option') continue;
    // If this driver works, dockerd takes it, else the next one: so the choice is not known.
    if (ability.is === 'unknown') return { is: 'unknown', driver: null, why: `${driver}: ${ability.why}` };
    return withDriver(driver, 'choice', ability);
  }
  const lack = { of: 'engine', why: 'no driver of this engine works here' } as const;
  return refuse({
    kind: 'lack',
    driver: STORAGE_DRIVERS[0],
    by: 'choice',
    lack,
    words: 'no supported storage',
  });
}

function withDriver(driver: StorageDriver, by: ChosenBy, ability: Ability): Start {
  switch (ability.is) {
    case 'can':
      return { is: 'starts', store: 'driver', driver, by, warns: ability.warns };
    case 'unknown':
      return { is: 'unknown', driver, why: ability.why };
    case 'cannot':
      return refuse({
        kind: 'lack',
        driver,
        by,
        lack: ability.lack,
        words: driverWords(driver, ability.lack),
      });
  }
}

function refuse(refusal: Refusal): Start {
  return { is: 'refuses', refusal };
}
