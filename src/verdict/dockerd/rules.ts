import { type Engine, isBetween } from './engine.ts';

/** A rule of dockerd that not every version has. */
export interface Rule {
  /** The engine that first has it; null: every one that is known here. */
  readonly since: string | null;
  /** The engine that first has it no more; null: none yet. */
  readonly until: string | null;
  /** Where it stands in moby. */
  readonly source: string;
}

/**
 * What changed between 19.03 and 29. The lists of drivers are in drivers.ts, the options in model/docker-options.ts; what
 * never changed stands with its source where it is applied.
 */
export const RULES = {
  /** `graph` in daemon.json and -g are the data root. */
  'graph-counts': {
    since: null,
    until: '23.0',
    source: 'daemon/config/config.go getConflictFreeConfiguration() of 20.10; Validate() of 23.0 refuses it',
  },
  /** A daemon.json of no bytes, or of blanks alone, is one without settings. */
  'empty-file-taken': {
    since: '23.0',
    until: null,
    source: 'daemon/config/config.go getConflictFreeConfiguration(): early return on empty config',
  },
  /** What follows the object in daemon.json is not looked at. */
  'rest-of-file-ignored': {
    since: null,
    until: '23.0',
    source: 'daemon/config/config.go: json.NewDecoder().Decode() up to 20.10, json.Unmarshal() from 23.0',
  },
  /** A byte order mark before the object is passed over. */
  'byte-order-mark-taken': {
    since: '23.0',
    until: null,
    source: 'daemon/config/config.go getConflictFreeConfiguration(): unicode.BOMOverride',
  },
  /** oom-score-adjust is still known, and only said to have been removed. */
  'oom-score-adjust-refused': {
    since: '25.0',
    until: '26.0',
    source: 'daemon/config/config_linux.go ValidatePlatformConfig() of 25.0',
  },
  /** A driver that it does not have may be a plugin. */
  'driver-plugins': {
    since: null,
    until: '28.0',
    source: 'daemon/graphdriver/driver.go GetDriver(): lookupPlugin() up to 27, gone in 28.0',
  },
  /** Deprecated drivers are no choice of its own. */
  'deprecated-not-chosen': {
    since: '23.0',
    until: null,
    source: 'daemon/graphdriver/driver.go New(): isDeprecated() in the loop over the list of priorities',
  },
  /** Data of a deprecated driver is an error where the driver is not asked for. */
  'deprecated-data-refused': {
    since: '23.0',
    until: null,
    source: 'daemon/graphdriver/driver.go New(): "prior storage driver %s is deprecated"',
  },
  /** A file system without d_type will do for overlay and overlay2 where they have data already. */
  'no-d-type-tolerated': {
    since: null,
    until: '23.0',
    source: 'daemon/graphdriver/overlay2/overlay.go Init(): IsInitialized(home) of 20.10',
  },
  /** overlay and overlay2 are tried out by a mount; before, file systems were refused by name. */
  'overlay-tried-out': {
    since: '19.03.7',
    until: null,
    source: 'daemon/graphdriver/overlayutils/overlayutils.go SupportsOverlay()',
  },
  /** overlay2.override_kernel_check is an option. */
  'override-kernel-check-known': {
    since: null,
    until: '24.0',
    source: 'daemon/graphdriver/overlay2/overlay.go parseOptions()',
  },
  /** vfs.xattrs is an option. */
  'vfs-xattrs-known': {
    since: '25.0',
    until: null,
    source: 'daemon/graphdriver/vfs/driver.go parseOptions()',
  },
  /** The feature containerd-snapshotter takes containerd's image store in place of a graph driver. */
  'containerd-store': {
    since: '24.0',
    until: null,
    source: 'daemon/daemon.go NewDaemon(): config.Features["containerd-snapshotter"]',
  },
  /** containerd's image store is the default where no driver has data and none is asked for. */
  'containerd-store-default': {
    since: '29.0',
    until: null,
    source: 'daemon/image_store_choice.go determineImageStoreChoice()',
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;

/** Does this engine have that rule? */
export function has(engine: Engine, name: RuleName): boolean {
  const { since, until }: Rule = RULES[name];
  return isBetween(engine, since, until);
}
