import { copyFileSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inSync } from '../../../src/demo/in-sync.ts';
import { patchText } from '../../../src/demo/source-text.ts';
import { originalFiles } from '../../../src/demo/tree.ts';
import { PATCH_COMPONENTS } from '../../../src/model/patch-component.ts';
import { layOut } from '../../support/temporary.ts';

const SHIPPED = join(import.meta.dirname, '../../../../test/real/portage/repository');

const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  'sys-kernel/gentoo-sources': ['6.1.191', '6.1.192'],
  'sys-fs/aufs6': ['0_pre20230828', '0_pre20240701'],
};

/**
 * Writes a repository of our own small ebuilds in the form of the real ones, and beside it the files that they install:
 * the kernel trees under `trees`, the patches of AUFS under `patches`.
 */
export function layOutRepository(work: string): void {
  const repository = join(work, 'var/db/repos/gentoo');
  cpSync(SHIPPED, repository, { recursive: true });
  for (const [cp, versions] of Object.entries(VERSIONS)) {
    const name = join(repository, cp, cp.split('/')[1] ?? '');
    for (const version of versions) copyFileSync(`${name}.ebuild`, `${name}-${version}.ebuild`);
    rmSync(`${name}.ebuild`);
  }
  for (const tree of inSync(Date.now()).trees) {
    const directory = `trees/linux-${tree.version}-gentoo`;
    const files = originalFiles(tree).map(({ path, text }) => [`${directory}/${path}`, text]);
    layOut(work, Object.fromEntries(files));
    const target = 'modules_prepare:\n\t@test ! -e /var/tmp/no-modules\n';
    writeFileSync(join(work, directory, 'Makefile'), target, { flag: 'a' });
  }
  for (const part of PATCH_COMPONENTS) {
    if (part !== 'kbuild') layOut(work, { [`patches/aufs6-${part}.patch`]: patchText(part) });
  }
}
