import type { KernelAbi } from '../../model/abi.ts';
import type { ModuleFile, ModuleInfo } from '../../model/module.ts';
import { LOADS, type Loadable, open, refused } from './answer.ts';
import { forcedWithout, hasVersions, layoutProblem, vermagicProblem } from './identity.ts';
import { isAtLeast } from './kernel-version.ts';

/** Was the module compiled for this kernel? By its version table and what .modinfo says. */

/** The CRC of this symbol covers the structures of modules. */
const LAYOUT = 'module_layout';

/** check_modstruct_version() */
export function versions(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  const problem = layoutProblem(info, kernel);
  switch (problem.is) {
    case 'none':
      return LOADS;
    case 'unknown':
      return open(problem.missing);
    case 'differs':
      return refused(
        { is: 'symbol-version', symbol: LAYOUT },
        `${file.name}: disagrees about version of symbol ${LAYOUT}`,
        [LAYOUT],
      );
    case 'absent':
      return refused(
        { is: 'symbol-unversioned', symbol: LAYOUT },
        `${file.name}: no symbol version for ${LAYOUT}`,
        [LAYOUT],
      );
    case 'no-table':
      return refused(
        { is: 'no-versions' },
        `${file.name}: has no version table, and the kernel requires one (CONFIG_MODVERSIONS)`,
      );
  }
}

/** check_modinfo() */
export function vermagic(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  const problem = vermagicProblem(info, kernel);
  if (problem === null) return LOADS;
  if (problem.is === 'unknown') return open(problem.missing);
  return refused(problem.reason, `${file.name}: ${problem.message}`);
}

/** check_modinfo_livepatch() */
export function livepatch(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  if (!info.livepatch) return LOADS;
  if (!kernel.livepatch.known)
    return open(`whether the kernel takes live patches: ${kernel.livepatch.detail}`);
  if (kernel.livepatch.value) return LOADS;
  const message = `${file.name}: module is marked as livepatch module, but livepatch support is disabled`;
  return refused({ is: 'livepatch' }, message);
}

/** check_module_license_and_versions(): exports without CRCs on a kernel with MODVERSIONS. */
export function exportsVersions(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  if (!info.exportsWithoutCrc) return LOADS;
  const message = `${file.name}: no versions for exported symbols`;
  const versions = hasVersions(kernel);
  if (!versions.known) return open(`whether the kernel has MODVERSIONS: ${versions.detail}`);
  if (!versions.value) return LOADS;
  return forcedWithout(kernel, LOADS, refused({ is: 'no-versions' }, message), open);
}

/** setup_modinfo(): since 6.16 a module must not import a module namespace (EXPORT_SYMBOL_FOR_MODULES) by name. */
export function imports(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  const named = info.importNamespaces.find((name) => name.startsWith('module:'));
  if (named === undefined || isAtLeast(kernel, 6, 16) !== true) return LOADS;
  return refused(
    { is: 'namespace', namespace: named },
    `${file.name}: module tries to import module namespace: ${named}`,
  );
}
