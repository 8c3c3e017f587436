import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Possible places of a checkout of Portage (https://github.com/gentoo/portage); the first that exists counts. */
const PLACES: readonly string[] = [
  ...(process.env.AUFSWATCH_PORTAGE === undefined ? [] : [process.env.AUFSWATCH_PORTAGE]),
  join(homedir(), '.cache/aufswatch-portage'),
  '/usr/src/portage',
];

/** The directory of a checkout of Portage; null: there is none. */
export function portageCheckout(): string | null {
  return PLACES.find((place) => existsSync(join(place, 'bin/emerge'))) ?? null;
}

/** For a test's `skip` option: false if there is a Portage, else the reason. */
export const PORTAGE: string | false =
  portageCheckout() === null
    ? 'needs a checkout of Portage: AUFSWATCH_PORTAGE=DIR, or ~/.cache/aufswatch-portage'
    : false;
