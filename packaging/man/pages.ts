import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { knownCommands } from '../../src/cli/commands.ts';
import { COMMON_OPTIONS } from '../../src/cli/definition.ts';
import { CATALOGUE } from '../../src/verdict/catalogue.ts';
import { commandsPart, optionsPart } from './commands.ts';
import { findingsPart } from './findings.ts';
import { settingsPart } from './settings.ts';

export const MAN_PAGES = [
  'aufswatch.1',
  'aufswatch.toml.5',
  'aufswatch-findings.7',
  'aufswatch-hooks.7',
] as const;

const KNOWN = await knownCommands();

/** The text of a page: what is written by hand, with the generated parts in their places. */
export function manPage(packageDirectory: string, name: (typeof MAN_PAGES)[number]): string {
  const parts: Readonly<Record<string, () => string>> = {
    commands: () => commandsPart(KNOWN),
    common: () => optionsPart(COMMON_OPTIONS),
    findings: () => findingsPart(CATALOGUE),
    keys: () => settingsPart(readFileSync(join(packageDirectory, 'doc/aufswatch.toml.example'), 'utf8')),
  };
  const written = readFileSync(join(packageDirectory, `packaging/man/${name}.in`), 'utf8');
  const whole = written.replaceAll(/^\.\\" @(\w+)@$/gm, (line, part: string) => parts[part]?.() ?? line);
  return whole.split('\n').map(folded).join('\n');
}

/** Text in lines of at most 80 characters, none of which begins as a macro would. */
function folded(line: string): string {
  return line.startsWith('.') ? line : line.replaceAll(/(?=.{81})(.{1,80}) (?![.'])/g, '$1\n');
}
