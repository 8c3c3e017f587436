import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { CONFIG_NAMES, type KernelConfig } from '../model/config.ts';
import { chainFact, type Fact, known, unknown } from '../model/fact.ts';
import { errorCode, MIB, type Root } from './root.ts';

const LIMIT = 4 * MIB;

/** Reads a kernel configuration: `.config`, `include/config/auto.conf`, `/boot/config-RELEASE`, `/proc/config.gz`. */
export function readKernelConfig(root: Root, path: string): Fact<KernelConfig> {
  return chainFact(root.stat(path), (stat) =>
    chainFact(root.readBytes(path, LIMIT), (bytes) =>
      chainFact(unpack(path, bytes), (text) => parseKernelConfig(path, stat.mtime, text)),
    ),
  );
}

/** Parses the text of a configuration; `malformed` where no line of it sets or unsets an option. */
export function parseKernelConfig(path: string, mtime: number, text: string): Fact<KernelConfig> {
  const set: string[] = [];
  const options: Record<string, string> = {};
  let lines = 0;
  for (const line of text.split('\n')) {
    if (/^# CONFIG_\w+ is not set$/.test(line)) lines++;
    const match = /^CONFIG_(\w+)=(.*)$/.exec(line);
    if (match === null) continue;
    const [, name = '', value = ''] = match;
    lines++;
    set.push(line);
    if (CONFIG_NAMES.has(name)) options[name] = value.replace(/^"(.*)"$/, '$1');
  }
  if (lines === 0) return unknown('malformed', `${path} is not a kernel configuration`);
  // auto.conf has the same options in an order of its own.
  const hash = createHash('sha256').update(set.sort().join('\n')).digest('hex');
  return known({ path, mtime, hash, options });
}

function unpack(path: string, bytes: Buffer): Fact<string> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return known(bytes.toString('utf8'));
  try {
    return known(gunzipSync(bytes, { maxOutputLength: LIMIT }).toString('utf8'));
  } catch (error) {
    if (!(error instanceof Error) || errorCode(error) !== null) throw error;
    return unknown('malformed', `${path} does not unpack: ${error.message}`);
  }
}
