import type { KernelAbi, KernelExport } from '../../model/abi.ts';
import type { ModuleFile, ModuleImport, ModuleInfo } from '../../model/module.ts';
import { releaseAtLeast } from '../../model/release-version.ts';
import { filesNamed } from '../choose-module.ts';
import type { Loadable, RefusalReason, Refused } from './answer.ts';
import { exporterOf } from './export-index.ts';
import { hasVersions, versionGap, withoutVersions } from './identity.ts';
import { countsAsGplCompatible } from './license.ts';

/** The modules of a release, which export symbols besides the kernel itself. */
export interface Providers {
  /** Modules read from disk, with what they export. */
  readonly modules: readonly ModuleFile[];
  /** Names of further existing modules; null: not known. */
  readonly available: readonly string[] | null;
  /** Will a module from disk load? modprobe loads dependencies first. */
  loads(file: ModuleFile): Loadable;
}

export interface SymbolProblem {
  readonly symbol: string;
  readonly reason: RefusalReason;
  readonly message: string;
  /** The kernel's message about the module that should export it; null: that is not the reason. */
  readonly dependency: string | null;
}

export interface SymbolAnswer {
  readonly problems: readonly SymbolProblem[];
  /** What is not known about the others; null: nothing. */
  readonly missing: string | null;
}

/** resolve_symbol() for each undefined symbol, in the order of the symbol table (kernel/module/main.c). */
export function symbolProblems(
  name: string,
  info: ModuleInfo,
  kernel: KernelAbi,
  providers: Providers,
): SymbolAnswer {
  if (info.imports.length === 0) return { problems: [], missing: null };
  if (!kernel.exports.known)
    return { problems: [], missing: `what the kernel exports: ${kernel.exports.detail}` };
  const problems: SymbolProblem[] = [];
  let missing: string | null = null;
  let taint: Taint = { gplCompatible: countsAsGplCompatible(name, info.license), usesGplOnly: false };
  for (const wanted of info.imports) {
    const found = findExport(wanted.name, kernel.exports.value.symbols, providers);
    const { outcome, after } =
      found === null
        ? { outcome: notFoundFor(info, wanted, kernel, providers), after: taint }
        : resolve(wanted, found, { ...info, name }, kernel, taint);
    taint = after;
    if (outcome === null) continue;
    if ('message' in outcome) problems.push(outcome);
    else missing ??= outcome.missing;
  }
  return { problems, missing };
}

type Named = ModuleInfo & { readonly name: string };

type Outcome = SymbolProblem | { readonly missing: string } | null;

/** The module's license state after the symbols that it has resolved so far. */
interface Taint {
  readonly gplCompatible: boolean;
  readonly usesGplOnly: boolean;
}

interface Found extends KernelExport {
  readonly giver: Giver;
  /** Is it from a module with a license that is not GPL-compatible? */
  readonly proprietary: boolean;
}

/** Is the exporter of a symbol there when the module is loaded? It is vmlinux, or a module that must load itself. */
type Giver =
  | { readonly is: 'there' }
  | { readonly is: 'absent'; readonly module: string }
  | { readonly is: 'refused'; readonly module: string; readonly by: Refused }
  | { readonly is: 'unknown'; readonly missing: string };

const THERE: Giver = { is: 'there' };

function findExport(
  name: string,
  symbols: Readonly<Record<string, KernelExport>>,
  { modules, available, loads }: Providers,
): Found | null {
  const ofKernel = Object.hasOwn(symbols, name) ? symbols[name] : undefined;
  if (ofKernel !== undefined && ofKernel.from === 'vmlinux')
    return { ...ofKernel, giver: THERE, proprietary: false };
  const exporter = exporterOf(modules, name);
  if (exporter !== null) {
    const { file, exported } = exporter;
    const license = file.info.known ? file.info.value.license : null;
    const proprietary = !countsAsGplCompatible(file.name, license);
    return { ...exported, from: file.name, giver: giverOf(file, loads(file)), proprietary };
  }
  if (ofKernel === undefined) return null;
  // Another file replaced the module that the kernel was compiled with.
  const [instead] = filesNamed(modules, moduleOf(ofKernel.from));
  if (instead?.info.known === true) return null;
  if (instead !== undefined)
    return { ...ofKernel, giver: giverOf(instead, loads(instead)), proprietary: false };
  return { ...ofKernel, giver: ownModule(name, ofKernel.from, available), proprietary: false };
}

function giverOf({ name }: ModuleFile, answer: Loadable): Giver {
  switch (answer.answer) {
    case 'loads':
      return THERE;
    case 'refused':
      return { is: 'refused', module: name, by: answer };
    case 'unknown':
      return { is: 'unknown', missing: answer.missing };
  }
}

/** `drivers/md/dm-mod` of Module.symvers → `dm_mod`. */
function moduleOf(from: string): string {
  return from.slice(from.lastIndexOf('/') + 1).replaceAll('-', '_');
}

/** One of the kernel's own modules, which was compiled with it. */
function ownModule(symbol: string, from: string, available: Providers['available']): Giver {
  if (from === '') return { is: 'unknown', missing: `which of the kernel's own modules export ${symbol}` };
  const module = moduleOf(from);
  if (available !== null) return available.includes(module) ? THERE : { is: 'absent', module };
  return { is: 'unknown', missing: `whether the module ${from}, which exports ${symbol}, is there` };
}

