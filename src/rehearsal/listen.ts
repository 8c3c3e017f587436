import { crc32 } from 'node:zlib';

/** What the guest has reported so far. */
export interface GuestReports {
  /** null: no report yet. */
  readonly kernel: GuestKernel | null;
  /** The results of the lines of the job, in their order. */
  readonly steps: readonly StepReport[];
  /** The number of the current line of the job; null: none. */
  readonly doing: number | null;
  /** True if the job has ended and no report is missing. */
  readonly whole: boolean;
  /** What is wrong with the reports, as a clause; null: nothing. */
  readonly problem: string | null;
  /** The last line that is not a report: the message of a dying kernel. */
  readonly lastWords: string;
}

export interface GuestKernel {
  readonly release: string;
  readonly utsVersion: string;
  /** Whether its log can be read. */
  readonly logs: boolean;
}

export interface StepReport {
  /** errno; 0: success. */
  readonly error: number;
  /** The lines that the kernel logged during the step. */
  readonly log: readonly string[];
  /** The step of the AUFS trial that failed; null: none. */
  readonly aufs: string | null;
}

export interface Listener {
  receive(chunk: Buffer): void;
  reports(): GuestReports;
}

/** Limit for all output of a guest, bytes. A thousand modules with twenty lines each make about 4 MB. */
const ALL_MAX = 16 * 1024 * 1024;
/** Limit for a line, bytes. A report is at most 4 KB. */
const LINE_MAX = 16 * 1024;
const LOG_MAX = 200;
const LAST_MAX = 200;

/**
 * Receives the reports of a guest (src/rehearsal/guest/report.h). Other output on the same channel is ignored. If a report
 * of this boot is damaged or missing, all reports are discarded: an incomplete result proves nothing.
 */
export function listenTo(nonce: string): Listener {
  let rest = '';
  let size = 0;
  let next = 0;
  let kernel: GuestKernel | null = null;
  let doing: number | null = null;
  let whole = false;
  let problem: string | null = null;
  let lastWords = '';
  let log: string[] = [];
  let aufs: string | null = null;
  const steps: StepReport[] = [];
  const mark = `@aufswatch ${nonce} `;

  return {
    receive: (chunk) => {
      size += chunk.length;
      if (size > ALL_MAX) problem ??= `it said more than ${ALL_MAX} bytes`;
      if (problem !== null || whole) return;
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = (lines.pop() ?? '').slice(-LINE_MAX);
      // A serial line ends lines with \r\n.
      for (const line of lines) receiveLine(line.replace(/\r$/, ''));
    },
    reports: () => ({ kernel, steps, doing, whole, problem, lastWords: lastWords || printable(rest) }),
  };

  function receiveLine(line: string): void {
    if (problem !== null || whole) return;
    const start = line.indexOf(mark);
    if (start >= 0) {
      problem = take(line.slice(start));
      return;
    }
    const text = printable(line);
    // After a panic the kernel repeats the message and prints registers.
    if (text !== '' && !lastWords.includes('Kernel panic')) lastWords = text.slice(0, LAST_MAX);
  }

  /** Returns what is wrong with the report; null: nothing. */
  function take(line: string): string | null {
    const end = line.lastIndexOf(' ');
    const report = line.slice(0, end);
    if (line.slice(end + 1) !== checksum(report)) return 'a report was damaged on its way';
    const [, , number = '', kind = '', ...words] = report.split(' ');
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
        return 'it sent a report of an unknown kind';
    }
  }
}

/** Decodes `%XX`; drops an incomplete one at the end of a line that was too long. */
function plain(word: string): string {
  const bytes = word.replace(/%(..?)?$/, (cut) => (/^%[\da-f]{2}$/.test(cut) ? cut : ''));
  const binary = bytes.replace(/%([\da-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(binary, 'latin1').toString('utf8');
}

/** The text of a record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg), without level, time and continuation lines. */
function textOfRecord(record: string): string {
  const text = record.slice(record.indexOf(';') + 1);
  return printable(text.split('\n', 1)[0] ?? '');
}

/** The text on one line, without control characters. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

/** CRC-32 of a Latin-1 text as eight hex digits, as the guest appends it to each line. */
export function checksum(text: string): string {
  return crc32(Buffer.from(text, 'latin1')).toString(16).padStart(8, '0');
}
