import { spawnSync } from 'node:child_process';
import type { Direction, HunkMatch } from '../../../src/system/sources/hunk-match.ts';

/** The result of GNU patch for each hunk of a patch file, in order, one list for each file. */
export function realDryRun(tree: string, patchFile: string, direction: Direction): HunkMatch[][] {
  const args = ['-p1', '--dry-run', '--force', '--verbose', '-d', tree, '-i', patchFile];
  if (direction === 'reverse') args.push('-R');
  const { stdout, stderr, status } = spawnSync('patch', args, {
    encoding: 'latin1',
    env: { ...process.env, LC_ALL: 'C' },
    timeout: 60_000,
  });
  if (status === null || status > 1) throw new Error(`patch gave up (${status}): ${stdout}${stderr}`);
  const files: HunkMatch[][] = [];
  for (const line of stdout.split('\n')) {
    const hunk = parseHunkLine(line);
    if (hunk === null) continue;
    if (hunk.number === 1) files.push([]);
    files.at(-1)?.push(hunk);
  }
  return files;
}

function parseHunkLine(line: string): HunkMatch | null {
  const match =
    /^Hunk #(\d+) (succeeded|FAILED|ignored) at (-?\d+)(?: with fuzz (\d+))?(?: \(offset (-?\d+) lines?\))?/.exec(
      line,
    );
  if (match === null) return null;
  const [, number, outcome, at, fuzz = '0', offset = '0'] = match;
  return {
    number: Number(number),
    applies: outcome === 'succeeded',
    line: Number(at),
    fuzz: Number(fuzz),
    offset: Number(offset),
  };
}
