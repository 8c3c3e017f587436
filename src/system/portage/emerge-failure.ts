/** How an emerge failed. */
interface Failed {
  readonly timedOut: boolean;
  readonly isMaxBuffer?: boolean;
  readonly code?: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why emerge failed, in one line, with its own message if it printed one. `timeout` in ms. */
export function failureWords(command: string, failed: Failed, timeout: number): string {
  if (failed.code === 'ENOENT') return `there is no ${command} on this system`;
  if (failed.timedOut) return `emerge took longer than ${Math.round(timeout / 1000)} s; see --timeout`;
  if (failed.isMaxBuffer === true) return 'emerge printed more than can be read';
  const lines = `${failed.stderr}\n${failed.stdout}`.split('\n').map((line) => line.trim());
  const own = lines.find((line) => /^(?:emerge: there are no|!!! |emerge: error)/.test(line));
  const words = own ?? lines.findLast((line) => line !== '');
  return words === undefined ? 'emerge failed without a word' : `emerge failed: ${words}`;
}
