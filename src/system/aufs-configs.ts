import { readKernelConfig } from './config.ts';
import type { Root } from './root.ts';

/** Nobody keeps more kernels. Each configuration has 150 KB. */
const MOST = 20;

/** The `/boot/config-RELEASE` files that set CONFIG_AUFS_FS. Unreadable ones are skipped. */
export function aufsConfigs(root: Root): readonly string[] {
  const names = root.list('/boot');
  const configs = (names.known ? names.value : []).filter((name) => name.startsWith('config-'));
  return configs
    .slice(0, MOST)
    .map((name) => `/boot/${name}`)
    .filter((path) => {
      const config = readKernelConfig(root, path);
      return config.known && config.value.options.AUFS_FS !== undefined;
    });
}
