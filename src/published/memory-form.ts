import { type Memory, NO_MEMORY } from '../model/memory.ts';
import type { Rehearsed } from '../model/rehearsal.ts';
import { isReleaseName } from '../model/release-name.ts';
import {
  byName,
  constant,
  described,
  either,
  type Form,
  list,
  nullable,
  number,
  oneOf,
  orElse,
  readableOf,
  record,
  text,
  texts,
  where,
} from './json-form.ts';
import { timeMs } from './verdict-form.ts';

/** The part of status.json about the past. The reader drops what it cannot read, because the rest is still useful. */

const cause = record(
  {
    cpv: text,
    what: oneOf(['merged', 'removed', 'setup']),
    atMs: timeMs('When.'),
  },
  { optional: { replaced: described('The version whose place it took.', text) } },
);
const change = orElse(
  nullable(record({ atMs: timeMs('When.'), cause: orElse(nullable(cause), null) })),
  null,
);
const tree = orElse(
  record({
    patchLost: described('When a whole AUFS patch was lost; null: it was not, or never seen.', change),
    patchChanged: described('When the patch state became what it is now.', change),
  }),
  { patchLost: null, patchChanged: null },
);

const file = record({
  path: text,
  size: described('Bytes.', number),
  mtimeMs: timeMs('Time of its last change.'),
  hash: described('SHA-256, hexadecimal.', text),
});
const outcome = either(
  record({ is: constant('loads') }),
  record({ is: oneOf(['init-failed', 'refused']), error: text, words: texts }),
  record({ is: constant('unclear'), why: text }),
);
const rehearsed: Form<Rehearsed> = record({
  atMs: timeMs('When.'),
  kernel: record({ release: text, utsVersion: text, image: file, words: texts }),
  module: text,
  file,
  needs: described('Loaded before it, in this order.', list(file)),
  outcome,
});

const selfReport = either(
  record({ code: constant('watch-degraded'), places: number, limit: oneOf(['watches', 'instances']) }),
  record({ code: constant('ledger-recovered'), atMs: timeMs('When.'), movedTo: text }),
  record({ code: constant('inbox-stuck'), path: text, detail: text }),
  record({ code: constant('hook-missing'), missing: texts }),
  record({ code: constant('hook-unheard'), cpv: text, atMs: timeMs('When it was merged.') }),
);

const whole: Form<Memory> = record({
  trees: described('By the path of the kernel tree.', orElse(byName(tree), {})),
  rehearsals: described('What kernels did with modules in QEMU, newest first.', readableOf(rehearsed)),
  pinned: described(
    'The release that the user stays on; null: none.',
    orElse(nullable(where(text, isReleaseName)), null),
  ),
  self: described('What the daemon reports of itself.', readableOf(selfReport)),
});
export const memoryForm: Form<Memory> = orElse(whole, NO_MEMORY);
