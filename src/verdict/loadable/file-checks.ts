import type { KernelAbi } from '../../model/abi.ts';
import type { ModuleFile, ModuleInfo } from '../../model/module.ts';
import { LOADS, type Loadable, open, refused } from './answer.ts';
import { hasVersions } from './identity.ts';
import { isAtLeast } from './kernel-version.ts';
import { inOurWords } from './words.ts';

/** What the kernel checks of the file itself, before it compares names and versions. */

/**
 * module_decompress() (kernel/module/decompress.c): the kernel's decompressor for xz supports CRC32 and no other check. It
 * logs XZ_OPTIONS_ERROR.
 */
export function packing({ packedCheck }: ModuleFile, _info: ModuleInfo, { unpacks }: KernelAbi): Loadable {
  if (packedCheck === null || packedCheck === 'none' || packedCheck === 'crc32') return LOADS;
  if (!unpacks.known) return open(`whether the kernel unpacks it itself: ${unpacks.detail}`);
  if (unpacks.value !== 'xz') return LOADS;
  return refused({ is: 'packing', check: packedCheck }, 'decompression failed with status 6');
}

export function defect(file: ModuleFile, _info: ModuleInfo, kernel: KernelAbi): Loadable {
  return file.defect === null
    ? LOADS
    : refused({ is: 'defect' }, defectMessage(file.defect, file.name, kernel));
}

/** A file that holds no readable module. `bySignature`: the answer of the check before. */
export function refusedForDefect(
  file: ModuleFile & { readonly defect: string },
  kernel: KernelAbi,
  bySignature: Loadable,
): Loadable {
  if (bySignature.answer === 'refused') return bySignature;
  const damaged = refused({ is: 'defect' }, defectMessage(file.defect, file.name, kernel));
  const isQuoted = bySignature.answer === 'loads' && !hasOtherWords(file.defect, kernel);
  return isQuoted ? damaged : inOurWords(damaged);
}

/** Releases of 6.12 and later check the table of section names in more detail, with other messages. */
function hasOtherWords(message: string, kernel: KernelAbi): boolean {
  return isAtLeast(kernel, 6, 12) !== false && /section name table|section hdr/.test(message);
}

/**
 * The message as the kernel's version has it. Since 4.18 it includes the name of the module; 6.4 and 6.12 have other
 * messages for a file that has no struct module.
 */
function defectMessage(message: string, name: string, kernel: KernelAbi): string {
  if (message === NO_MODULE && isAtLeast(kernel, 6, 4) === true) {
    const how = isAtLeast(kernel, 6, 12) === true ? 'Exactly' : 'Only';
    return `module ${name}: ${how} one .gnu.linkonce.this_module section must exist.`;
  }
  const isNamed = message === NO_SYMBOLS || (message === NO_MODULE && isAtLeast(kernel, 4, 18) !== false);
  return isNamed ? `${name}: ${message}` : message;
}

const NO_MODULE = 'No module found in object';
const NO_SYMBOLS = 'module has no symbols (stripped?)';

/** elf_check_arch() */
export function machine(_file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
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
 * elf_validity_check() of 6.4 and later, before any version is compared. The size of struct module depends on the
 * configuration, which neither the release nor the vermagic shows. Older kernels do not check it.
 */
export function structSize(file: ModuleFile, info: ModuleInfo, kernel: KernelAbi): Loadable {
  const isChecked = isAtLeast(kernel, 6, 4);
  if (!kernel.structSize.known || info.structSize === null || isChecked === false) {
    // The CRC of module_layout covers the structure. Without any CRC its size is the only evidence.
    const isCovered = isChecked === false || info.moduleLayout !== null || !isForced(info, kernel);
    return isCovered ? LOADS : open('the size of the struct module of the kernel');
  }
  if (kernel.structSize.value === info.structSize) return LOADS;
  if (isChecked === null) return open('whether the kernel checks the size of struct module (since 6.4)');
  return refused(
    { is: 'struct-size', module: info.structSize, kernel: kernel.structSize.value },
    `module ${file.name}: .gnu.linkonce.this_module section size must match the kernel's built struct module size at run time`,
  );
}

/** Would the kernel load it without the versions that it has (MODULE_FORCE_LOAD)? */
function isForced(info: ModuleInfo, kernel: KernelAbi): boolean {
  const versions = hasVersions(kernel);
  if (info.hasVersions || !versions.known || !versions.value) return false;
  return !kernel.forceLoad.known || kernel.forceLoad.value;
}

/**
 * btf_module_notify() (kernel/bpf/btf.c): types that were numbered for another compilation of the kernel mostly do not
 * fit, and seldom happen to.
 */
export function btf({ mtime }: ModuleFile, { btfOfKernel }: ModuleInfo, { btfSince }: KernelAbi): Loadable {
  if (!btfOfKernel || !btfSince.known || btfSince.value === null || mtime >= btfSince.value) return LOADS;
  return open('whether its BTF fits the kernel, which is newer (CONFIG_DEBUG_INFO_BTF_MODULES)');
}
