import type { DockerFacts } from '../../../src/model/docker.ts';
import { known } from '../../../src/model/fact.ts';
import type { Start } from '../../../src/verdict/dockerd/answer.ts';
import type { KernelSupport } from '../../../src/verdict/dockerd/kernel-needs.ts';
import { dockerStart } from '../../../src/verdict/dockerd/outlook.ts';
import { configured, DOCKER, KERNEL } from '../../support/docker-facts.ts';

/** How the engine starts on a machine; by default it is on ext4, without configuration and data. */
export function start(
  engine: string,
  docker: Partial<DockerFacts> = {},
  kernel: KernelSupport = KERNEL,
): Start {
  return dockerStart({ ...DOCKER, engine: known(engine), ...docker }, kernel);
}

/** The result in a few words: `overlay2 asked`, `refuses several`, `unknown`. */
export function end(...args: Parameters<typeof start>): string {
  return shown(start(...args));
}

export function shown(found: Start): string {
  switch (found.is) {
    case 'starts':
      return `${found.store === 'containerd' ? 'containerd ' : ''}${found.driver} ${found.by}`;
    case 'refuses': {
      const { refusal } = found;
      if (refusal.kind === 'configuration') return `refuses ${refusal.problem.is}`;
      return `refuses ${refusal.kind}${refusal.kind === 'lack' ? ` of ${refusal.lack.of}` : ''}`;
    }
    case 'unknown':
      return found.driver === null ? 'unknown' : `unknown ${found.driver}`;
  }
}

/** Facts of a Docker that is set to a driver, with storage-opts. */
export function configuredDriver(driver: string, options: readonly string[] = []): Partial<DockerFacts> {
  return { configuration: configured(JSON.stringify({ 'storage-driver': driver, 'storage-opts': options })) };
}
