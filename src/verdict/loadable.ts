import type { KernelAbi } from '../model/abi.ts';
import type { ModuleFile, ModuleInfo } from '../model/module.ts';
import { releaseAtLeast } from '../model/release-version.ts';
import type { Loadable, RefusalReason, Refused } from './loadable/answer.ts';
import { forcedWithout, hasVersions, layoutProblem, vermagicProblem } from './loadable/identity.ts';
import { isChanged, signatureProblem } from './loadable/signature.ts';
import { type Providers, symbolProblems } from './loadable/symbols.ts';
import { inOurWords } from './loadable/words.ts';

/**
 * The checks of load_module() (kernel/module/main.c), in its order, for a module whose dependencies are loaded.
 * The first that fails decides. One that cannot be made leaves the answer open, unless a later one refuses for
 * certain.
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
    // Before all else the kernel looks for a signature at the end of the file, whatever the file is. An empty file has no end.
    const unsigned = file.size === 0 ? LOADS : signature(file, kernel);
    if (unsigned.answer === 'refused') return unsigned;
    const damaged = refused({ is: 'defect' }, defectOf(file.defect, file.name, kernel));
    const isQuoted = unsigned.answer === 'loads' && !hasOtherWords(file.defect, kernel);
    return isQuoted ? damaged : unquoted(damaged);
  }
  const info = file.info.value;
  // The kernel knows nothing of the name of the file.
  const named = info.name === null ? file : { ...file, name: info.name };
  const missing: string[] = [];
  for (const check of CHECKS) {
    const outcome = check(named, info, kernel, providers);
    if (outcome.answer === 'refused') return missing.length === 0 ? outcome : unquoted(outcome);
    if (outcome.answer === 'unknown') missing.push(outcome.missing);
  }
  const [first] = missing;
  return first === undefined ? LOADS : open(first);
}

/** Releases of 6.12 and later look at the table of section names more closely, and say so in other words. */
function hasOtherWords(defect: string, kernel: KernelAbi): boolean {
  return isAtLeast(kernel, 6, 12) !== false && /section name table|section hdr/.test(defect);
}

type Check = (file: ModuleFile, info: ModuleInfo, kernel: KernelAbi, providers: Providers) => Loadable;

