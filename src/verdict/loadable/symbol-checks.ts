import type { KernelAbi } from '../../model/abi.ts';
import type { ModuleFile, ModuleInfo } from '../../model/module.ts';
import { LOADS, type Loadable, open, refused } from './answer.ts';
import { type Providers, symbolProblems } from './symbols.ts';

/** simplify_symbols(): the kernel resolves all of them, and logs each that fails. */
export function symbols(
  file: ModuleFile,
  info: ModuleInfo,
  kernel: KernelAbi,
  providers: Providers,
): Loadable {
  const { problems, missing } = symbolProblems(file.name, info, kernel, providers);
  const [first] = problems;
  if (first === undefined) return missing === null ? LOADS : open(missing);
  const offending = problems.map((problem) => problem.symbol);
  const dependency = problems.find((problem) => problem.dependency !== null)?.dependency ?? null;
  return { ...refused(first.reason, `${file.name}: ${first.message}`, offending), dependency };
}

/** verify_exported_symbols(): of other modules only those are certain to be loaded that this one needs. */
export function duplicateExports(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  if (info.exports.length === 0) return LOADS;
  if (!kernel.exports.known) return open(`what the kernel exports: ${kernel.exports.detail}`);
  const { symbols: exported } = kernel.exports.value;
  const twice = info.exports.find(
    ({ name }) => Object.hasOwn(exported, name) && exported[name]?.from === 'vmlinux',
  );
  if (twice === undefined) return LOADS;
  const message = `${file.name}: exports duplicate symbol ${twice.name} (owned by kernel)`;
  return refused({ is: 'duplicate-export', symbol: twice.name }, message, [twice.name]);
}
