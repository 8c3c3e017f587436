import type { ModuleFile } from '../model/module.ts';
import { type Kernel, moduleFile } from './kernel/kernel.ts';
import type { RefusalReason } from './loadable/answer.ts';
import { willLoad } from './will-load.ts';
import { listed } from './words.ts';

/** Will this kernel have the module, built in or loaded? `why` is a clause for a person. */
export interface LoadAnswer {
  readonly is: 'yes' | 'no' | 'unknown';
  readonly why: string;
  /** There is no file for that release. */
  readonly missing: boolean;
  /** It is refused only because a module that it needs is refused. */
  readonly follows: boolean;
  /** The reason of the refusal; null: it is not refused, or there is no file. */
  readonly refusal: RefusalReason | null;
}

const OF_FILE = { missing: false, follows: false, refusal: null } as const;
const WITHOUT_FILE = { missing: true, follows: false, refusal: null } as const;

/** By the list of built-in modules, else by the file that modprobe would load. */
export function loadAnswer(kernel: Kernel, name: string): LoadAnswer {
  const builtin: LoadAnswer = { is: 'yes', why: `${name} is built in`, ...OF_FILE };
  if (name === 'aufs' && kernel.aufsBuiltin.known && kernel.aufsBuiltin.value) return builtin;
  // modprobe loads no file for a name in modules.builtin (module_is_inkernel() of libkmod).
  if (name !== 'aufs' && isBuiltIn(kernel, name)) return builtin;
  const file = moduleFile(kernel, name);
  return file === null ? withoutFile(kernel, name) : answerOfFile(kernel, file);
}

/** The answer for this file, wherever it is. */
export function answerOfFile(kernel: Kernel, file: ModuleFile): LoadAnswer {
  const answer = willLoad(kernel, file);
  switch (answer.answer) {
    case 'loads':
      return { is: 'yes', why: `${file.path} loads`, ...OF_FILE };
    case 'unknown':
      return { is: 'unknown', why: answer.missing, ...OF_FILE };
    case 'refused':
      return {
        is: 'no',
        why: `it refuses ${file.path}: ${answer.message}${andMore(answer.symbols)}${behind(answer.dependency)}`,
        missing: false,
        follows: answer.dependency !== null,
        refusal: answer.reason,
      };
  }
}

/** A driver that a package once built may be part of a newer kernel, as WireGuard since 5.6. */
function isBuiltIn({ modules }: Kernel, name: string): boolean {
  return modules?.builtin.some((other) => other.replaceAll('-', '_') === name) === true;
}

function withoutFile(kernel: Kernel, name: string): LoadAnswer {
  const { release } = kernel.identity;
  if (!release.known)
    return { is: 'unknown', why: `its release is not known: ${release.detail}`, ...WITHOUT_FILE };
  if (name === 'aufs' && !kernel.aufsBuiltin.known && kernel.modules !== null) {
    return { is: 'unknown', why: kernel.aufsBuiltin.detail, ...WITHOUT_FILE };
  }
  return { is: 'no', why: `there is no ${name} module in /lib/modules/${release.value}`, ...WITHOUT_FILE };
}

/** A symbol is mostly unknown because the module that exports it is refused. */
function behind(dependency: string | null): string {
  return dependency === null ? '' : ` (${dependency})`;
}

function andMore(symbols: readonly string[]): string {
  return symbols.length > 1 ? ` (and ${symbols.length - 1} more: ${listed(symbols.slice(1))})` : '';
}
