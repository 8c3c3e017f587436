import type { Root } from '../system/root.ts';

/**
 * Where a package (or `packaging/install`) puts a file that is read there without `setup`, by its source; the other
 * hooks are for the administrator to switch on. A file of the same name in /etc comes before it for systemd,
 * kernel-install and installkernel.
 */
export const PACKAGED_AT: Readonly<Record<string, string>> = {
  'hooks/kernel/postinst.d/90-aufswatch': '/usr/lib/kernel/postinst.d/90-aufswatch',
  'hooks/kernel/install.d/90-aufswatch.install': '/usr/lib/kernel/install.d/90-aufswatch.install',
  'hooks/profile.d/aufswatch.sh': '/etc/profile.d/aufswatch.sh',
  'hooks/desktop/aufswatch-agent.desktop': '/etc/xdg/autostart/aufswatch-agent.desktop',
  'systemd/aufswatch.service': '/usr/lib/systemd/system/aufswatch.service',
  'systemd/aufswatch-guard.service': '/usr/lib/systemd/system/aufswatch-guard.service',
  'systemd/aufswatch-agent.service': '/usr/lib/systemd/user/aufswatch-agent.service',
  'openrc/aufswatch.initd': '/etc/init.d/aufswatch',
  'openrc/aufswatch.confd': '/etc/conf.d/aufswatch',
  'openrc/aufswatch.logrotate': '/etc/logrotate.d/aufswatch',
};

/** Has a package (or `packaging/install`) put the program into this root? Then the files above are its business. */
export function isInstalled(root: Root): boolean {
  return root.lstat('/usr/lib/aufswatch/dist').known;
}
