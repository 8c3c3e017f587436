import type { Lack, Refusal } from './refusal.ts';

/** How dockerd starts: with which driver, or why not. */
export type Start =
  | {
      readonly is: 'starts';
      /** `containerd`: it has containerd's image store, and `driver` is a snapshotter. */
      readonly store: 'driver' | 'containerd';
      readonly driver: string;
      readonly by: ChosenBy;
      /** What speaks against it although it starts; a clause for a person. */
      readonly warns: string | null;
    }
  | { readonly is: 'refuses'; readonly refusal: Refusal }
  /** `driver`: the one that it comes to in any case, if it starts at all; null: not even that is known. */
  | { readonly is: 'unknown'; readonly driver: string | null; readonly why: string };

/** `asked`: it is told to; `prior`: that one has data here; `choice`: the first of its list that works. */
export type ChosenBy = 'asked' | 'prior' | 'choice';

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
