import type { KernelIdentity } from '../model/build.ts';
import { sameKernel } from '../model/same-kernel.ts';

interface Named {
  readonly name: string;
  readonly identity: KernelIdentity;
}

/**
 * The names of kernels for a person, in their order. Different kernels can have the same name, as `6.1.192-gentoo #1` after `make
 * mrproper`: then the time of compilation follows the name.
 */
export function namesApart(kernels: readonly Named[]): string[] {
  return kernels.map((kernel) => {
    const hasDouble = kernels.some(
      (other) => other.name === kernel.name && sameKernel(other.identity, kernel.identity) === 'different',
    );
    const at = hasDouble ? compiledAt(kernel.identity) : null;
    return at === null ? kernel.name : `${kernel.name} of ${at}`;
  });
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** From UTS_VERSION, in its time zone: `2026-11-23 02:40`; null: it has no time. */
function compiledAt({ utsVersion }: KernelIdentity): string | null {
  const text = utsVersion.known ? utsVersion.value : '';
  const match = /\b([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d):\d\d (?:\S{1,8} )?(\d{4})\b/.exec(text);
  if (match === null) return null;
  const [, month = '', day = '', time = '', year = ''] = match;
  const number = MONTHS.indexOf(month) + 1;
  if (number === 0) return null;
  return `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')} ${time}`;
}
