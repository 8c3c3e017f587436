import type { KernelConfig } from '../../model/config.ts';
import { chainFact, type Fact, known, unknown } from '../../model/fact.ts';

/**
 * Option of an architecture → ELF class, byte order and e_machine of its modules (include/uapi/linux/elf-em.h). Other
 * architectures depend on further options; for those the kernel's own modules decide.
 */
const MACHINES: Readonly<Record<string, string>> = {
  X86_64: '64 little 62',
  X86_32: '32 little 3',
  LOONGARCH: '64 little 258',
};

/** As `64 little 62`, from the configuration alone. */
export function machineOfConfig(config: Fact<KernelConfig>): Fact<string> {
  return chainFact(config, ({ options }) => {
    const on = (option: string): boolean => options[option] === 'y';
    const order = on('CPU_BIG_ENDIAN') ? 'big' : 'little';
    if (on('ARM64')) return known(`64 ${order} 183`);
    if (on('RISCV')) return known(`${on('64BIT') ? 64 : 32} little 243`);
    const option = Object.keys(MACHINES).find(on);
    const machine = option === undefined ? undefined : MACHINES[option];
    if (machine === undefined || (option === 'LOONGARCH' && !on('64BIT')))
      return unknown('no-data', 'the configuration does not tell the machine');
    return known(machine);
  });
}
