/** One value in DER, the form of certificates and signatures (ITU-T X.690). */
export interface DerValue {
  /** The first byte: class, form and number of the type. */
  readonly tag: number;
  readonly content: Buffer;
  /** The content with its tag and length. */
  readonly whole: Buffer;
}

export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_IDENTIFIER = 0x06;
export const SEQUENCE = 0x30;
export const SET = 0x31;
/** Tag of a constructed, context-specific `[0]`. */
export const CONTEXT_0 = 0xa0;

/** Parses the value at the beginning of the bytes; null: incomplete. */
export function derValue(bytes: Buffer): DerValue | null {
  const [tag, short] = bytes;
  if (tag === undefined || short === undefined) return null;
  // From 0x81 on, the low bits are the number of bytes of the length.
  const width = short > 0x80 ? short - 0x80 : 0;
  if (short === 0x80 || width > 4 || bytes.length < 2 + width) return null;
  const length = width === 0 ? short : bytes.readUIntBE(2, width);
  const end = 2 + width + length;
  if (end > bytes.length) return null;
  return { tag, content: bytes.subarray(2 + width, end), whole: bytes.subarray(0, end) };
}

const CHILDREN_MAX = 1000;

/** The values inside a constructed one, up to the first incomplete one. */
export function derChildren({ content }: Pick<DerValue, 'content'>): DerValue[] {
  const children: DerValue[] = [];
  for (let at = 0; at < content.length && children.length < CHILDREN_MAX; ) {
    const child = derValue(content.subarray(at));
    if (child === null) break;
    children.push(child);
    at += child.whole.length;
  }
  return children;
}
