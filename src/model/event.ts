/** An entry that a hook writes to the inbox: one action of emerge or of a kernel installation. */
export type HookEvent = PortageEvent | KernelInstallEvent;

export interface PortageEvent {
  readonly kind: 'portage';
  /** ms since the epoch. */
  readonly at: number;
  readonly phase: 'setup' | 'postinst' | 'prerm' | 'postrm';
  readonly category: string;
  readonly pf: string;
  /** ROOT of the merge, as `/`. */
  readonly root: string;
  /** Did the patch state of a kernel tree change in this phase? Only in setup and postinst. */
  readonly patchChange: 'patched' | 'unpatched' | 'changed' | 'none';
  /** COUNTER and BUILD_TIME (ms) of the merged package, which identify the merge; only in postinst. */
  readonly counter?: number;
  readonly buildTime?: number;
  /** Versions that it replaces, its own among them where it is merged again; only in postinst. */
  readonly replacing?: readonly string[];
  /** In prerm and postrm: the version that replaces this one; undefined: it is removed. */
  readonly replacedBy?: string;
}

export interface KernelInstallEvent {
  readonly kind: 'kernel-install';
  readonly at: number;
  readonly by: 'installkernel' | 'kernel-install';
  readonly release: string;
}

/** How far a file of the inbox was read. Inode and time of birth identify it, whatever its present name. */
export interface InboxPosition {
  readonly file: string;
  /** Bytes. */
  readonly position: number;
}
