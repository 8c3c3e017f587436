import * as z from 'zod';
import { CONTAINER_PROGRAMS } from '../../model/container-storage.ts';
import { type DockerFacts, DRIVER_PROGRAMS, STORAGE_DRIVERS } from '../../model/docker.ts';
import { DAEMON_JSON, type Directive, NO_STORAGE_SETTINGS } from '../../model/docker-configuration.ts';
import { known, mapFact } from '../../model/fact.ts';
import { fact, flag, list, NOT_READ, text, texts } from './parts.ts';

const driver = z.enum(STORAGE_DRIVERS);

const directive = z.object({
  name: text,
  type: z.enum(['text', 'number', 'flag', 'list', 'map', 'null']),
  inside: text.nullable(),
});

const configuration = z.object({
  variable: z.object({ driver: text, where: text }).nullable(),
  options: list(z.object({ name: text, value: text.nullable(), where: text, certain: flag })),
  file: z.object({
    path: text,
    named: flag,
    content: z.discriminatedUnion('state', [
      z.object({ state: z.literal('missing') }),
      z.object({ state: z.literal('unreadable'), why: text }),
      z.object({ state: z.literal('empty') }),
      z.object({ state: z.literal('malformed'), why: text }),
      z.object({
        state: z.literal('read'),
        byteOrderMark: flag,
        rest: flag,
        directives: list(directive),
        storage: z.object({
          driver: text.nullable(),
          options: texts,
          dataRoot: text.nullable(),
          graph: text.nullable(),
          usernsRemap: text.nullable(),
          containerdStore: flag.nullable(),
        }),
      }),
    ]),
  }),
});

const driverHome = z.object({ driver, hasData: flag, filesystem: fact(text), dType: fact(flag) });

const docker = z.object({
  present: flag,
  engine: fact(text),
  offered: fact(texts),
  leftOut: fact(list(z.object({ driver, flag: text }))).default(NOT_READ),
  used: fact(text),
  configuration,
  dataRoot: text,
  backingFilesystem: fact(text),
  dType: fact(flag),
  loopback: fact(flag),
  homes: fact(list(driverHome)),
  programs: fact(list(z.enum(DRIVER_PROGRAMS))),
});

type Earlier = z.infer<typeof earlier>;

/** The form of snapshots from before dockerd's configuration was read completely. */
const earlier = z.object({
  present: flag,
  engine: fact(text),
  leftOut: fact(list(z.object({ driver, flag: text }))).default(NOT_READ),
  used: fact(z.object({ driver: text, by: z.enum(['daemon', 'directories']) }).nullable()),
  asked: list(z.object({ driver: text, where: text })),
  twice: z
    .object({ setting: z.enum(['storage-driver', 'data-root']), option: text, file: text })
    .nullable()
    .default(null),
  dataRoot: text,
  backingFilesystem: fact(text),
  dType: fact(flag),
  loopback: fact(flag),
  directories: fact(texts),
});

function fromEarlier({ used, asked, twice, directories, ...docker }: Earlier): DockerFacts {
  const byDaemon = used.known && used.value?.by === 'daemon' ? used.value.driver : null;
  return {
    ...docker,
    offered: NOT_READ,
    programs: NOT_READ,
    used: byDaemon === null ? NOT_READ : known(byDaemon),
    configuration: earlierConfiguration(asked, twice),
    homes: mapFact(directories, (names) =>
      STORAGE_DRIVERS.filter((name) => names.includes(name)).map((name) => ({
        driver: name,
        hasData: true,
        filesystem: docker.backingFilesystem,
        dType: docker.dType,
      })),
    ),
  };
}

function earlierConfiguration(
  asked: Earlier['asked'],
  twice: Earlier['twice'],
): DockerFacts['configuration'] {
  const written = asked.find(({ where }) => where === DAEMON_JSON || where === twice?.file)?.driver ?? null;
  const variable = asked.find(({ where }) => where.startsWith('DOCKER_DRIVER '));
  const options = asked.filter((each) => each !== variable && each.where !== (twice?.file ?? DAEMON_JSON));
  const names = [...(written === null ? [] : ['storage-driver']), ...(twice === null ? [] : [twice.setting])];
  const directives = [...new Set(names)].map((name): Directive => ({ name, type: 'text', inside: null }));
  const given =
    twice === null ? [] : [{ name: twice.setting, value: null, where: twice.option, certain: true }];
  return {
    variable: variable ?? null,
    options: [
      ...given,
      // Today the last of several options counts; in that form the first did.
      ...options
        .toReversed()
        .map(({ driver: value, where }) => ({ name: 'storage-driver', value, where, certain: false })),
    ],
    file: {
      path: twice?.file ?? DAEMON_JSON,
      named: false,
      content:
        directives.length === 0
          ? { state: 'missing' }
          : {
              state: 'read',
              byteOrderMark: false,
              rest: false,
              directives,
              storage: { ...NO_STORAGE_SETTINGS, driver: written },
            },
    },
  };
}

export const dockerForm = docker.or(earlier.transform(fromEarlier));

export const containersForm = z.object({
  programs: list(z.enum(CONTAINER_PROGRAMS)),
  configuration: fact(
    z.object({
      path: text.nullable(),
      driver: text.nullable(),
      mountProgram: z.object({ path: text, isThere: flag }).nullable(),
    }),
  ),
  graphRoot: text,
  backingFilesystem: fact(text),
  dType: fact(flag),
  homes: fact(list(driverHome)),
  driverPrograms: fact(list(z.enum(DRIVER_PROGRAMS))),
  database: flag,
});

/** For a snapshot from before podman and buildah were read. */
export const NO_CONTAINERS: z.infer<typeof containersForm> = {
  programs: [],
  configuration: NOT_READ,
  graphRoot: '/var/lib/containers/storage',
  backingFilesystem: NOT_READ,
  dType: NOT_READ,
  homes: NOT_READ,
  driverPrograms: NOT_READ,
  database: false,
};
