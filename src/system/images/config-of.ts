import { posix } from 'node:path';
import type { KernelIdentity } from '../../model/build.ts';
import type { KernelConfig } from '../../model/config.ts';
import { type Fact, unknown } from '../../model/fact.ts';
import type { BootFacts } from '../../model/image.ts';
import { sameKernel } from '../../model/same-kernel.ts';
import { readKernelConfig } from '../config.ts';
import type { Root } from '../root.ts';

/**
 * The configuration of a kernel: from itself if it runs (/proc/config.gz), else from the file that `make install` and
 * kernel-install put next to its image in /boot. That file is a copy of `.config` from the time of the installation, so
 * the running kernel comes first.
 */
export function configOf(
  root: Root,
  identity: KernelIdentity,
  running: KernelIdentity,
  boot: BootFacts,
): Fact<KernelConfig> {
  if (sameKernel(identity, running) === 'same') {
    const own = readKernelConfig(root, '/proc/config.gz');
    if (own.known) return own;
  }
  for (const image of boot.images.known ? boot.images.value : []) {
    if (sameKernel(identity, image.identity) !== 'same') continue;
    const beside = besideImage(image.path);
    const config = beside === null ? null : readKernelConfig(root, beside);
    if (config?.known === true) return config;
  }
  return unknown('no-data', 'neither the running kernel nor /boot tells the configuration of that kernel');
}

/** `/boot/vmlinuz-6.1.192-gentoo.old` → `/boot/config-6.1.192-gentoo.old`; null: of another form. */
function besideImage(path: string): string | null {
  const name = /^(?:vmlinu[xz]|kernel|bzImage|Image)-(.+)$/.exec(posix.basename(path))?.[1];
  return name === undefined ? null : `${posix.dirname(path)}/config-${name}`;
}
