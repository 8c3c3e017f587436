import { type BuildRecord, listBuilds } from '../../ledger/list-builds.ts';
import { dayTime } from '../../verdict/words.ts';
import { command } from '../command.ts';
import { JSON_OUTPUT } from '../definition.ts';
import { jsonOutput } from '../json-output.ts';
import { withLedger } from '../ledger-access.ts';
import { plain } from '../render/style.ts';

/** `aufswatch builds`: each kernel build, the patch state of its sources, and whether it was installed and booted. */
export const builds = command(
  {
    description:
      'Lists each kernel build from the ledger: the patch state of its sources, when it was installed and when it was booted.',
    args: {},
    options: {
      json: JSON_OUTPUT,
    },
  },
  (invocation) => {
    const { terminal } = invocation;
    return withLedger(invocation, 'read', (ledger) => {
      const records = listBuilds(ledger);
      if (invocation.options.json) terminal.out(jsonOutput('builds', { builds: records }));
      else if (records.length === 0) terminal.out('No kernel build is recorded yet.\n');
      else terminal.out(plain(terminal, records.map(buildText).join('\n')));
      return 0;
    });
  },
);

const MADE_OF: Readonly<Record<string, string>> = {
  whole: 'sources with the AUFS patches',
  partial: 'sources with some of the AUFS patches',
  absent: 'sources without the AUFS patches',
};

const HOUR = 3_600_000;

function buildText(record: BuildRecord): string {
  const number = /^#\d+\S*/.exec(record.utsVersion)?.[0] ?? '';
  const lines = [
    `${dayTime(record.atMs)}  ${record.release} ${number}, ${origin(record)}`,
    `    from ${MADE_OF[record.madeOf ?? ''] ?? 'sources of unknown patch state'}`,
    record.installedAtMs === null ? '    never installed' : `    installed ${dayTime(record.installedAtMs)}`,
    record.firstBootedAtMs === null
      ? '    never booted'
      : `    booted ${dayTime(record.firstBootedAtMs)}, ran ${Math.round(record.ranMs / HOUR)} h in all`,
  ];
  return `${lines.join('\n')}\n`;
}

function origin({ cameWith, tree }: BuildRecord): string {
  return cameWith === null ? `compiled in ${tree}` : `came compiled with ${cameWith}`;
}
