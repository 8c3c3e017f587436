import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fact, unknown } from '../model/fact.ts';
import { MIB, type OpenFile, openedFile } from './open-file.ts';
import { childProcess } from './seldom.ts';
import { errorCode } from './system-error.ts';

/** A distribution's kernel has 60 MiB, one with everything built in twice that. */
const OUTPUT_MAX = 256 * MIB;
const TIMEOUT = 60_000;

/**
 * Decompresses into an unlinked file outside of the root, and passes it to `use`. In memory the bytes of a kernel
 * would exist twice. prlimit(1) of util-linux stops a small file that decompresses to gigabytes from filling the
 * disk. `tool`: the program is missing, or the disk is full; `malformed`: the bytes are damaged; `too-large`: more
 * than 256 MiB of output.
 */
export function decompressToFile<T>(
  [tool, ...words]: readonly [program: string, ...words: string[]],
  compressed: Buffer,
  use: (file: OpenFile) => Fact<T>,
): Fact<T> {
  const output = openNameless();
  if (output === null) return unknown('tool', `there is no room in ${tmpdir()} to unpack a kernel`);
  try {
    const limits = [`--fsize=${OUTPUT_MAX}`, '--core=0', '--'];
    const result = childProcess().spawnSync('prlimit', [...limits, tool, ...words], {
      input: compressed,
      timeout: TIMEOUT,
      stdio: ['pipe', output, 'pipe'],
    });
    if (result.error !== undefined && errorCode(result.error) !== 'EPIPE')
      return unknown('tool', `${tool}: ${result.error.message}`);
    const [message = ''] = result.stderr.toString('utf8').split('\n');
    // prlimit itself reports that the program is missing.
    if (result.status === 127 || message.startsWith('prlimit:')) return unknown('tool', message);
    if (result.signal !== null)
      return unknown('too-large', `it unpacks to more than ${OUTPUT_MAX} bytes (${tool}: ${result.signal})`);
    if (result.status !== 0) return unknown('malformed', `${tool}: ${message}`);
    return use(openedFile(output));
  } finally {
    closeSync(output);
  }
}

/** Opens an unlinked file: it disappears when it is closed. null: none can be created. */
function openNameless(): number | null {
  // The systemd unit lets the daemon write to its state directory only.
  const { STATE_DIRECTORY } = process.env;
  const places = [tmpdir(), '/var/tmp', ...(STATE_DIRECTORY === undefined ? [] : [STATE_DIRECTORY])];
  for (const place of places) {
    const fd = openNamelessIn(place);
    if (fd !== null) return fd;
  }
  return null;
}

function openNamelessIn(place: string): number | null {
  try {
    const directory = mkdtempSync(join(place, 'aufswatch-'));
    try {
      return openSync(join(directory, 'unpacked'), 'wx+', 0o600);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}
