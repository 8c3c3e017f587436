import type { KernelAbi, KernelExport } from '../../model/abi.ts';
import type { ModuleFile, ModuleImport, ModuleInfo } from '../../model/module.ts';
import { licenseIsGplCompatible } from './license.ts';

/** What besides the kernel itself can give symbols: the modules of its release. */
export interface Providers {
  /** Modules read from disk, with what they export. */
  readonly modules: readonly ModuleFile[];
  /** Names of further modules that are there; null: which there are is not known. */
  readonly available: readonly string[] | null;
}

export interface SymbolProblem {
  readonly symbol: string;
  readonly message: string;
}

export interface SymbolAnswer {
  readonly problems: readonly SymbolProblem[];
  /** What is missing to be certain of the others; null: nothing. */
  readonly missing: string | null;
}

/** resolve_symbol() for each undefined symbol (kernel/module/main.c). */
export function symbolProblems(info: ModuleInfo, kernel: KernelAbi, providers: Providers): SymbolAnswer {
  if (info.imports.length === 0) return { problems: [], missing: null };
  if (!kernel.exports.known)
    return { problems: [], missing: `what the kernel exports: ${kernel.exports.detail}` };
  const problems: SymbolProblem[] = [];
  let missing: string | null = null;
  const gplCompatible = licenseIsGplCompatible(info.license);
  for (const wanted of info.imports) {
    const found = findExport(wanted.name, kernel.exports.value.symbols, providers);
    const outcome = found === null ? notFound(wanted) : resolve(wanted, found, info, kernel, gplCompatible);
    if (outcome === null) continue;
    if ('message' in outcome) problems.push(outcome);
    else missing ??= outcome.missing;
  }
  return { problems, missing };
}

type Outcome = SymbolProblem | { readonly missing: string } | null;

interface Found extends KernelExport {
  /** Is the module that brings it there? */
  readonly there: boolean | null;
}

function findExport(
  name: string,
  symbols: Readonly<Record<string, KernelExport>>,
  { modules, available }: Providers,
): Found | null {
  const ofKernel = Object.hasOwn(symbols, name) ? symbols[name] : undefined;
  if (ofKernel !== undefined && ofKernel.from === 'vmlinux') return { ...ofKernel, there: true };
  for (const file of modules) {
    const exported = file.info.known
      ? file.info.value.exports.find((candidate) => candidate.name === name)
      : undefined;
    if (exported !== undefined) return { ...exported, from: file.name, there: true };
  }
  if (ofKernel === undefined) return null;
  const module = ofKernel.from.slice(ofKernel.from.lastIndexOf('/') + 1).replaceAll('-', '_');
  return { ...ofKernel, there: available === null ? null : available.includes(module) };
}

function notFound(wanted: ModuleImport): Outcome {
  // ignore_undef_symbol(): left behind by the toolchain.
  if (wanted.weak || wanted.name === '_GLOBAL_OFFSET_TABLE_') return null;
  return unknownSymbol(wanted, -2);
}

function resolve(
  wanted: ModuleImport,
  found: Found,
  info: ModuleInfo,
  kernel: KernelAbi,
  gplCompatible: boolean,
): Outcome {
  if (found.there === false) return notFound(wanted);
  if (found.there === null)
    return { missing: `whether the module ${found.from}, which exports ${wanted.name}, is there` };
  // A module that is not GPL-compatible does not see such symbols at all.
  if (!gplCompatible && found.gplOnly === true) return notFound(wanted);
  if (!gplCompatible && found.gplOnly === null)
    return { missing: `whether ${wanted.name} is for GPL-compatible modules only` };
  const version = versionOutcome(wanted, found, info, kernel);
  return version ?? namespaceOutcome(wanted, found, info, kernel);
}

/** check_version() */
function versionOutcome(wanted: ModuleImport, found: Found, info: ModuleInfo, kernel: KernelAbi): Outcome {
  if (!kernel.modversions.known || !kernel.modversions.value || !info.hasVersions) return null;
  if (wanted.crc === null) return { symbol: wanted.name, message: `no symbol version for ${wanted.name}` };
  if (found.crc === null)
    return { missing: `the CRC of ${wanted.name}, which ${kernel.source} does not tell` };
  if (found.crc === wanted.crc) return null;
  return { symbol: wanted.name, message: `disagrees about version of symbol ${wanted.name}` };
}

/** verify_namespace_is_imported() */
function namespaceOutcome(wanted: ModuleImport, found: Found, info: ModuleInfo, kernel: KernelAbi): Outcome {
  if (found.namespace === null)
    return info.importNamespaces.length > 0 ? null : { missing: `the namespace of ${wanted.name}` };
  if (found.namespace === '' || info.importNamespaces.includes(found.namespace)) return null;
  if (kernel.namespacesOptional.known && kernel.namespacesOptional.value) return null;
  if (!kernel.namespacesOptional.known)
    return { missing: 'whether the kernel lets a missing namespace pass' };
  const message = `module uses symbol (${wanted.name}) from namespace ${found.namespace}, but does not import it.`;
  return { symbol: wanted.name, message };
}

function unknownSymbol(wanted: ModuleImport, code: number): SymbolProblem {
  return { symbol: wanted.name, message: `Unknown symbol ${wanted.name} (err ${code})` };
}
