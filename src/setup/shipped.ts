import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Root } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import { isInstalled, PACKAGED_AT } from './packaged.ts';

/** A file of the package that `setup` installs. */
export interface ShippedFile {
  /** Relative to the package. */
  readonly source: string;
  /** On the machine. */
  readonly target: string;
  readonly mode: number;
  /** Only under this init system; null: everywhere. */
  readonly under: Init | null;
  /** The name of a hook that must be in place; null: it is not a hook. */
  readonly hook: string | null;
  /** A configuration file: it is never overwritten, and removed only if unchanged. */
  readonly configuration: boolean;
}

export type Init = 'systemd' | 'openrc';

export const BASHRC_FILE = '/etc/portage/bashrc.d/aufswatch.bash';
export const POST_EMERGE = '/etc/portage/bin/post_emerge';

/** All files that can be installed. A source that this package does not have is ignored. */
export const SHIPPED: readonly ShippedFile[] = [
  hook('hooks/portage/bashrc.d/aufswatch.bash', BASHRC_FILE, 0o644, 'the hook in bashrc'),
  hook('hooks/portage/post_emerge', POST_EMERGE, 0o755, 'post_emerge'),
  hook(
    'hooks/kernel/postinst.d/90-aufswatch',
    '/etc/kernel/postinst.d/90-aufswatch',
    0o755,
    'the hook of installkernel',
  ),
  hook(
    'hooks/kernel/install.d/90-aufswatch.install',
    '/etc/kernel/install.d/90-aufswatch.install',
    0o755,
    'the hook of kernel-install',
  ),
  file('hooks/profile.d/aufswatch.sh', '/etc/profile.d/aufswatch.sh', 0o644, null),
  file('hooks/desktop/aufswatch-agent.desktop', '/etc/xdg/autostart/aufswatch-agent.desktop', 0o644, null),
  file('systemd/aufswatch.service', '/etc/systemd/system/aufswatch.service', 0o644, 'systemd'),
  file('systemd/aufswatch-guard.service', '/etc/systemd/system/aufswatch-guard.service', 0o644, 'systemd'),
  file('systemd/aufswatch-agent.service', '/etc/systemd/user/aufswatch-agent.service', 0o644, 'systemd'),
  file('openrc/aufswatch.initd', '/etc/init.d/aufswatch', 0o755, 'openrc'),
  configuration('openrc/aufswatch.confd', '/etc/conf.d/aufswatch', 'openrc'),
  configuration('openrc/aufswatch.logrotate', '/etc/logrotate.d/aufswatch', 'openrc'),
];

/** The files that `setup` installs: without those of an installed package. */
export function filesForSetup(root: Root): readonly ShippedFile[] {
  return isInstalled(root) ? SHIPPED.filter(({ source }) => PACKAGED_AT[source] === undefined) : SHIPPED;
}

/** The path where a file takes effect on this machine. */
export function placeOf(root: Root, { source, target }: ShippedFile): string {
  return isInstalled(root) ? (PACKAGED_AT[source] ?? target) : target;
}

/** Directories of the daemon, with their modes. */
export const STATE_DIRECTORIES: readonly { readonly path: string; readonly mode: number }[] = [
  { path: '/var/lib/aufswatch', mode: 0o750 },
];

function hook(source: string, target: string, mode: number, name: string): ShippedFile {
  return { ...file(source, target, mode, null), hook: name };
}

function file(source: string, target: string, mode: number, under: Init | null): ShippedFile {
  return { source, target, mode, under, hook: null, configuration: false };
}

function configuration(source: string, target: string, under: Init): ShippedFile {
  return { ...file(source, target, 0o644, under), configuration: true };
}

/** The directory of this package: the nearest one above this program that has the hooks. null: there is none. */
export function findPackage(from: string = import.meta.dirname): string | null {
  for (let directory = from; ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'hooks/portage/bashrc.d/aufswatch.bash'))) return directory;
    if (directory === dirname(directory)) return null;
  }
}

/** The content of a file of the package; null: the package does not have it. */
export function readShipped(packageDirectory: string, { source }: ShippedFile): Buffer | null {
  try {
    return readFileSync(join(packageDirectory, source));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return null;
  }
}
