import { crc32 } from 'node:zlib';

/** What was heard of the guest so far. */
export interface Heard {
  /** null: not a word. */
  readonly kernel: GuestKernel | null;
  /** What came of each line of the job, in their order. */
  readonly steps: readonly StepHeard[];
  /** The line of the job that is being done; null: none. */
  readonly doing: number | null;
  /** Has it come to the end of the job, with nothing missing before? */
  readonly whole: boolean;
  /** What is wrong with what was heard; null: nothing. */
  readonly trouble: string | null;
  /** The last line that is no report: what the kernel says when it dies. */
  readonly lastWords: string;
}

export interface GuestKernel {
  readonly release: string;
  readonly utsVersion: string;
  /** Can its log be read? */
  readonly logs: boolean;
}

export interface StepHeard {
  /** errno; 0: it was done. */
  readonly error: number;
  /** Lines that the kernel logged meanwhile. */
  readonly log: readonly string[];
  /** The step of the trial of AUFS that failed; null: none did. */
  readonly aufs: string | null;
}

export interface Listener {
  hear(chunk: Buffer): void;
  heard(): Heard;
}

/** All that a guest may say, bytes: a thousand modules with twenty lines each say some 4 MB. */
const ALL_MAX = 16 * 1024 * 1024;
/** A report is 4 KB at most. */
const LINE_MAX = 16 * 1024;
const LOG_MAX = 200;
const LAST_MAX = 200;

/**
 * Listens to a guest (src/rehearsal/guest/report.h). Whatever else comes by the same channel is passed over; a report
 * of this boot that was damaged, or that is not the next one, spoils the whole: half a report is none.
 */
export function listenTo(nonce: string): Listener {
  let rest = '';
  let size = 0;
  let next = 0;
  let kernel: GuestKernel | null = null;
  let doing: number | null = null;
  let whole = false;
  let trouble: string | null = null;
  let lastWords = '';
  let log: string[] = [];
  let aufs: string | null = null;
  const steps: StepHeard[] = [];
  const mark = `@aufswatch ${nonce} `;

  return {
    hear: (chunk) => {
      size += chunk.length;
      if (size > ALL_MAX) trouble ??= `it said more than ${ALL_MAX} bytes`;
      if (trouble !== null || whole) return;
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = (lines.pop() ?? '').slice(-LINE_MAX);
      // A serial line ends lines with both.
      for (const line of lines) hearLine(line.replace(/\r$/, ''));
    },
    heard: () => ({ kernel, steps, doing, whole, trouble, lastWords: lastWords || printable(rest) }),
  };

  function hearLine(line: string): void {
    if (trouble !== null || whole) return;
    const start = line.indexOf(mark);
    if (start >= 0) {
      trouble = take(line.slice(start));
      return;
    }
    const text = printable(line);
    // A panic is followed by the same again, and by registers.
    if (text !== '' && !lastWords.includes('Kernel panic')) lastWords = text.slice(0, LAST_MAX);
  }

  /** Returns what is wrong with it; null: nothing. */
  function take(line: string): string | null {
    const end = line.lastIndexOf(' ');
    const told = line.slice(0, end);
    if (line.slice(end + 1) !== checksum(told)) return 'a report was damaged on its way';
    const [, , number = '', kind = '', ...words] = told.split(' ');
    if (number !== String(next++)) return 'a report was lost on its way';
    return takeKind(kind, words.map(plain));
  }

  function takeKind(kind: string, [first = '', second = '', third = '']: readonly string[]): string | null {
    switch (kind) {
      case 'kernel':
        kernel = { release: first, utsVersion: second, logs: third === 'logs' };
        return null;
      case 'begin':
        doing = Number(first);
        log = [];
        aufs = null;
        return null;
      case 'log':
        if (log.length < LOG_MAX) log.push(textOfRecord(first));
        return null;
      case 'aufs':
        aufs = first;
        return null;
      case 'end':
        if (first !== String(steps.length) || doing !== steps.length)
          return 'its reports are not in their order';
        steps.push({ error: Number(second), log, aufs });
        doing = null;
        return null;
      case 'done':
        if (first !== String(steps.length)) return 'its reports are not in their order';
        whole = true;
        return null;
      default:
        return 'it made a report that nobody knows';
    }
  }
}

/** `%XX` back to what it was; a half one at the end of a line that was too long goes. */
function plain(word: string): string {
  const bytes = word.replace(/%(..?)?$/, (cut) => (/^%[\da-f]{2}$/.test(cut) ? cut : ''));
  const binary = bytes.replace(/%([\da-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(binary, 'latin1').toString('utf8');
}

/** A record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg): its text, without level and time, and without what follows. */
function textOfRecord(record: string): string {
  const text = record.slice(record.indexOf(';') + 1);
  return printable(text.split('\n', 1)[0] ?? '');
}

/** On one line, without control characters. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

/** CRC-32 of a Latin-1 text, eight hex digits: as the guest writes it behind each line. */
export function checksum(text: string): string {
  return crc32(Buffer.from(text, 'latin1')).toString(16).padStart(8, '0');
}
