import { type Fact, known, unknown } from '../../model/fact.ts';
import type { Carries } from '../../model/unknown-kernel.ts';

/**
 * Symbols that show which components a built kernel carries: vma_do_fput comes with mmap, is_current_mnt_ns with base
 * (4.9 on), and standalone exports setfl (3.18 on) or do_splice_from.
 */
export const CARRIED_SYMBOLS: ReadonlySet<string> = new Set([
  'vma_do_fput',
  'is_current_mnt_ns',
  'do_splice_from',
  'setfl',
]);

/** `present`: those of CARRIED_SYMBOLS that the kernel has. `exported`: those that it exports. */
export function carriesBySymbols(
  present: Fact<ReadonlySet<string>>,
  exported: Fact<ReadonlySet<string>>,
  aufsBuiltin: Fact<boolean>,
  release: Fact<string>,
): Carries {
  const standalone: Fact<boolean> = exported.known
    ? known(exported.value.has('setfl') || exported.value.has('do_splice_from'))
    : exported;
  return {
    kbuild: aufsBuiltin,
    base: baseOf(present, release),
    mmap: present.known ? known(present.value.has('vma_do_fput')) : present,
    standalone,
  };
}

function baseOf(present: Fact<ReadonlySet<string>>, release: Fact<string>): Fact<boolean> {
  if (!present.known) return present;
  if (present.value.has('is_current_mnt_ns')) return known(true);
  const version = release.known ? /^(\d+)\.(\d+)/.exec(release.value) : null;
  const [major, minor] = [Number(version?.[1] ?? 0), Number(version?.[2] ?? 0)];
  const leavesSymbol = major > 4 || (major === 4 && minor >= 9);
  return leavesSymbol
    ? known(false)
    : unknown('no-data', 'before 4.9 the base patch leaves no symbol to tell it by');
}
