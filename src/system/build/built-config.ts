import type { KernelConfig } from '../../model/config.ts';
import { chainFact, type Fact, known, mapFact, unknown } from '../../model/fact.ts';
import type { Root } from '../root.ts';

export interface ConfigsInput {
  readonly directory: string;
  /** `.config` of the build. */
  readonly config: Fact<KernelConfig>;
  /** include/config/auto.conf: modules that are built now are compiled with it. */
  readonly prepared: Fact<KernelConfig>;
  /** mtime of the kernel, ms; null: none was linked. */
  readonly kernelAt: number | null;
  /** The configuration of this kernel from another source: the running kernel, its image, /boot. */
  elsewhere(): Fact<KernelConfig>;
}

export interface BuildConfigs {
  /** The configuration that the kernel was compiled with. */
  readonly built: Fact<KernelConfig>;
  /** Would make compile another kernel with the current `.config`? */
  readonly changed: Fact<boolean>;
  /** Is `prepared` the configuration that the kernel was compiled with? */
  readonly preparedAsBuilt: Fact<boolean>;
}

/**
 * The configuration of a compiled kernel. auto.conf proves it only if the kernel was linked later: `make
 * modules_prepare` and an interrupted make write it again without a new kernel. Then the configuration in the kernel
 * or beside its image decides, or the proof that no option changed since: kconfig touches a file for each changed
 * option (conf_touch_deps() in scripts/kconfig/confdata.c).
 */
export function configsOfBuild(root: Root, input: ConfigsInput): BuildConfigs {
  const { directory, config, prepared, kernelAt } = input;
  if (!prepared.known) {
    const built = input.elsewhere();
    return {
      built: built.known ? built : prepared,
      changed: chainFact(config, (now) => mapFact(built.known ? built : prepared, differs(now))),
      preparedAsBuilt: prepared,
    };
  }
  if (kernelAt === null || prepared.value.mtime <= kernelAt) {
    // make compares only the times. A `.config` written again with the same options is no change.
    const isNewer = (now: KernelConfig) => now.mtime > prepared.value.mtime && differs(now)(prepared.value);
    return { built: prepared, changed: mapFact(config, isNewer), preparedAsBuilt: known(true) };
  }
  const other = input.elsewhere();
  const built = other.known ? other : unchangedSince(root, directory, prepared.value, kernelAt);
  return {
    built,
    changed: chainFact(config, (now) => mapFact(built, differs(now))),
    preparedAsBuilt: mapFact(built, (then) => then.hash === prepared.value.hash),
  };
}

function differs(now: KernelConfig): (then: KernelConfig) => boolean {
  return (then) => now.hash !== then.hash;
}

/** A kernel has some ten thousand options. */
const READS_MAX = 32_768;
/** kconfig's own files, which it writes each time. */
const OWN = /^(auto\.conf(\.cmd)?|tristate\.conf|kernel\.release)$/;

function unchangedSince(
  root: Root,
  directory: string,
  prepared: KernelConfig,
  kernelAt: number,
): Fact<KernelConfig> {
  let reads = 0;
  const isUntouched = (place: string): boolean => {
    const names = root.list(place);
    return names.known && names.value.every((name) => isOld(`${place}/${name}`, name));
  };
  const isOld = (path: string, name: string): boolean => {
    if (OWN.test(name)) return true;
    if (reads++ >= READS_MAX || root.expired()) return false;
    const stat = root.lstat(path);
    if (!stat.known) return false;
    // Up to 5.11 an option had a file in a directory for each part of its name.
    return stat.value.type === 'directory' ? isUntouched(path) : stat.value.mtime <= kernelAt;
  };
  // Without a file for any option it proves nothing.
  if (isUntouched(`${directory}/include/config`) && reads > 0) return known(prepared);
  return unknown(
    'no-data',
    `${prepared.path} was renewed after the kernel had been compiled, and nothing tells what that was compiled with`,
  );
}
