import { CONFIG_NAMES, type KernelConfig } from '../model/config.ts';
import { chainFact, type Fact, known, unknown } from '../model/fact.ts';
import { decompress } from './decompress.ts';
import { lazy } from './lazy.ts';
import { MIB } from './open-file.ts';
import type { Root } from './root.ts';
import { crypto } from './seldom.ts';

const LIMIT = 4 * MIB;

/** Reads a kernel configuration: `.config`, `include/config/auto.conf`, `/boot/config-RELEASE`, `/proc/config.gz`. */
export function readKernelConfig(root: Root, path: string): Fact<KernelConfig> {
  return chainFact(root.stat(path), (stat) =>
    chainFact(root.readBytes(path, LIMIT), (bytes) =>
      chainFact(textOf(path, bytes), (text) => parseKernelConfig(path, stat.mtime, text)),
    ),
  );
}

/**
 * Parses the text of a configuration; `malformed` if no line of it sets or unsets an option. The hash covers the set
 * options, except those that the compiler alone decides. It does not depend on their order or quotes: auto.conf has
 * another order than `.config`, and since Linux 5.18 its strings have no quotes and backslashes
 * (scripts/kconfig/confdata.c).
 */
export function parseKernelConfig(path: string, mtime: number, text: string): Fact<KernelConfig> {
  const options: Record<string, string> = {};
  let lines = 0;
  let modular = false;
  let equals = text.indexOf('=');
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    if (text.startsWith(PREFIX, start)) {
      // After the last `=` no further search runs to the end of the text.
      if (equals !== -1 && equals < start) equals = text.indexOf('=', start);
      if (equals !== -1 && equals < end) {
        const name = text.slice(start + PREFIX.length, equals);
        if (CONFIG_NAMES.has(name)) options[name] = withoutQuotes(text.slice(equals + 1, end));
        if (text.startsWith('=m', equals) && equals + 2 === end) modular = true;
        lines++;
      }
    } else if (text.startsWith('# CONFIG_', start) && text.endsWith(' is not set', end)) lines++;
    start = end + 1;
  }
  if (lines === 0) return unknown('malformed', `${path} is not a kernel configuration`);
  // Few scans compare configurations.
  const hash = lazy(() => hashOf(text));
  return known({
    path,
    mtime,
    get hash() {
      return hash();
    },
    modular,
    options,
  });
}

const PREFIX = 'CONFIG_';

/**
 * kconfig sets these from the compiler whenever it runs. A change of the compiler is no change of the configuration.
 */
const OF_COMPILER =
  /^(CC_VERSION_TEXT|RUSTC?_VERSION_TEXT|BINDGEN_VERSION_TEXT|(GCC|CLANG|AS|LD|LLD|RUSTC|RUSTC_LLVM|PAHOLE)_VERSION|(CC|AS|LD|RUSTC|TOOLCHAIN|PAHOLE)_(HAS|CAN|NEEDS)_\w+)$/;

function hashOf(text: string): string {
  const set = text.split('\n').flatMap((line) => {
    const equals = line.startsWith(PREFIX) ? line.indexOf('=') : -1;
    return equals < 0 || OF_COMPILER.test(line.slice(PREFIX.length, equals))
      ? []
      : `${line.slice(PREFIX.length, equals)}=${withoutQuotes(line.slice(equals + 1))}`;
  });
  return crypto().createHash('sha256').update(set.sort().join('\n')).digest('hex');
}

function withoutQuotes(value: string): string {
  if (!value.startsWith('"') || value.length < 2 || !value.endsWith('"')) return value;
  return value.slice(1, -1).replace(/\\(.)/g, '$1');
}

function textOf(path: string, bytes: Buffer): Fact<string> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return known(bytes.toString('utf8'));
  const plain = decompress(bytes, 'gzip', { max: LIMIT });
  return plain.known
    ? known(plain.value.toString('utf8'))
    : unknown(plain.code, `${path} does not unpack: ${plain.detail}`);
}
