import type { BuildFacts } from '../model/build.ts';
import type { Command, Word } from '../model/step.ts';
import type { Tree } from '../model/tree.ts';

/** As many jobs as there are processors. */
export const ALL_JOBS: Word = { jobs: true };

/** make in a kernel tree, with the output directory and the compiler of its build. */
export function make(tree: Tree, build: BuildFacts | null, ...targets: readonly Word[]): Command {
  const elsewhere = build !== null && build.directory !== tree.path ? [`O=${build.directory}`] : [];
  return { words: ['make', '-C', tree.path, ...elsewhere, ...toolchain(tree, build), ...targets] };
}

/**
 * The compiler that the tree was configured for. By default make uses gcc, finds that .config has another compiler, and configures
 * again (scripts/Kconfig.include). LLVM=1 selects clang with all of its tools (Documentation/kbuild/llvm.rst).
 */
function toolchain(tree: Tree, build: BuildFacts | null): string[] {
  const config = build?.builtConfig.known ? build.builtConfig : tree.config;
  if (!config.known || config.value.options.CC_IS_CLANG !== 'y') return [];
  return [config.value.options.LD_IS_LLD === 'y' ? 'LLVM=1' : 'CC=clang'];
}
