import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { known, unknown } from '../../../src/model/fact.ts';
import type { KernelSupport } from '../../../src/verdict/dockerd/kernel-needs.ts';

/** The facts of the running kernel for storage drivers, if it has no modules on disk. */
export function kernelHere(): KernelSupport {
  const filesystems = readFileSync('/proc/filesystems', 'utf8')
    .split('\n')
    .map((line) => line.split('\t')[1] ?? '');
  const config = existsSync('/proc/config.gz')
    ? known(Object.fromEntries(optionsIn(gunzipSync(readFileSync('/proc/config.gz')).toString())))
    : unknown('missing', 'no /proc/config.gz');
  return {
    filesystems: known(filesystems),
    options: config,
    modules: known({ available: [], builtin: [] }),
    load: (module) => ({ is: 'no', why: `there is no ${module}` }),
  };
}

function optionsIn(text: string): [string, string][] {
  return [...text.matchAll(/^CONFIG_(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
}