const CHECKS: readonly Check[] = [
  (file, _info, kernel) => packing(file, kernel),
  (file, _info, kernel) => signature(file, kernel),
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

/** Its CRC stands for the structures of modules. */
const LAYOUT = 'module_layout';

const LOADS: Loadable = { answer: 'loads' };

/**
 * module_decompress() (kernel/module/decompress.c): the unpacker of the kernel knows CRC32 and no other check, and says
 * XZ_OPTIONS_ERROR.
 */
function packing({ packedCheck }: ModuleFile, { unpacks }: KernelAbi): Loadable {
  if (packedCheck === null || packedCheck === 'none' || packedCheck === 'crc32') return LOADS;
  if (!unpacks.known) return open(`whether the kernel unpacks it itself: ${unpacks.detail}`);
  if (unpacks.value !== 'xz') return LOADS;
  return refused({ is: 'packing', check: packedCheck }, 'decompression failed with status 6');
}

/** Is it open whether this kernel wants a signature that the module has not, or not by a key that is known? */
export function isSignatureOpen(file: ModuleFile, kernel: KernelAbi): boolean {
  return signature(file, kernel).answer === 'unknown';
}

/** module_sig_check() */
function signature({ signature: found }: ModuleFile, kernel: KernelAbi): Loadable {
  if (!found.known) return open(found.detail);
  // Fatal also where no signature is wanted, once the kernel looks at them at all.
  if (found.value?.form === 'malformed') return fatal(MALFORMED, kernel);
  // Before 4.3 no kernel looked into a signature of this form.
  const isLookedInto = isAtLeast(kernel, 4, 3) !== false;
  if (isLookedInto && found.value !== null && isChanged(found.value, kernel.trustedKeys))
    return fatal(CHANGED, kernel);
  const enforced = kernel.signatureEnforced;
  if (enforced.known && !enforced.value) return LOADS;
  const problem = signatureProblem(found.value, kernel);
  if (problem === null) return LOADS;
  if (problem.is === 'unknown') return open(problem.missing);
  if (!enforced.known) return open(`whether the kernel wants signed modules: ${enforced.detail}`);
  if (kernel.enforcedBy === 'signature') return refused(problem.reason, problem.message);
  if (kernel.enforcedBy === 'lockdown') return refused(problem.reason, LOCKDOWN);
  return unquoted(refused(problem.reason, problem.message));
}

/** security_locked_down() (security/lockdown/lockdown.c); it names the process. */
const LOCKDOWN = 'Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7';

const MALFORMED = refused({ is: 'bad-signature' }, 'its signature is malformed');
/** EKEYREJECTED, which the kernel gives without a word; this is how modprobe says it. */
const CHANGED = refused({ is: 'changed' }, 'Key was rejected by service');

function fatal(refusal: Refused, { signatures }: KernelAbi): Loadable {
  if (!signatures.known) return open(`whether the kernel looks at signatures: ${signatures.detail}`);
  return signatures.value ? refusal : LOADS;
}

function defect(file: ModuleFile, _info: ModuleInfo, kernel: KernelAbi): Loadable {
  return file.defect === null ? LOADS : refused({ is: 'defect' }, defectOf(file.defect, file.name, kernel));
}

/**
 * The words of the kernel's version. Since 4.18 it knows the name of the module by then; 6.4 and 6.12 have other words for
 * a file that has no struct module.
 */
function defectOf(defect: string, name: string, kernel: KernelAbi): string {
  if (defect === NO_MODULE && isAtLeast(kernel, 6, 4) === true) {
    const how = isAtLeast(kernel, 6, 12) === true ? 'Exactly' : 'Only';
    return `module ${name}: ${how} one .gnu.linkonce.this_module section must exist.`;
  }
  const isNamed = defect === NO_SYMBOLS || (defect === NO_MODULE && isAtLeast(kernel, 4, 18) !== false);
  return isNamed ? `${name}: ${defect}` : defect;
}

const NO_MODULE = 'No module found in object';
const NO_SYMBOLS = 'module has no symbols (stripped?)';

function isAtLeast({ vermagic }: KernelAbi, major: number, minor: number): boolean | null {
  return vermagic.known ? releaseAtLeast(vermagic.value, major, minor) : null;
}

/** elf_check_arch() */
function machine(_file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  if (!kernel.elf.known) return open(`which machine the kernel is for: ${kernel.elf.detail}`);
  if (kernel.elf.value === info.elf) return LOADS;
  const number = info.elf.split(' ')[2] ?? '';
  const sameMachine = kernel.elf.value.endsWith(` ${number}`);
  const message = sameMachine
    ? 'Invalid ELF section header size'
    : `Invalid architecture in ELF header: ${number}`;
  return refused({ is: 'elf-machine', module: info.elf, kernel: kernel.elf.value }, message);
}

/**
 * elf_validity_check() of 6.4 and later, whatever the versions: the size of struct module follows from the configuration,
 * and neither the release nor the vermagic does. An older kernel takes whatever is there.
 */
function structSize(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  const isChecked = isAtLeast(kernel, 6, 4);
  if (!kernel.structSize.known || info.structSize === null || isChecked === false) {
    // With a CRC for module_layout the structure is the kernel's; without any, this alone would tell.
    const isTold = isChecked === false || info.moduleLayout !== null || !isForced(info, kernel);
    return isTold ? LOADS : open('the size of the struct module of the kernel');
  }
  if (kernel.structSize.value === info.structSize) return LOADS;
  if (isChecked === null) return open('whether the kernel looks at the size of struct module (since 6.4)');
  return refused(
    { is: 'struct-size', module: info.structSize, kernel: kernel.structSize.value },
    `module ${file.name}: .gnu.linkonce.this_module section size must match the kernel's built struct module size at run time`,
  );
}

/** Would it be let pass without versions that the kernel has (MODULE_FORCE_LOAD)? */
function isForced(info: ModuleInfo, kernel: KernelAbi): boolean {
  const versions = hasVersions(kernel);
  if (info.hasVersions || !versions.known || !versions.value) return false;
  return !kernel.forceLoad.known || kernel.forceLoad.value;
}

/** blacklisted() */
function blacklist({ name }: ModuleFile, _info: ModuleInfo, kernel: KernelAbi): Loadable {
  return kernel.blacklist.includes(name)
    ? refused({ is: 'blacklisted' }, `Module ${name} is blacklisted`)
    : LOADS;
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
        `${file.name}: has no version table, and the kernel wants one (CONFIG_MODVERSIONS)`,
      );
  }
}

