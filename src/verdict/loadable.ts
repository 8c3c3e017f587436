import type { KernelAbi } from '../model/abi.ts';
import type { ModuleFile, ModuleInfo } from '../model/module.ts';
import { forcedWithout, layoutProblem, vermagicProblem } from './loadable/identity.ts';
import { type Providers, symbolProblems } from './loadable/symbols.ts';

/** Will a kernel take a module? */
export type Loadable =
  | { readonly answer: 'loads' }
  | {
      readonly answer: 'refused';
      readonly reason: RefusalReason;
      /** In the kernel's own words, as dmesg will have them after "NAME: ". */
      readonly message: string;
      /** Every symbol that it trips over, in the order of the module's symbol table. */
      readonly symbols: readonly string[];
    }
  | { readonly answer: 'unknown' /** What is missing to tell. */; readonly missing: string };

export type RefusalReason =
  | 'no-modules'
  | 'defective'
  | 'signature'
  | 'wrong-machine'
  | 'module-layout'
  | 'no-versions'
  | 'vermagic'
  | 'livepatch'
  | 'symbols';

/**
 * The checks of load_module() (kernel/module/main.c), in its order, for a module whose dependencies are loaded.
 * The first that fails decides. One that cannot be made leaves the answer open, unless a later one refuses for
 * certain.
 */
export function loadable(file: ModuleFile, kernel: KernelAbi, providers: Providers): Loadable {
  if (kernel.modules.known && !kernel.modules.value) {
    return refused('no-modules', 'the kernel is built without modules (CONFIG_MODULES)');
  }
  if (!file.info.known) {
    return file.defect === null ? open(file.info.detail) : refused('defective', file.defect);
  }
  const info = file.info.value;
  const missing: string[] = [];
  for (const check of CHECKS) {
    const outcome = check(file, info, kernel, providers);
    if (outcome.answer === 'refused') return outcome;
    if (outcome.answer === 'unknown') missing.push(outcome.missing);
  }
  const [first] = missing;
  return first === undefined ? LOADS : open(first);
}

type Check = (file: ModuleFile, info: ModuleInfo, kernel: KernelAbi, providers: Providers) => Loadable;

const CHECKS: readonly Check[] = [
  signature,
  defect,
  machine,
  versions,
  vermagic,
  livepatch,
  exportsVersions,
  symbols,
];

const LOADS: Loadable = { answer: 'loads' };

/** module_sig_check(): whether the kernel trusts the key of a signature cannot be told from outside. */
function signature(_file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  const enforced = kernel.signatureEnforced;
  if (enforced.known && !enforced.value) return LOADS;
  if (info.signature === null) {
    if (enforced.known) return refused('signature', 'Loading of unsigned module is rejected');
    return open(`whether the kernel wants signed modules: ${enforced.detail}`);
  }
  return open('whether the kernel knows the key that the module is signed with');
}

function defect(file: ModuleFile): Loadable {
  return file.defect === null ? LOADS : refused('defective', file.defect);
}

/** elf_check_arch(): which machine the kernel is for is seldom unknown, and then the vermagic tells. */
function machine(_file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  if (!kernel.elf.known || kernel.elf.value === info.elf) return LOADS;
  const number = info.elf.split(' ')[2] ?? '';
  const sameMachine = kernel.elf.value.endsWith(` ${number}`);
  const message = sameMachine
    ? 'Invalid ELF section header size'
    : `Invalid architecture in ELF header: ${number}`;
  return refused('wrong-machine', message);
}

/** check_modstruct_version() */
function versions(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  const problem = layoutProblem(info, kernel);
  switch (problem.is) {
    case 'none':
      return LOADS;
    case 'unknown':
      return open(problem.missing);
    case 'differs':
      return refused('module-layout', `${file.name}: disagrees about version of symbol module_layout`, [
        'module_layout',
      ]);
    case 'absent':
      return refused('module-layout', `${file.name}: no symbol version for module_layout`, ['module_layout']);
    case 'no-table':
      return refused(
        'no-versions',
        `${file.name}: has no version table, and the kernel wants one (CONFIG_MODVERSIONS)`,
      );
  }
}

/** check_modinfo() */
function vermagic(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  const problem = vermagicProblem(info, kernel);
  if (problem === null) return LOADS;
  if (problem.is === 'unknown') return open(problem.missing);
  return refused('vermagic', `${file.name}: ${problem.message}`);
}

/** check_modinfo_livepatch() */
function livepatch(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  if (!info.livepatch) return LOADS;
  if (!kernel.livepatch.known)
    return open(`whether the kernel takes live patches: ${kernel.livepatch.detail}`);
  if (kernel.livepatch.value) return LOADS;
  const message = `${file.name}: module is marked as livepatch module, but livepatch support is disabled`;
  return refused('livepatch', message);
}

/** check_module_license_and_versions(): exports without CRCs on a kernel with MODVERSIONS. */
function exportsVersions(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  if (!info.exportsWithoutCrc) return LOADS;
  const message = `${file.name}: no versions for exported symbols`;
  if (!kernel.modversions.known)
    return open(`whether the kernel has MODVERSIONS: ${kernel.modversions.detail}`);
  if (!kernel.modversions.value) return LOADS;
  return forcedWithout(kernel, LOADS, refused('no-versions', message), open);
}

/** simplify_symbols(): all of them are looked at, and each that fails is logged. */
function symbols(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi, providers: Providers): Loadable {
  const { problems, missing } = symbolProblems(info, kernel, providers);
  const [first] = problems;
  if (first !== undefined) {
    return refused(
      'symbols',
      `${file.name}: ${first.message}`,
      problems.map((problem) => problem.symbol),
    );
  }
  return missing === null ? LOADS : open(missing);
}

function refused(reason: RefusalReason, message: string, offending: readonly string[] = []): Loadable {
  return { answer: 'refused', reason, message, symbols: offending };
}

function open(missing: string): Loadable {
  return { answer: 'unknown', missing };
}
