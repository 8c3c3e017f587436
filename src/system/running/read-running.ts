import { type Fact, known, mapFact, type Unknown, unknown } from '../../model/fact.ts';
import type { RunningFacts } from '../../model/running.ts';
import { unknownKernel } from '../../model/unknown-kernel.ts';
import { readKernelConfig } from '../config.ts';
import type { Mount } from '../mounts.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { holdersByModule, readBuildId, readLoadedModules } from './loaded-modules.ts';
import { runningAbi } from './running-abi.ts';
import { runningHere } from './running-here.ts';

export interface RunningInput {
  /** From readRunningIdentity(). */
  readonly identity: RunningFacts['identity'];
  readonly mounts: Fact<readonly Mount[]>;
  /** Modules whose loaded state matters. */
  readonly modules: ReadonlySet<string>;
  /** Symbols that the modules of this machine import or export. */
  readonly wanted: ReadonlySet<string>;
  /** Must /proc/kallsyms (10 MB) be read? Not if a build of the running kernel is at hand: that has its exports. */
  needsSymbols(identity: RunningFacts['identity']): boolean;
}

const KALLSYMS_MAX = 64 * MIB;
const OSRELEASE = '/proc/sys/kernel/osrelease';

/** The identity of the running kernel; unknown if it is not this root's (running-here.ts). */
export function readRunningIdentity(root: Root): RunningFacts['identity'] {
  const here = runningHere(root);
  if (!here.known) return { release: here, utsVersion: here, buildId: here };
  return {
    release: readWithoutNewline(root, OSRELEASE),
    utsVersion: readWithoutNewline(root, '/proc/sys/kernel/version'),
    buildId: readBuildId(root, '/sys/kernel/notes'),
  };
}

function readWithoutNewline(root: Root, path: string, limit?: number): Fact<string> {
  return mapFact(root.readText(path, limit), (text) => text.replace(/\n$/, ''));
}

/** Reads the running kernel from /proc and /sys of this root. If it is not this root's, each fact is unknown. */
export function readRunning(root: Root, input: RunningInput): RunningFacts {
  const here = runningHere(root);
  if (!here.known) return notHere(here);
  const read = (path: string, limit?: number): Fact<string> => readWithoutNewline(root, path, limit);
  const { identity } = input;
  const config = readKernelConfig(root, '/proc/config.gz');
  const holders = mapFact(read('/proc/modules', 4 * MIB), holdersByModule);
  const symbols: Fact<Buffer> = input.needsSymbols(identity)
    ? root.readBytes('/proc/kallsyms', KALLSYMS_MAX)
    : unknown('no-data', 'not read: a build of this kernel is at hand');
  const { abi, carries } = runningAbi(root, identity, config, symbols, input.wanted);
  return {
    identity,
    machine: read('/proc/sys/kernel/arch'),
    bootedAt: bootTime(read('/proc/stat', 4 * MIB)),
    bootId: read('/proc/sys/kernel/random/boot_id'),
    config,
    filesystems: mapFact(read('/proc/filesystems'), (text) =>
      text.split('\n').map((line) => line.split('\t').at(-1) ?? ''),
    ),
    aufsMounts: mapFact(input.mounts, (mounts) =>
      mounts.filter(({ type }) => type === 'aufs').map((mount) => mount.mountPoint),
    ),
    loaded: mapFact(holders, (byModule) => [...byModule.keys()]),
    modules: holders.known ? readLoadedModules(root, holders.value, input.modules) : [],
    carries,
    abi,
  };
}

function notHere(why: Unknown): RunningFacts {
  return {
    identity: { release: why, utsVersion: why, buildId: why },
    machine: why,
    bootedAt: why,
    bootId: why,
    config: why,
    filesystems: why,
    aufsMounts: why,
    loaded: why,
    modules: [],
    ...unknownKernel(why),
  };
}

function bootTime(stat: Fact<string>): Fact<number> {
  if (!stat.known) return stat;
  const seconds = /^btime (\d{1,12})$/m.exec(stat.value)?.[1];
  return seconds === undefined
    ? unknown('malformed', '/proc/stat has no btime')
    : known(Number(seconds) * 1000);
}