/** A module that it needs, and that could not be read, may export the symbol. */
function notFoundFor(
  { depends }: ModuleInfo,
  wanted: ModuleImport,
  kernel: KernelAbi,
  { modules }: Providers,
): Outcome {
  const trims = kernel.trims.known && kernel.trims.value;
  const outcome = notFound(wanted, { is: trims ? 'trimmed' : 'symbol-missing', symbol: wanted.name });
  if (outcome === null) return outcome;
  const needed = depends.flatMap((name) => filesNamed(modules, name.replaceAll('-', '_')));
  for (const { path, info, defect } of needed) {
    if (info.known || defect !== null) continue;
    return { missing: `what ${path} exports: ${info.detail}` };
  }
  return outcome;
}

function notFound(wanted: ModuleImport, reason: RefusalReason, dependency: string | null = null): Outcome {
  // ignore_undef_symbol(): a leftover of the toolchain.
  if (wanted.weak || wanted.name === '_GLOBAL_OFFSET_TABLE_') return null;
  return { symbol: wanted.name, reason, message: `Unknown symbol ${wanted.name} (err -2)`, dependency };
}

function resolve(
  wanted: ModuleImport,
  found: Found,
  info: Named,
  kernel: KernelAbi,
  taint: Taint,
): { outcome: Outcome; after: Taint } {
  const stays = (outcome: Outcome) => ({ outcome, after: taint });
  const { giver } = found;
  if (giver.is === 'unknown') return stays({ missing: giver.missing });
  if (giver.is !== 'there') return stays(notGiven(wanted, giver));
  const hidden: RefusalReason = { is: 'gpl-only', symbol: wanted.name };
  // For a module that is not GPL-compatible such symbols do not exist.
  if (!taint.gplCompatible && found.gplOnly === true) return stays(notFound(wanted, hidden));
  if (!taint.gplCompatible && found.gplOnly === null)
    return stays({ missing: `whether ${wanted.name} is for GPL-compatible modules only` });
  const after = { ...taint, usesGplOnly: taint.usesGplOnly || found.gplOnly === true };
  if (found.proprietary && inheritsTaint(kernel)) {
    if (after.usesGplOnly) return { outcome: mixed(wanted, found), after };
    return {
      outcome: versionAndNamespace(wanted, found, info, kernel),
      after: { ...after, gplCompatible: false },
    };
  }
  return { outcome: versionAndNamespace(wanted, found, info, kernel), after };
}

function notGiven(wanted: ModuleImport, giver: Extract<Giver, { is: 'absent' | 'refused' }>): Outcome {
  const isRefused = giver.is === 'refused';
  const because = isRefused ? giver.by.reason : 'missing';
  const reason: RefusalReason = { is: 'needs-module', name: giver.module, symbol: wanted.name, because };
  return notFound(wanted, reason, isRefused ? giver.by.message : null);
}

/** inherit_taint() came with 5.9. */
function inheritsTaint({ vermagic }: KernelAbi): boolean {
  return vermagic.known && releaseAtLeast(vermagic.value, 5, 9) === true;
}

function mixed(wanted: ModuleImport, { from }: Found): Outcome {
  const message = `module using GPL-only symbols uses symbols ${wanted.name} from proprietary module ${from}.`;
  return { symbol: wanted.name, reason: { is: 'gpl-only', symbol: wanted.name }, message, dependency: null };
}

function versionAndNamespace(wanted: ModuleImport, found: Found, info: Named, kernel: KernelAbi): Outcome {
  return versionOutcome(wanted, found, info, kernel) ?? namespaceOutcome(wanted, found, info, kernel);
}

/** check_version() */
function versionOutcome(wanted: ModuleImport, found: Found, info: ModuleInfo, kernel: KernelAbi): Outcome {
  const versions = hasVersions(kernel);
  if (!versions.known || !versions.value || !info.hasVersions) return null;
  if (wanted.crc === null) {
    const message = `no symbol version for ${wanted.name}`;
    const reason: RefusalReason = { is: 'symbol-unversioned', symbol: wanted.name };
    const refusal: Outcome = { symbol: wanted.name, reason, message, dependency: null };
    return versionGap<Outcome>(info, kernel, null, refusal, (missing) => ({ missing }));
  }
  if (found.crc === null)
    return { missing: `the version of the symbol ${wanted.name}: ${withoutVersions(kernel)}` };
  if (found.crc === wanted.crc) return null;
  const message = `disagrees about version of symbol ${wanted.name}`;
  const reason: RefusalReason = { is: 'symbol-version', symbol: wanted.name };
  return { symbol: wanted.name, reason, message, dependency: null };
}

/** verify_namespace_is_imported() */
function namespaceOutcome(wanted: ModuleImport, found: Found, info: Named, kernel: KernelAbi): Outcome {
  if (found.namespace === null) return { missing: `the namespace of ${wanted.name}` };
  if (found.namespace === '' || info.importNamespaces.includes(found.namespace)) return null;
  if (isOfModule(found.namespace, info.name)) return null;
  if (kernel.namespacesOptional.known && kernel.namespacesOptional.value) return null;
  if (!kernel.namespacesOptional.known)
    return { missing: 'whether the kernel lets a missing namespace pass' };
  const message = `module uses symbol (${wanted.name}) from namespace ${found.namespace}, but does not import it.`;
  const reason: RefusalReason = { is: 'namespace', namespace: found.namespace };
  return { symbol: wanted.name, reason, message, dependency: null };
}

/**
 * verify_module_namespace() of 6.16: `module:kvm-*,other` is for the modules of these names. `-` and `_` are the same, and `*` is
 * allowed only at the end.
 */
function isOfModule(namespace: string, name: string): boolean {
  if (!namespace.startsWith('module:')) return false;
  return namespace
    .slice('module:'.length)
    .split(',')
    .map((pattern) => pattern.replaceAll('-', '_'))
    .some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name));
}
