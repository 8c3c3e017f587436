import type { Root } from '../system/root.ts';
import type { SetupAction } from './action.ts';
import { hasBlock, withBlock, withoutBlock } from './bashrc-block.ts';
import { type Present, presentAt } from './machine.ts';

const BASHRC = '/etc/portage/bashrc';
/** Portage reads /etc/portage/bashrc only where it is a file. It reads this file as well. */
const PROFILE_BASHRC = '/etc/portage/profile/profile.bashrc';

/** The file that gets the block. Symlinks are resolved, so that a symlink stays one. */
export function bashrcPath(root: Root): string {
  const real = root.resolve(BASHRC);
  const path = real.known ? real.value : BASHRC;
  if (presentAt(root, path)?.type !== 'directory') return path;
  const profile = root.resolve(PROFILE_BASHRC);
  return profile.known ? profile.value : PROFILE_BASHRC;
}

/** Does Portage read our hook? */
export function isBashrcSet(root: Root): boolean {
  const present = presentAt(root, bashrcPath(root));
  return present?.type === 'file' && hasBlock(textOf(present));
}

export function addBlock(root: Root): SetupAction[] {
  const path = bashrcPath(root);
  const present = presentAt(root, path);
  if (present !== null && present.type !== 'file') return [{ does: 'leave', path, why: 'it is not a file' }];
  const before = present === null ? null : textOf(present);
  const after = withBlock(before);
  if (after === before) return [];
  return [writeText(path, after, present, 'add the hook to')];
}

/** Removes the block from both files: bashrc may have been a directory when setup ran, and be a file now. */
export function removeBlock(root: Root): SetupAction[] {
  const places = [BASHRC, PROFILE_BASHRC].map((path) => {
    const real = root.resolve(path);
    return real.known ? real.value : path;
  });
  return places.flatMap((path): SetupAction[] => {
    const present = presentAt(root, path);
    if (present?.type !== 'file') return [];
    const before = textOf(present);
    const after = withoutBlock(before);
    if (after === before) return [];
    return after === null
      ? [{ does: 'remove', path }]
      : [writeText(path, after, present, 'take the hook out of')];
  });
}

function writeText(path: string, text: string, present: Present | null, what: string): SetupAction {
  const content = Buffer.from(text, 'latin1');
  return {
    does: 'write',
    path,
    content,
    mode: present?.mode ?? 0o644,
    owner: present?.owner ?? null,
    what,
  };
}

/** As latin1, which keeps every byte: comments may be in any encoding. */
function textOf({ content }: Present): string {
  return content.toString('latin1');
}
