/** One value in DER, the form of certificates and signatures (ITU-T X.690). */
export interface DerValue {
  /** The first byte: class, form and number. */
  readonly tag: number;
  readonly content: Buffer;
  /** With its tag and length. */
  readonly whole: Buffer;
}

export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_IDENTIFIER = 0x06;
export const SEQUENCE = 0x30;
export const SET = 0x31;
/** `[0]` of a context, constructed. */
export const CONTEXT_0 = 0xa0;

/** The value at the beginning of the bytes; null where there is no whole one. */
export function derValue(bytes: Buffer): DerValue | null {
  const [tag, short] = bytes;
  if (tag === undefined || short === undefined) return null;
  // Above 127 it is the number of bytes that hold the length.
  const width = short > 0x80 ? short - 0x80 : 0;
  if (short === 0x80 || width > 4 || bytes.length < 2 + width) return null;
  const length = width === 0 ? short : bytes.readUIntBE(2, width);
  const end = 2 + width + length;
  if (end > bytes.length) return null;
  return { tag, content: bytes.subarray(2 + width, end), whole: bytes.subarray(0, end) };
}

const CHILDREN_MAX = 1000;

/** The values inside a constructed one, as far as they are whole. */
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
