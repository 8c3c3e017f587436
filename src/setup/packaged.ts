import type { Root } from '../system/root.ts';

/**
 * Files that a package (or `packaging/install`) installs where they take effect without `setup`: their paths, by source.
 * The administrator turns the other hooks on. For systemd, kernel-install and installkernel a file of the same name in /etc
 * takes precedence.
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

/** Has a package (or `packaging/install`) installed the program in this root? Then setup leaves the files above to it. */
export function isInstalled(root: Root): boolean {
  return root.lstat('/usr/lib/aufswatch/dist').known;
}
