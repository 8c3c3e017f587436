import { type KernelConfig, PROCESSOR_FAMILIES } from '../../model/config.ts';
import { chainFact, type Fact, known, unknown } from '../../model/fact.ts';

/**
 * The vermagic of a kernel: VERMAGIC_STRING of include/linux/vermagic.h, composed from the release and the
 * configuration. `seed`: the hash of RANDSTRUCT, if that is on.
 */
export function vermagicOf(
  release: Fact<string>,
  config: Fact<KernelConfig>,
  seed: Fact<string>,
): Fact<string> {
  return chainFact(release, (name) =>
    chainFact(config, ({ options }) => {
      const on = (option: string): boolean => options[option] === 'y';
      const arch = archPart(on);
      if (arch === null) return unknown('no-data', 'the vermagic of this architecture is not known');
      // From 4.15 to 4.20 "retpoline" was in the vermagic of some distributions' x86 kernels, but not of others.
      if (on('RETPOLINE') && /^4\.(1[4-9]|20)\./.test(name)) {
        return unknown('no-data', 'the vermagic of kernels 4.14 to 4.20 with RETPOLINE is not certain');
      }
      const words = [
        on('SMP') ? 'SMP ' : '',
        preemptPart(on),
        on('MODULE_UNLOAD') ? 'mod_unload ' : '',
        on('MODVERSIONS') ? 'modversions ' : '',
        arch,
      ];
      const whole = `${name} ${words.join('')}`;
      if (!on('RANDSTRUCT') && !on('GCC_PLUGIN_RANDSTRUCT')) return known(whole);
      // Up to 5.18 only the compiler's plugin could randomize, and the word was another.
      const word = on('RANDSTRUCT') ? 'RANDSTRUCT_' : 'RANDSTRUCT_PLUGIN_';
      return chainFact(seed, (hash) => known(`${whole}${word}${hash}`));
    }),
  );
}

/** Since 5.16 PREEMPT_BUILD decides; before, PREEMPT did. */
function preemptPart(on: (option: string) => boolean): string {
  if (on('PREEMPT_BUILD')) return 'preempt ';
  if (on('PREEMPT_RT')) return 'preempt_rt ';
  return on('PREEMPT') ? 'preempt ' : '';
}

/** MODULE_ARCH_VERMAGIC of arch/ARCH/include/asm/vermagic.h; null: unknown to this program. */
function archPart(on: (option: string) => boolean): string | null {
  if (on('X86_64')) return '';
  if (on('X86_32')) return familyPart(on);
  if (on('ARM64')) return 'aarch64';
  if (on('RISCV')) return 'riscv';
  return null;
}

/** `CONFIG_M686` gives "686 "; three of the names are written otherwise. null: a family of a newer kernel. */
function familyPart(on: (option: string) => boolean): string | null {
  const family = PROCESSOR_FAMILIES.find(on);
  if (family === undefined) return null;
  const written: Readonly<Record<string, string>> = { MVIAC3_2: 'VIAC3-2', MGEODE_LX: 'GEODE' };
  return `${written[family] ?? family.slice(1)} `;
}
