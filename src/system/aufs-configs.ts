import { readKernelConfig } from './config.ts';
import type { Root } from './root.ts';

/** More kernels than that nobody keeps, and each configuration has 150 KB. */
const MOST = 20;

/** The `/boot/config-RELEASE` that set CONFIG_AUFS_FS; what cannot be read is passed over. */
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
