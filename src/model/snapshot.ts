import type { ContainerStorage } from './container-storage.ts';
import type { DockerFacts } from './docker.ts';
import type { BootFacts } from './image.ts';
import type { DkmsModule, ReleaseModules } from './module.ts';
import type { Part } from './part.ts';
import type { PortageFacts } from './portage.ts';
import type { Preferences } from './preferences.ts';
import type { RunningFacts } from './running.ts';
import type { SourcesFacts } from './tree.ts';

/**
 * The version of the Snapshot's form. Saved Snapshots of schema 1 are still read: see src/cli/snapshot-form. Any other is
 * refused.
 */
export const SNAPSHOT_SCHEMA = 2;

/**
 * Everything that the verdict needs, as plain immutable JSON. Every path in it is as seen from inside the
 * root; every time is in milliseconds since the epoch.
 */
export interface Snapshot {
  readonly schema: typeof SNAPSHOT_SCHEMA;
  /** Version of aufswatch that took it. */
  readonly program: string;
  readonly root: string;
  readonly takenAt: number;
  readonly preferences: Preferences;
  readonly portage: PortageFacts;
  readonly sources: SourcesFacts;
  readonly boot: BootFacts;
  readonly modules: readonly ReleaseModules[];
  readonly dkms: readonly DkmsModule[];
  readonly running: RunningFacts;
  readonly docker: DockerFacts;
  readonly containers: ContainerStorage;
  readonly evidence: MountFacts;
  /** What could not be read and is in no other field, one line each. */
  readonly problems: readonly PartProblem[];
}

/** Further signs of AUFS: mounts at boot. Those that exist now are in RunningFacts. */
export interface MountFacts {
  /** Mount points of type aufs in /etc/fstab. */
  readonly fstabAufs: readonly string[];
  /** The `/boot/config-RELEASE` that set CONFIG_AUFS_FS. */
  readonly aufsConfigs: readonly string[];
}

export interface PartProblem extends ReadProblem {
  /** What was being read. The entry stays until that is read again. */
  readonly part: Part;
}

/** A file or directory that could not be read. */
export interface ReadProblem {
  readonly path: string;
  readonly detail: string;
}
