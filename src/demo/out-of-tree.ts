import type { AppliedPatch, Build } from './kernel.ts';
import { type KernelModule, plainModule } from './module.ts';
import { exportsOfPatch, MODULE_PARTS } from './patch-set.ts';
import type { PlacedModule } from './placed-module.ts';

/** The out-of-tree aufs module of a patch set, compiled against a kernel. */
export function aufsModule(patch: AppliedPatch, against: Build): KernelModule {
  return {
    ...plainModule('aufs', against),
    version: patch.set,
    description: 'aufs -- Advanced multi layered unification filesystem',
    imports: [
      '__fentry__',
      '_printk',
      'd_path',
      'dput',
      'fput',
      'iput',
      'kern_path',
      'kfree',
      'register_filesystem',
      ...exportsOfPatch(MODULE_PARTS),
    ],
  };
}

export function splModule(against: Build): KernelModule {
  return {
    ...plainModule('spl', against),
    version: '2.2.7-r0-gentoo',
    description: 'Solaris Porting Layer',
    exports: [
      { name: 'spl_kmem_alloc', gplOnly: false },
      { name: 'spl_kmem_free', gplOnly: false },
    ],
  };
}

export function zfsModule(against: Build): KernelModule {
  return {
    ...plainModule('zfs', against),
    version: '2.2.7-r0-gentoo',
    license: 'CDDL',
    description: 'ZFS',
    depends: ['spl'],
    imports: ['__fentry__', '_printk', 'iput', 'register_filesystem', 'spl_kmem_alloc', 'spl_kmem_free'],
  };
}

export function moduleIn(folder: string, module: KernelModule, at: number): PlacedModule {
  return { folder, module, at, compression: 'none' };
}
