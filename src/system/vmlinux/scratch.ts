import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fact, unknown } from '../../model/fact.ts';
import { MIB, type OpenFile, openedFile } from '../open-file.ts';
import { childProcess } from '../seldom.ts';
import { errorCode } from '../system-error.ts';

/** What a tool may unpack to. A kernel of a distribution is 60 MiB, one with everything built in twice that. */
const UNPACKED_MAX = 256 * MIB;
const TIMEOUT = 60_000;

/**
 * Runs a tool that unpacks its standard input to its output, and hands what came of it to `use`. It goes to a file
 * without a name outside of the root, not to memory: the bytes of a kernel would be there twice. prlimit(1) of
 * util-linux keeps a small file that unpacks to gigabytes from filling the disk.
 */
export function unpackedBy<T>(
  tool: string,
  args: readonly string[],
  packed: Buffer,
  use: (file: OpenFile) => Fact<T>,
): Fact<T> {
  const output = nameless();
  if (output === null) return unknown('tool', `there is no room in ${tmpdir()} to unpack a kernel`);
  try {
    const limits = [`--fsize=${UNPACKED_MAX}`, '--core=0', '--'];
    const result = childProcess().spawnSync('prlimit', [...limits, tool, ...args], {
      input: packed,
      timeout: TIMEOUT,
      stdio: ['pipe', output, 'pipe'],
    });
    if (result.error !== undefined && errorCode(result.error) !== 'EPIPE')
      return unknown('tool', `${tool}: ${result.error.message}`);
    const [said = ''] = result.stderr.toString('utf8').split('\n');
    // prlimit's own words where it finds no such program.
    if (result.status === 127 || said.startsWith('prlimit:')) return unknown('tool', said);
    if (result.signal !== null)
      return unknown(
        'too-large',
        `it unpacks to more than ${UNPACKED_MAX} bytes (${tool}: ${result.signal})`,
      );
    if (result.status !== 0) return unknown('malformed', `${tool}: ${said}`);
    return use(openedFile(output));
  } finally {
    closeSync(output);
  }
}

/** A file that is open and has no name any more, so that it goes when it is closed; null: none can be made. */
function nameless(): number | null {
  // Under its unit the daemon may write to its own directory alone.
  const { STATE_DIRECTORY } = process.env;
  const places = [tmpdir(), '/var/tmp', ...(STATE_DIRECTORY === undefined ? [] : [STATE_DIRECTORY])];
  for (const place of places) {
    const fd = namelessIn(place);
    if (fd !== null) return fd;
  }
  return null;
}

function namelessIn(place: string): number | null {
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
