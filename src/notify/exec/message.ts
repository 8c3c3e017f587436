import type { Severity } from '../../model/finding.ts';
import type { Notice } from '../notice.ts';

/** The version of this form; in 1 the time was `at`, in seconds. */
export const EXEC_SCHEMA = 2 as const;

/** The message that a command of the configuration receives on its standard input, as one line of JSON. aufswatch.toml(5). */
export interface ExecMessage {
  readonly schema: typeof EXEC_SCHEMA;
  /** `tell`: something is wrong. `withdraw`: the findings of the previous message are over. */
  readonly kind: Notice['kind'];
  readonly host: string;
  readonly atMs: number;
  readonly severity: Severity;
  readonly title: string;
  readonly body: string;
  /** Codes of the findings, the cause first. */
  readonly codes: readonly string[];
}

/** The message for a notice. `about`: severity of the previous message, used for a withdrawal. */
export function messageOf(notice: Notice, host: string, at: number, about: Severity): ExecMessage {
  const common = { schema: EXEC_SCHEMA, host, atMs: at };
  if (notice.kind === 'tell') {
    const { kind, severity, title, body, codes } = notice;
    return { ...common, kind, severity, title, body, codes };
  }
  const title = notice.inSync ? 'All is in sync again' : 'What was told last is over';
  return { ...common, kind: 'withdraw', severity: about, title, body: '', codes: [] };
}
