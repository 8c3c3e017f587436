import { statusPath } from '../../daemon/paths.ts';
import { pathsFor } from '../../daemon/paths-for.ts';
import { readPublishedFile } from '../../published/file.ts';
import { openRoot } from '../../system/root.ts';
import { command, type Invocation } from '../command.ts';
import { MACHINE_WORDS, type MachineWords, required } from '../definition.ts';

const WORDS: Readonly<Record<MachineWords, (invocation: Invocation) => Promise<string[]> | string[]>> = {
  codes: allCodes,
  'open-codes': openCodes,
  releases: (invocation) => names(invocation, '/lib/modules'),
  trees: (invocation) =>
    names(invocation, '/usr/src')
      .filter((name) => name.startsWith('linux'))
      .map((name) => `/usr/src/${name}`),
};

/** `aufswatch complete KIND`: the words of this kind, one a line. */
export const complete = command(
  {
    description:
      'Prints the codes, open-codes, releases or trees of this machine, one a line, for the completions of a shell.',
    args: {
      kind: required('codes, open-codes, releases or trees', { oneOf: MACHINE_WORDS }),
    },
    options: {},
  },
  async (invocation) => {
    const { kind } = invocation.args;
    // Words that a shell would split or expand are left out.
    const words = (await WORDS[kind](invocation)).filter((word) => /^[\w./@:+,-]+$/.test(word));
    for (const word of words) invocation.terminal.out(`${word}\n`);
    return 0;
  },
);

async function allCodes(): Promise<string[]> {
  const { CATALOGUE } = await import('../../verdict/catalogue.ts');
  return CATALOGUE.map(({ code }) => code);
}

/** The codes that are open now, from the daemon's status; all codes if there is none. */
function openCodes({ env, options }: Invocation): Promise<string[]> | string[] {
  const status = readPublishedFile(statusPath(pathsFor(env, process.getuid?.() ?? 0, options.root ?? '/')));
  return status === null ? allCodes() : [...new Set(status.findings.map(({ code }) => code))];
}

function names({ options }: Invocation, directory: string): string[] {
  const found = openRoot(options.root ?? '/').list(directory);
  return found.known ? [...found.value].sort() : [];
}
