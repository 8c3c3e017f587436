import type { StorageDriver } from '../../model/docker.ts';

/** Why dockerd does not start. */
export type Refusal =
  | {
      readonly kind: 'configuration';
      readonly problem: ConfigurationProblem;
      /** What dockerd says, as far as it is the same everywhere. */
      readonly words: string;
    }
  | {
      /** Asked for, and no part of this engine any more. */
      readonly kind: 'removed';
      readonly driver: StorageDriver;
      readonly removedIn: string;
      readonly words: string;
    }
  | {
      /** The driver that counts cannot work here. */
      readonly kind: 'lack';
      readonly driver: string;
      /** `prior`: it is the one that has data here; `choice`: dockerd came to it by itself. */
      readonly by: 'asked' | 'prior' | 'choice';
      readonly lack: Lack;
      readonly words: string;
    }
  | {
      /** Nothing is asked for, and several drivers have data. */
      readonly kind: 'several';
      readonly drivers: readonly StorageDriver[];
      readonly words: string;
    }
  | {
      /** Nothing is asked for, and the one that has data is deprecated. */
      readonly kind: 'deprecated-data';
      readonly driver: StorageDriver;
      readonly words: string;
    };

export type ConfigurationProblem =
  | { readonly is: 'unknown-directives'; readonly names: readonly string[]; readonly path: string }
  | { readonly is: 'unknown-option'; readonly name: string; readonly where: string }
  | {
      readonly is: 'given-twice';
      readonly directive: string;
      readonly option: string;
      readonly file: string;
    }
  | { readonly is: 'graph-and-data-root'; readonly where: string }
  | { readonly is: 'graph'; readonly where: string }
  | { readonly is: 'wrong-type'; readonly directive: string; readonly wanted: string; readonly path: string }
  | { readonly is: 'removed-option'; readonly name: string; readonly where: string }
  | { readonly is: 'malformed'; readonly path: string; readonly why: string }
  | { readonly is: 'missing-file'; readonly path: string };

/** What a driver wants and does not find. */
export type Lack =
  /** Not in this version of the engine, or never heard of. */
  | { readonly of: 'engine'; readonly why: string }
  | { readonly of: 'package'; readonly flag: string }
  | {
      readonly of: 'kernel';
      /** `OVERLAY_FS`; null where a package brings it. */
      readonly option: string | null;
      readonly module: string;
      /** Is it configured as a module, and only its file is not there? */
      readonly isModule: boolean;
      readonly why: string;
    }
  | { readonly of: 'filesystem'; readonly type: string; readonly path: string; readonly wants: string | null }
  | { readonly of: 'd-type'; readonly type: string; readonly path: string }
  | { readonly of: 'program'; readonly program: string }
  | { readonly of: 'option'; readonly option: string; readonly why: string };

/** A clause for a person. */
export function lackText(driver: string, lack: Lack): string {
  switch (lack.of) {
    case 'engine':
    case 'kernel':
      return lack.why;
    case 'package':
      return `built without USE=${lack.flag}`;
    case 'filesystem':
      return lack.wants === null
        ? `Docker refuses ${driver} on ${lack.type}, which ${lack.path} lies on`
        : `${lack.path} lies on ${lack.type}, not on ${lack.wants}`;
    case 'd-type':
      return `${lack.path} lies on ${lack.type} without d_type`;
    case 'program':
      return `the program ${lack.program} is not installed`;
    case 'option':
      return lack.why;
  }
}

/** How dockerd ends where the driver itself cannot be had: the errors of daemon/graphdriver/errors.go. */
export function driverWords(driver: string, lack: Lack): string {
  switch (lack.of) {
    case 'engine':
    case 'package':
      return NOT_SUPPORTED;
    case 'kernel':
    case 'program':
      // zfs wants /dev/zfs, which its module makes.
      return driver === 'zfs' ? PREREQUISITES : NOT_SUPPORTED;
    case 'filesystem':
      if (lack.wants !== null) return PREREQUISITES;
      // overlay is tried out: what the kernel says to its mount stands in the log before it.
      return driver === 'aufs' ? 'backing file system is unsupported for this graph driver' : NOT_SUPPORTED;
    case 'd-type':
      return 'filesystem is formatted without d_type support, which leads to incorrect behavior';
    case 'option':
      return lack.option;
  }
}

const NOT_SUPPORTED = 'driver not supported';
const PREREQUISITES = 'prerequisites for driver not satisfied (wrong filesystem?)';
