import type { NotifyPreferences } from '../model/notify-preferences.ts';
import { VDB_FORMS } from '../model/portage.ts';
import {
  constant,
  described,
  type Form,
  flag,
  type JsonSchema,
  list,
  nullable,
  number,
  oneOf,
  orElse,
  record,
  type TypeOf,
  text,
} from './json-form.ts';
import { memoryForm } from './memory-form.ts';
import { fact, findingFields, matrixForm, spanMs, timeMs, verdictForm } from './verdict-form.ts';

/** The version of the form of status.json. It increases when a field changes its meaning or name, not when one is added. */
export const PUBLISHED_SCHEMA = 2;

/** Its codes are texts: status.json may come from another version of the program, which has other codes. */
const finding = record({
  ...findingFields(text),
  sinceMs: timeMs('When it was first found.'),
  settleMs: spanMs('How long it must be open before anyone is notified.'),
  acknowledgedUntilMs: nullable(timeMs('Until when the user has silenced it; null: not silenced.')),
});

const unread = record({
  sinceMs: timeMs('Since when.'),
  path: described('The path that does not answer; null: not known.', orElse(nullable(text), null)),
});

const preferences: Form<NotifyPreferences> = record({
  criticalEveryMs: spanMs('How often a critical finding is repeated.'),
  warningEveryMs: spanMs('How often a warning is repeated.'),
  criticalWaitsMs: spanMs('How long a critical finding waits for the end of an emerge or a build.'),
  notices: described('Are findings of severity notice sent as well?', flag),
  quietHours: described(
    'A span of each day; null: none.',
    orElse(
      nullable(
        record({
          fromMs: described('Milliseconds since local midnight.', number),
          toMs: described('Milliseconds since local midnight; below fromMs: on the next day.', number),
        }),
      ),
      null,
    ),
  ),
});

const stamped = record({
  path: text,
  stamp: described('Another one when the file is not as it was (src/system/rests/stamp.ts).', text),
});

const rests = record({
  scan: described('The name of the scan that the verdict was made of, in the file `rests`.', text),
  settings: described('The configuration that was in force.', stamped),
  ledger: described(
    'The files of the ledger, as they were when nobody else had written to it.',
    list(stamped),
  ),
});

/** Each field of status.json; doc/json.md. */
export const PUBLISHED_FIELDS = {
  schema: described('The version of this form.', constant(PUBLISHED_SCHEMA)),
  program: described('Version of the daemon.', text),
  pid: described('Its process.', number),
  heartbeatMs: timeMs('When the daemon last wrote. Older than three minutes: it hangs or is gone.'),
  takenAtMs: timeMs('When the machine was read; 0: never yet, and nothing is known of findings.'),
  busy: described('An emerge or a kernel build is under way, so the verdict may be about to change.', flag),
  verdict: described('What `aufswatch status --json` prints.', verdictForm),
  findings: described('The findings, with what the ledger has of them.', list(finding)),
  kernels: described(
    'What `aufswatch kernels --json` prints; null: too large, or the machine was never read.',
    nullable(matrixForm),
  ),
  memory: described('What the verdict rests on besides the facts.', memoryForm),
  notify: described('How the configuration wants people to be notified.', preferences),
  portage: described(
    'The form of the database of installed packages.',
    record({ form: fact(oneOf(VDB_FORMS)) }),
  ),
  rests: described('What shows whether the verdict still holds; null: nothing does.', nullable(rests)),
  unread: described(
    'A file system does not answer, so the rest is of the last scan that ended; null: all do.',
    nullable(unread),
  ),
};

export const publishedForm = record(PUBLISHED_FIELDS);

/** What the daemon publishes for everyone on the machine: agents, prompts, dashboards. */
export type Published = TypeOf<typeof publishedForm>;
export type PublishedFinding = TypeOf<typeof finding>;
export type PublishedMatrix = TypeOf<typeof matrixForm>;
export type Unread = TypeOf<typeof unread>;
export type PublishedRests = TypeOf<typeof rests>;
export type Stamped = TypeOf<typeof stamped>;

/** The JSON Schema of status.json, draft 2020-12. */
export function publishedSchema(): JsonSchema {
  const shared = new Map<string, JsonSchema>();
  const schema = publishedForm.schema(shared);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'status.json of aufswatch',
    ...schema,
    $defs: Object.fromEntries(shared),
  };
}
