import type { KernelAbi } from '../model/abi.ts';
import type { ModuleFile, ModuleInfo } from '../model/module.ts';
import { LOADS, type Loadable, open, refused } from './loadable/answer.ts';
import { btf, defect, machine, packing, refusedForDefect, structSize } from './loadable/file-checks.ts';
import { signature, signatureOf } from './loadable/signature-check.ts';
import { duplicateExports, symbols } from './loadable/symbol-checks.ts';
import type { Providers } from './loadable/symbols.ts';
import { exportsVersions, imports, livepatch, vermagic, versions } from './loadable/version-checks.ts';
import { inOurWords } from './loadable/words.ts';

/**
 * The checks of load_module() (kernel/module/main.c), in its order, for a module whose dependencies are loaded. The first
 * that fails decides. A check that cannot be made leaves the answer open, unless a later one refuses for certain.
 */
export function loadable(file: ModuleFile, kernel: KernelAbi, providers: Providers): Loadable {
  if (kernel.modules.known && !kernel.modules.value) {
    return refused(
      { is: 'modules-off', by: kernel.switchedOff ? 'switch' : 'configuration' },
      'the kernel takes no modules (CONFIG_MODULES is not set, or kernel.modules_disabled is)',
    );
  }
  if (!file.info.known) {
    if (file.defect === null) return open(file.info.detail);
    // The kernel looks for a signature at the end of the file before it reads anything else. An empty file has no end.
    const bySignature = file.size === 0 ? LOADS : signatureOf(file, kernel);
    return refusedForDefect({ ...file, defect: file.defect }, kernel, bySignature);
  }
  const info = file.info.value;
  // The kernel does not know the name of the file.
  const named = info.name === null ? file : { ...file, name: info.name };
  const missing: string[] = [];
  for (const check of CHECKS) {
    const outcome = check(named, info, kernel, providers);
    if (outcome.answer === 'refused') return missing.length === 0 ? outcome : inOurWords(outcome);
    if (outcome.answer === 'unknown') missing.push(outcome.missing);
  }
  const [first] = missing;
  return first === undefined ? LOADS : open(first);
}

type Check = (file: ModuleFile, info: ModuleInfo, kernel: KernelAbi, providers: Providers) => Loadable;

const CHECKS: readonly Check[] = [
  packing,
  signature,
  defect,
  machine,
  structSize,
  blacklist,
  versions,
  vermagic,
  livepatch,
  exportsVersions,
  imports,
  symbols,
  duplicateExports,
  btf,
];

/** blacklisted() */
function blacklist({ name }: ModuleFile, _info: ModuleInfo, kernel: KernelAbi): Loadable {
  return kernel.blacklist.includes(name)
    ? refused({ is: 'blacklisted' }, `Module ${name} is blacklisted`)
    : LOADS;
}
