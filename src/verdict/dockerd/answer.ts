import type { Lack } from './refusal.ts';

/** Can a driver be had here? */
export type Ability =
  /** `warns`: what speaks against it although it works; a clause for a person. */
  | { readonly is: 'can'; readonly warns: string | null }
  | { readonly is: 'cannot'; readonly lack: Lack }
  /** `why` is a clause for a person. */
  | { readonly is: 'unknown'; readonly why: string };

export const CAN: Ability = { is: 'can', warns: null };

export function cannot(lack: Lack): Ability {
  return { is: 'cannot', lack };
}

export function unsure(why: string): Ability {
  return { is: 'unknown', why };
}
