import type { StorageDriver } from '../../model/docker.ts';

/** Why dockerd does not start. */
export type Refusal =
  | {
      readonly kind: 'configuration';
      readonly problem: ConfigurationProblem;
      /** The part of dockerd's message that is the same in all versions. */
      readonly words: string;
    }
  | {
      /** The driver is set, but this engine no longer has it. */
      readonly kind: 'removed';
      readonly driver: StorageDriver;
      readonly removedIn: string;
      readonly words: string;
    }
  | {
      /** The driver that dockerd chose cannot work here. */
      readonly kind: 'lack';
      readonly driver: string;
      /** `asked`: it is set; `prior`: it has data here; `choice`: dockerd chose it. */
      readonly by: 'asked' | 'prior' | 'choice';
      readonly lack: Lack;
      readonly words: string;
    }
  | {
      /** No driver is set, and several have data. */
      readonly kind: 'several';
      readonly drivers: readonly StorageDriver[];
      readonly words: string;
    }
  | {
      /** No driver is set, and the one that has data is deprecated. */
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

/** What a driver needs and does not find. */
export type Lack =
  /** This version of the engine does not have the driver. */
  | { readonly of: 'engine'; readonly why: string }
  | { readonly of: 'package'; readonly flag: string }
  | {
      readonly of: 'kernel';
      /** Such as `OVERLAY_FS`; null if the module comes from a package. */
      readonly option: string | null;
      readonly module: string;
      /** True if it is configured as a module and only the file is missing. */
      readonly isModule: boolean;
      readonly why: string;
    }
  | { readonly of: 'filesystem'; readonly type: string; readonly path: string; readonly wants: string | null }
  | { readonly of: 'd-type'; readonly type: string; readonly path: string }
  | { readonly of: 'program'; readonly program: string }
  | { readonly of: 'option'; readonly option: string; readonly why: string };

/** What is missing, as a clause for a person. */
export function lackText(driver: string, lack: Lack): string {
  switch (lack.of) {
    case 'engine':
    case 'kernel':
      return lack.why;
    case 'package':
      return `built without USE=${lack.flag}`;
    case 'filesystem':
      return lack.wants === null
        ? `Docker refuses ${driver} on ${lack.type}, the filesystem of ${lack.path}`
        : `${lack.path} is on ${lack.type}, not on ${lack.wants}`;
    case 'd-type':
      return `${lack.path} is on ${lack.type} without d_type`;
    case 'program':
      return `the program ${lack.program} is not installed`;
    case 'option':
      return lack.why;
  }
}

/** The error with which dockerd ends if the driver cannot be used: daemon/graphdriver/errors.go. */
export function driverWords(driver: string, lack: Lack): string {
  switch (lack.of) {
    case 'engine':
    case 'package':
      return NOT_SUPPORTED;
    case 'kernel':
    case 'program':
      // zfs needs /dev/zfs, which its module creates.
      return driver === 'zfs' ? PREREQUISITES : NOT_SUPPORTED;
    case 'filesystem':
      if (lack.wants !== null) return PREREQUISITES;
      // overlay is tried with a mount; the kernel's error is in the log before this message.
      return driver === 'aufs' ? 'backing file system is unsupported for this graph driver' : NOT_SUPPORTED;
    case 'd-type':
      return 'filesystem is formatted without d_type support, which leads to incorrect behavior';
    case 'option':
      return lack.option;
  }
}

const NOT_SUPPORTED = 'driver not supported';
const PREREQUISITES = 'prerequisites for driver not satisfied (wrong filesystem?)';
