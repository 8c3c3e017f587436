import { type Fact, known, unknown } from '../../model/fact.ts';
import type { ByteSource } from '../bytes.ts';
import { MIB } from '../open-file.ts';
import { zlib } from '../seldom.ts';
import { errorCode } from '../system-error.ts';

/** An arm64 Image with everything built in unpacks to less. */
const PACKED_MAX = 32 * MIB;
const UNPACKED_MAX = 64 * MIB;

/** By the magic and the one method that there is (RFC 1952). */
export function isGzip(head: Buffer): boolean {
  return head.length >= 3 && head.readUIntBE(0, 3) === 0x1f8b08;
}

/** What a gzip stream unpacks to, at most 64 MiB: `too-large` beyond that, `malformed` where it is damaged. */
export function gunzip(source: ByteSource): Fact<Buffer> {
  if (source.size > PACKED_MAX) return unknown('too-large', `more than ${PACKED_MAX} bytes of gzip data`);
  try {
    // An image is often followed by padding or a signature, and one that is cut short still tells its version.
    const options = { maxOutputLength: UNPACKED_MAX, finishFlush: zlib().constants.Z_SYNC_FLUSH };
    return known(zlib().gunzipSync(source.read(0, source.size), options));
  } catch (error) {
    if (!(error instanceof Error) || errorCode(error) !== null) throw error;
    if (error instanceof RangeError)
      return unknown('too-large', `unpacks to more than ${UNPACKED_MAX} bytes`);
    return unknown('malformed', `does not unpack: ${error.message}`);
  }
}
