import { CATALOGUE } from '../../verdict/catalogue.ts';
import { listed } from '../../verdict/words.ts';
import type { Invocation } from '../command.ts';
import { wrap } from '../render/style.ts';

/** `aufswatch explain [CODE]`: what a finding means, or the list of all. */
export function explain(invocation: Invocation): number {
  const { terminal } = invocation;
  const [code] = invocation.args;
  const entries = CATALOGUE.filter((entry) => code === undefined || entry.code === code);
  if (entries.length === 0) {
    return terminal.fail(`no finding has the code "${code}"; aufswatch explain lists them all`);
  }
  for (const [index, entry] of entries.entries()) {
    const dependsOn =
      entry.dependsOn.length > 0
        ? `Left out beside ${listed(entry.dependsOn)}, which ${entry.dependsOn.length > 1 ? 'say' : 'says'} the same.`
        : '';
    const follows = entry.followsFrom.length > 0 ? `May follow from ${entry.followsFrom.join(', ')}.` : '';
    const notes = [dependsOn, follows]
      .filter((note) => note !== '')
      .map((note) => `${wrap(note, 80, '    ')}\n`);
    const head = `${entry.code} (${entry.severities.join(' or ')})`;
    terminal.out(`${index > 0 ? '\n' : ''}${head}\n${wrap(entry.meaning, 80, '    ')}\n${notes.join('')}`);
  }
  return 0;
}
