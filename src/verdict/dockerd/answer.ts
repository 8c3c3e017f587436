import type { Lack, Refusal } from './refusal.ts';

/** How dockerd starts: with which driver, or why not. */
export type Start =
  | {
      readonly is: 'starts';
      /** `containerd`: containerd stores the images, and `driver` is a snapshotter. */
      readonly store: 'driver' | 'containerd';
      readonly driver: string;
      readonly by: ChosenBy;
      /** A disadvantage, although it starts: a clause for a person. */
      readonly warns: string | null;
    }
  | { readonly is: 'refuses'; readonly refusal: Refusal }
  /** `driver`: the driver that it uses if it starts at all; null: that is not known either. */
  | { readonly is: 'unknown'; readonly driver: string | null; readonly why: string };

/** `asked`: it is set; `prior`: it has data here; `choice`: it is the first of dockerd's list that works. */
export type ChosenBy = 'asked' | 'prior' | 'choice';

/** Whether a driver can be used here. */
export type Ability =
  /** `warns`: a disadvantage, although it works; a clause for a person. */
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
