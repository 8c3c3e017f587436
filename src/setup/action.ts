/** One change that `setup` makes. Paths are inside the root. */
export type SetupAction =
  | { readonly does: 'make-directory'; readonly path: string; readonly mode: number }
  | {
      readonly does: 'write';
      readonly path: string;
      readonly content: Buffer;
      readonly mode: number;
      /** The owner to keep; null: the file is new. */
      readonly owner: { readonly uid: number; readonly gid: number } | null;
      /** The verb for actionText(). */
      readonly what: string;
    }
  /** The user's own file is kept under another name. */
  | { readonly does: 'put-aside'; readonly path: string; readonly to: string }
  | { readonly does: 'put-back'; readonly path: string; readonly from: string }
  | { readonly does: 'remove'; readonly path: string }
  | { readonly does: 'remove-directory'; readonly path: string }
  /** Nothing is done, and setup says why. */
  | { readonly does: 'leave'; readonly path: string; readonly why: string };

/** The action as a line of output. */
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
