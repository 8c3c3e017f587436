import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Terminals, and the option of each before a command. */
const KNOWN: readonly (readonly [string, readonly string[]])[] = [
  ['konsole', ['-e']],
  ['gnome-terminal', ['--']],
  ['xfce4-terminal', ['-x']],
  ['foot', []],
  ['alacritty', ['-e']],
  ['kitty', []],
  ['xterm', ['-e']],
];

/**
 * The words that run a command in a terminal window: with xdg-terminal-exec if it is installed, else with $TERMINAL, else
 * with the first of the known terminals; null: there is none.
 */
export function terminalCommand(command: readonly string[], env: NodeJS.ProcessEnv): string[] | null {
  if (isOnPath('xdg-terminal-exec', env)) return ['xdg-terminal-exec', ...command];
  const chosen = env.TERMINAL ?? '';
  if (chosen !== '' && isOnPath(chosen, env)) {
    const option = KNOWN.find(([name]) => chosen === name || chosen.endsWith(`/${name}`))?.[1] ?? ['-e'];
    return [chosen, ...option, ...command];
  }
  const found = KNOWN.find(([name]) => isOnPath(name, env));
  return found === undefined ? null : [found[0], ...found[1], ...command];
}

function isOnPath(name: string, env: NodeJS.ProcessEnv): boolean {
  const places = name.includes('/')
    ? [name]
    : (env.PATH ?? '').split(delimiter).map((place) => join(place, name));
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
