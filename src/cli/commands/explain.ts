import { FINDING_CODES } from '../../model/finding.ts';
import { visibleJson } from '../../model/visible.ts';
import { CATALOGUE } from '../../verdict/catalogue.ts';
import { listed } from '../../verdict/words.ts';
import { command } from '../command.ts';
import { JSON_OUTPUT, optional } from '../definition.ts';
import { nearest } from '../near.ts';
import { wrap } from '../render/style.ts';

/** `aufswatch explain [CODE]`: what a finding means, or the list of all. */
export const explain = command(
  {
    description: 'Says what a code means. Without one, lists the whole catalogue.',
    args: {
      code: optional('the code of a finding, as next-boot-without-aufs', { offer: 'codes' }),
    },
    options: { json: JSON_OUTPUT },
  },
  (invocation) => {
    const { terminal } = invocation;
    const { code } = invocation.args;
    const width = Math.min(80, terminal.width);
    const entries = CATALOGUE.filter((entry) => code === null || entry.code === code);
    if (entries.length === 0) {
      return terminal.fail(noSuchCode(code ?? ''));
    }
    if (invocation.options.json) {
      const shown = entries.map(({ code, severities, meaning, dependsOn, followsFrom }) => ({
        code,
        severities,
        meaning,
        dependsOn,
        followsFrom,
      }));
      terminal.out(`${visibleJson(code === null ? shown : shown[0], 2)}\n`);
      return 0;
    }
    for (const [index, entry] of entries.entries()) {
      const dependsOn =
        entry.dependsOn.length > 0
          ? `Left out beside ${listed(entry.dependsOn)}, which ${entry.dependsOn.length > 1 ? 'say' : 'says'} the same.`
          : '';
      const follows = entry.followsFrom.length > 0 ? `May follow from ${entry.followsFrom.join(', ')}.` : '';
      const notes = [dependsOn, follows]
        .filter((note) => note !== '')
        .map((note) => `${wrap(note, width, '    ')}\n`);
      const head = `${entry.code} (${entry.severities.join(' or ')})`;
      terminal.out(
        `${index > 0 ? '\n' : ''}${head}\n${wrap(entry.meaning, width, '    ')}\n${notes.join('')}`,
      );
    }
    if (code !== null) terminal.out(`${wrap('What to do on this machine: aufswatch plan', width, '    ')}\n`);
    return 0;
  },
);

/** What to say of a code that there is not. */
export function noSuchCode(code: string): string {
  const meant = nearest(code, FINDING_CODES);
  const hint = meant === null ? '' : `did you mean ${meant}? `;
  return `no finding has the code "${code}"; ${hint}aufswatch explain lists them all`;
}
