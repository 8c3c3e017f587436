import type { ModuleFile } from '../model/module.ts';
import { type Kernel, moduleFile } from './kernel/kernel.ts';
import type { RefusalReason } from './loadable/answer.ts';
import { willLoad } from './will-load.ts';
import { listed } from './words.ts';

/** Will this kernel have the module? `why` is a clause for a person. */
export interface LoadAnswer {
  readonly is: 'yes' | 'no' | 'unknown';
  readonly why: string;
  /** No file for that release at all. */
  readonly missing: boolean;
  /** Only because a module that it needs is refused itself. */
  readonly follows: boolean;
  /** What stands against the file; null: nothing that is known, or there is no file. */
  readonly refusal: RefusalReason | null;
}

const OF_FILE = { missing: false, follows: false, refusal: null } as const;
const WITHOUT_FILE = { missing: true, follows: false, refusal: null } as const;

/** From what is known to be built in, else from the file that modprobe would take. */
export function loadAnswer(kernel: Kernel, name: string): LoadAnswer {
  const builtin: LoadAnswer = { is: 'yes', why: `${name} is built in`, ...OF_FILE };
  if (name === 'aufs' && kernel.aufsBuiltin.known && kernel.aufsBuiltin.value) return builtin;
  // Of what modules.builtin lists modprobe loads no file (module_is_inkernel() of libkmod).
  if (name !== 'aufs' && isBuiltIn(kernel, name)) return builtin;
  const file = moduleFile(kernel, name);
  return file === null ? withoutFile(kernel, name) : answerOfFile(kernel, file);
}

/** Will it have the module of this file, wherever that lies? */
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

/** A driver that a package brought once may be compiled into a newer kernel, as WireGuard since 5.6. */
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

/** A symbol is mostly unknown because the module that brings it is refused itself. */
function behind(dependency: string | null): string {
  return dependency === null ? '' : ` (${dependency})`;
}

function andMore(symbols: readonly string[]): string {
  return symbols.length > 1 ? ` (and ${symbols.length - 1} more: ${listed(symbols.slice(1))})` : '';
}
