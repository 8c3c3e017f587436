/** One change that `setup` makes. Paths are as seen from inside the root. */
export type SetupAction =
  | { readonly does: 'make-directory'; readonly path: string; readonly mode: number }
  | {
      readonly does: 'write';
      readonly path: string;
      readonly content: Buffer;
      readonly mode: number;
      /** Whose it stays; null: it is new. */
      readonly owner: { readonly uid: number; readonly gid: number } | null;
      /** For a person. */
      readonly what: string;
    }
  /** The user's own is kept under another name. */
  | { readonly does: 'put-aside'; readonly path: string; readonly to: string }
  | { readonly does: 'put-back'; readonly path: string; readonly from: string }
  | { readonly does: 'remove'; readonly path: string }
  | { readonly does: 'remove-directory'; readonly path: string }
  /** Nothing is done, and that is worth a word. */
  | { readonly does: 'leave'; readonly path: string; readonly why: string };

/** The action in one line for a person. */
export function actionText(action: SetupAction): string {
  switch (action.does) {
    case 'make-directory':
      return `make ${action.path}`;
    case 'write':
      return `${action.what} ${action.path}`;
    case 'put-aside':
      return `keep ${action.path} as ${action.to}, which is called from the new one`;
    case 'put-back':
      return `put ${action.from} back as ${action.path}`;
    case 'remove':
    case 'remove-directory':
      return `remove ${action.path}`;
    case 'leave':
      return `leave ${action.path}: ${action.why}`;
  }
}
