/** What /proc shows of a process of that name, called with these words: files by their paths under a root. */
export function processFiles(pid: number, name: string, words: readonly string[]): Record<string, string> {
  const fields = Array.from({ length: 48 }, (_, n) => n);
  return {
    [`proc/${pid}/stat`]: `${pid} (${name}) S 1 ${fields.join(' ')}\n`,
    [`proc/${pid}/cmdline`]: `${words.join('\0')}\0`,
  };
}
