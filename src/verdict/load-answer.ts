import { type Kernel, moduleFile, willLoad } from './situation.ts';
import { listed } from './words.ts';

/** Will this kernel have the module? `why` is a clause for a person. */
export interface LoadAnswer {
  readonly is: 'yes' | 'no' | 'unknown';
  readonly why: string;
  /** No file for that release at all. */
  readonly missing: boolean;
}

/** From the kernel's configuration for a built-in, else from the file that modprobe would take. */
export function loadAnswer(kernel: Kernel, name: string): LoadAnswer {
  const builtin = name === 'aufs' && kernel.aufsBuiltin.known && kernel.aufsBuiltin.value;
  if (builtin) return { is: 'yes', why: `${name} is built in`, missing: false };
  const file = moduleFile(kernel, name);
  if (file === null) return withoutFile(kernel, name);
  const answer = willLoad(kernel, file);
  switch (answer.answer) {
    case 'loads':
      return { is: 'yes', why: `${file.path} loads`, missing: false };
    case 'unknown':
      return { is: 'unknown', why: answer.missing, missing: false };
    case 'refused':
      return {
        is: 'no',
        why: `it refuses ${file.path}: ${answer.message}${andMore(answer.symbols)}${behind(answer.dependency)}`,
        missing: false,
      };
  }
}

function withoutFile(kernel: Kernel, name: string): LoadAnswer {
  const { release } = kernel.identity;
  if (!release.known)
    return { is: 'unknown', why: `its release is not known: ${release.detail}`, missing: true };
  if (name === 'aufs' && !kernel.aufsBuiltin.known && kernel.modules !== null) {
    return { is: 'unknown', why: kernel.aufsBuiltin.detail, missing: true };
  }
  return { is: 'no', why: `there is no ${name} module in /lib/modules/${release.value}`, missing: true };
}

/** A symbol is mostly unknown because the module that brings it is refused itself. */
function behind(dependency: string | null): string {
  return dependency === null ? '' : ` (${dependency})`;
}

function andMore(symbols: readonly string[]): string {
  return symbols.length > 1 ? ` (and ${symbols.length - 1} more: ${listed(symbols.slice(1))})` : '';
}
