import { chainFact, known, mapFact, unknown } from '../model/fact.ts';
import type { KernelSupport } from './docker-drivers.ts';
import { loadAnswer } from './load-answer.ts';
import type { Situation } from './situation.ts';

/** What the running kernel can do for Docker's storage drivers. */
export function runningSupport({ snapshot, running }: Situation): KernelSupport {
  const { filesystems, config } = snapshot.running;
  const built =
    running.build?.builtConfig ?? unknown('no-data', 'no configuration of the running kernel is at hand');
  const best = config.known ? config : built;
  return {
    filesystems,
    options: mapFact(best, ({ options }) => options),
    modules: chainFact(running.identity.release, (release) => {
      const { modules } = running;
      if (modules === null) return unknown('missing', `there is no /lib/modules/${release}`);
      return known({ available: modules.available, builtin: modules.builtin });
    }),
    load: (module) => loadAnswer(running, module),
  };
}
