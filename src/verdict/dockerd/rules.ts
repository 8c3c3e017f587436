import { type Engine, isBetween } from './engine.ts';

/** A rule that only some versions of dockerd have. */
export interface Rule {
  /** The first engine with the rule; null: all known engines before `until` have it. */
  readonly since: string | null;
  /** The first engine without the rule; null: none yet. */
  readonly until: string | null;
  /** Where it is in the source of moby. */
  readonly source: string;
}

/**
 * The rules that changed between 19.03 and 29. The lists of drivers are in drivers.ts, the options in
 * model/docker-options.ts. A rule that never changed is noted, with its source, where it is applied.
 */
export const RULES = {
  /** `graph` in daemon.json and -g set the data root. */
  'graph-counts': {
    since: null,
    until: '23.0',
    source: 'daemon/config/config.go getConflictFreeConfiguration() of 20.10; Validate() of 23.0 refuses it',
  },
  /** An empty daemon.json, or one of blanks only, is accepted. */
  'empty-file-taken': {
    since: '23.0',
    until: null,
    source: 'daemon/config/config.go getConflictFreeConfiguration(): early return on empty config',
  },
  /** What follows the object in daemon.json is ignored. */
  'rest-of-file-ignored': {
    since: null,
    until: '23.0',
    source: 'daemon/config/config.go: json.NewDecoder().Decode() up to 20.10, json.Unmarshal() from 23.0',
  },
  /** A byte order mark before the object is skipped. */
  'byte-order-mark-taken': {
    since: '23.0',
    until: null,
    source: 'daemon/config/config.go getConflictFreeConfiguration(): unicode.BOMOverride',
  },
  /** oom-score-adjust is still parsed, but refused as removed. */
  'oom-score-adjust-refused': {
    since: '25.0',
    until: '26.0',
    source: 'daemon/config/config_linux.go ValidatePlatformConfig() of 25.0',
  },
  /** An unknown driver may be a plugin. */
  'driver-plugins': {
    since: null,
    until: '28.0',
    source: 'daemon/graphdriver/driver.go GetDriver(): lookupPlugin() up to 27, gone in 28.0',
  },
  /** dockerd does not choose a deprecated driver. */
  'deprecated-not-chosen': {
    since: '23.0',
    until: null,
    source: 'daemon/graphdriver/driver.go New(): isDeprecated() in the loop over the list of priorities',
  },
  /** Data of a deprecated driver is an error unless that driver is set. */
  'deprecated-data-refused': {
    since: '23.0',
    until: null,
    source: 'daemon/graphdriver/driver.go New(): "prior storage driver %s is deprecated"',
  },
  /** overlay and overlay2 accept a file system without d_type if they already have data. */
  'no-d-type-tolerated': {
    since: null,
    until: '23.0',
    source: 'daemon/graphdriver/overlay2/overlay.go Init(): IsInitialized(home) of 20.10',
  },
  /** overlay and overlay2 try a mount; earlier engines refused file systems by name. */
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
  /** The feature containerd-snapshotter replaces the graph driver by containerd's image store. */
  'containerd-store': {
    since: '24.0',
    until: null,
    source: 'daemon/daemon.go NewDaemon(): config.Features["containerd-snapshotter"]',
  },
  /** containerd's image store is the default if no driver has data and none is set. */
  'containerd-store-default': {
    since: '29.0',
    until: null,
    source: 'daemon/image_store_choice.go determineImageStoreChoice()',
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;

/** True if this engine has the rule. */
export function has(engine: Engine, name: RuleName): boolean {
  const { since, until }: Rule = RULES[name];
  return isBetween(engine, since, until);
}
