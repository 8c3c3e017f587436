import * as z from 'zod';
import { SEVERITIES } from '../model/finding.ts';
import { EXEC_SCHEMA } from './exec/message.ts';
import type { Outbox } from './exec/outbox.ts';
import { NOTHING_NOTIFIED, type NotifyState } from './policy.ts';

/** What the daemon's notifier keeps over a restart: the notices that it sent, and the messages that are still to be sent. */
export interface NotifierMemory {
  readonly told: NotifyState;
  readonly outbox: Outbox;
}

const severity = z.enum(SEVERITIES);

const content = {
  kind: z.enum(['tell', 'withdraw']),
  host: z.string(),
  severity,
  title: z.string(),
  body: z.string(),
  codes: z.array(z.string()),
};
const message = z.object({ schema: z.literal(EXEC_SCHEMA), ...content, atMs: z.number() });
/** One that waited while the program was upgraded: in schema 1 the time was in seconds. */
const messageOfSchema1 = z
  .object({ schema: z.literal(1), ...content, at: z.number() })
  .transform(({ at, ...rest }) => ({ ...rest, schema: EXEC_SCHEMA, atMs: at * 1000 }));

const schema = z.object({
  told: z.object({
    findings: z.record(
      z.string(),
      z.object({ severity, title: z.string(), at: z.number(), resolvedAt: z.number().nullable() }),
    ),
    showing: z.boolean(),
  }),
  outbox: z.record(
    z.string(),
    z.object({
      message: z.union([message, messageOfSchema1]).nullable(),
      failures: z.number(),
      at: z.number(),
      told: z.boolean(),
    }),
  ),
});

/** Parses the stored memory. Empty if there is none, or if it does not have this version's form. */
export function parseNotifierMemory(text: string | null): NotifierMemory {
  const nothing = { told: NOTHING_NOTIFIED, outbox: {} };
  if (text === null) return nothing;
  try {
    const result = schema.safeParse(JSON.parse(text));
    return result.success ? result.data : nothing;
  } catch {
    return nothing;
  }
}
