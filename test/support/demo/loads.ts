import { kernelExports, symbolCrc } from '../../../src/demo/exports.ts';
import { type Build, vermagicOf } from '../../../src/demo/kernel.ts';
import type { KernelModule } from '../../../src/demo/module.ts';

/** Would the kernel of the demonstration load this module, with `others` beside it in /lib/modules? */
export function loadsOn(module: KernelModule, kernel: Build, others: readonly KernelModule[]): boolean {
  if (vermagicOf(module.against) !== vermagicOf(kernel)) return false;
  const needed = others.filter((other) => module.depends.includes(other.name));
  if (needed.length < module.depends.length || !needed.every((other) => loadsOn(other, kernel, others)))
    return false;
  const crcs = new Map(kernelExports(kernel).map(({ name, crc }) => [name, crc]));
  for (const other of needed) {
    for (const { name } of other.exports) crcs.set(name, symbolCrc(other.against, name));
  }
  return ['module_layout', ...module.imports].every(
    (name) => crcs.get(name) === symbolCrc(module.against, name),
  );
}
