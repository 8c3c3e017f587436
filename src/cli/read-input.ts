import type { Result } from './result.ts';

const INPUT_MAX = 8 * 1024 * 1024;

/** All of standard input, up to INPUT_MAX bytes; more is an error. */
export async function readInput(): Promise<Result<string>> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of process.stdin) {
    if (!Buffer.isBuffer(part)) continue;
    size += part.length;
    if (size > INPUT_MAX) return { ok: false, message: `standard input is longer than ${INPUT_MAX} bytes` };
    parts.push(part);
  }
  return { ok: true, value: Buffer.concat(parts).toString('utf8') };
}