/** check_modinfo() */
function vermagic(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  const problem = vermagicProblem(info, kernel);
  if (problem === null) return LOADS;
  if (problem.is === 'unknown') return open(problem.missing);
  return refused(problem.reason, `${file.name}: ${problem.message}`);
}

/** check_modinfo_livepatch() */
function livepatch(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  if (!info.livepatch) return LOADS;
  if (!kernel.livepatch.known)
    return open(`whether the kernel takes live patches: ${kernel.livepatch.detail}`);
  if (kernel.livepatch.value) return LOADS;
  const message = `${file.name}: module is marked as livepatch module, but livepatch support is disabled`;
  return refused({ is: 'livepatch' }, message);
}

/** check_module_license_and_versions(): exports without CRCs on a kernel with MODVERSIONS. */
function exportsVersions(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  if (!info.exportsWithoutCrc) return LOADS;
  const message = `${file.name}: no versions for exported symbols`;
  const versions = hasVersions(kernel);
  if (!versions.known) return open(`whether the kernel has MODVERSIONS: ${versions.detail}`);
  if (!versions.value) return LOADS;
  return forcedWithout(kernel, LOADS, refused({ is: 'no-versions' }, message), open);
}

/** setup_modinfo(): since 6.16 namespaces of modules (EXPORT_SYMBOL_FOR_MODULES) are not to be imported by name. */
function imports(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  const named = info.importNamespaces.find((name) => name.startsWith('module:'));
  const isNewer = kernel.vermagic.known && releaseAtLeast(kernel.vermagic.value, 6, 16) === true;
  if (named === undefined || !isNewer) return LOADS;
  return refused(
    { is: 'namespace', namespace: named },
    `${file.name}: module tries to import module namespace: ${named}`,
  );
}

/** simplify_symbols(): all of them are looked at, and each that fails is logged. */
function symbols(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi, providers: Providers): Loadable {
  const { problems, missing } = symbolProblems(file.name, info, kernel, providers);
  const [first] = problems;
  if (first === undefined) return missing === null ? LOADS : open(missing);
  const offending = problems.map((problem) => problem.symbol);
  const dependency = problems.find((problem) => problem.dependency !== null)?.dependency ?? null;
  return { ...refused(first.reason, `${file.name}: ${first.message}`, offending), dependency };
}

/** verify_exported_symbols(): of other modules only those are known to be loaded that it needs itself. */
function duplicateExports(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
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

/**
 * btf_module_notify() (kernel/bpf/btf.c): types that were numbered for another compilation of the kernel mostly do not
 * fit, and seldom happen to.
 */
function btf({ mtime }: ModuleFile, { btfOfKernel }: ModuleInfo, { btfSince }: KernelAbi): Loadable {
  if (!btfOfKernel || !btfSince.known || btfSince.value === null || mtime >= btfSince.value) return LOADS;
  return open('whether its BTF fits the kernel, which is newer (CONFIG_DEBUG_INFO_BTF_MODULES)');
}

function unquoted(refusal: Refused): Refused {
  return { ...refusal, message: inOurWords(refusal.reason), quoted: false };
}

function refused(reason: RefusalReason, message: string, offending: readonly string[] = []): Refused {
  return { answer: 'refused', reason, message, quoted: true, symbols: offending, dependency: null };
}

function open(missing: string): Loadable {
  return { answer: 'unknown', missing };
}
