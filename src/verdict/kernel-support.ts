import { chainFact, known, mapFact, unknown } from '../model/fact.ts';
import type { KernelSupport } from './dockerd/kernel-needs.ts';
import type { Kernel } from './kernel/kernel.ts';
import { loadAnswer } from './load-answer.ts';
import type { Situation } from './situation.ts';

/** What the running kernel supports for storage drivers. */
export function runningSupport({ snapshot, running }: Situation): KernelSupport {
  const { filesystems, config } = snapshot.running;
  const support = supportOf(running);
  return {
    ...support,
    filesystems,
    options: config.known ? mapFact(config, ({ options }) => options) : support.options,
  };
}

/** What a kernel supports once it runs, by its configuration and its modules, where these are known. */
export function supportOf(kernel: Kernel): KernelSupport {
  const { build, role, identity } = kernel;
  const built =
    build?.builtConfig ??
    unknown('no-data', `no configuration of the ${role === 'next' ? 'next' : 'running'} kernel is at hand`);
  return {
    filesystems: unknown('not-running-here', 'it does not run'),
    options: mapFact(built, ({ options }) => options),
    modules: chainFact(identity.release, (release) => {
      const { modules } = kernel;
      if (modules === null) return unknown('missing', `there is no /lib/modules/${release}`);
      return known({ available: modules.available, builtin: modules.builtin });
    }),
    load: (module) => loadAnswer(kernel, module),
  };
}
