import { type Fact, known, unknown } from '../../model/fact.ts';
import type { Mount } from '../mounts.ts';
import { runTool } from '../run-tool.ts';

/** Does the file system of a mount keep file types in its directories (d_type)? */
export type FileTypesSource = (mount: Mount) => Promise<Fact<boolean>>;

/** ms */
const TIMEOUT = 2000;
const ANSWER_MAX = 1024 * 1024;

/**
 * Runs the tool of the file system, since there is no system call for it: xfs_info(8) for ftype=1, the default since
 * 2015, and dumpe2fs(8) for the feature `filetype`. Never rejects; unknown (`no-data`) for other file systems, which have
 * no such option, and where the tool fails.
 */
export async function askFileTypes({ type, mountPoint, source }: Mount): Promise<Fact<boolean>> {
  if (type === 'xfs') return tool('xfs_info', [mountPoint], /\bftype=([01])\b/, (digit) => digit === '1');
  if (/^ext[234]$/.test(type) && source.startsWith('/'))
    return tool('dumpe2fs', ['-h', source], /^Filesystem features:(.*)$/m, (features) =>
      features.split(/\s+/).includes('filetype'),
    );
  return unknown('no-data', `nothing is asked about ${type}`);
}

async function tool(
  command: string,
  args: readonly string[],
  pattern: RegExp,
  read: (found: string) => boolean,
): Promise<Fact<boolean>> {
  const env = { PATH: `${process.env.PATH}:/usr/sbin:/sbin`, LC_ALL: 'C' };
  const ran = await runTool(command, args, { env, timeout: TIMEOUT, grace: 0, outMax: ANSWER_MAX });
  const found = ran.is === 'ended' ? pattern.exec(ran.out)?.[1] : undefined;
  if (found !== undefined) return known(read(found));
  const said = 'said' in ran ? ran.said : ran.is === 'not-run' ? ran.why : '';
  const line = said.split('\n', 1)[0] ?? '';
  return unknown('tool', `${command} did not tell${line === '' ? '' : `: ${line}`}`);
}
