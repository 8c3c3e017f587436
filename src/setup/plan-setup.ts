import { basename, dirname } from 'node:path';
import type { Root } from '../system/root.ts';
import type { SetupAction } from './action.ts';
import { addBlock, bashrcPath, removeBlock } from './bashrc.ts';
import { initOf, presentAt } from './machine.ts';
import { MADE_FILE, madeDirectories } from './made.ts';
import { filesForSetup, POST_EMERGE, readShipped, type ShippedFile, STATE_DIRECTORIES } from './shipped.ts';

/** The new name of the user's own post_emerge. Ours calls it. */
export const OWN_POST_EMERGE = `${POST_EMERGE}.own`;

/** The actions that install everything that is missing or old. */
export function planSetup(root: Root, packageDirectory: string): SetupAction[] {
  const init = initOf(root);
  const files = filesForSetup(root)
    .filter(({ under }) => under === null || under === init)
    .flatMap((file) => installFile(root, packageDirectory, file));
  // The hook is written before the block that reads it.
  const block = addBlock(root);
  const paths = [...files, ...block].flatMap((action) => (action.does === 'write' ? [action.path] : []));
  const state = STATE_DIRECTORIES.filter(({ path }) => presentAt(root, path) === null);
  const above = missingDirectories(
    root,
    state.map(({ path }) => path),
  );
  const others = missingDirectories(root, paths).filter((path) => !above.includes(path));
  const make = (path: string): SetupAction => ({ does: 'make-directory', path, mode: 0o755 });
  // The directories are noted before they are made, so that an interrupted setup can be removed as well.
  return [
    ...above.map(make),
    ...state.map(({ path, mode }): SetupAction => ({ does: 'make-directory', path, mode })),
    ...noteMade(root, [...above, ...others, ...state.map(({ path }) => path)]),
    ...others.map(make),
    ...files,
    ...block,
  ];
}

/** The actions that undo `setup`. The records of the daemon stay. */
export function planRemoval(root: Root, packageDirectory: string): SetupAction[] {
  const block = removeBlock(root);
  const files = filesForSetup(root).flatMap((file) => removeFile(root, packageDirectory, file));
  const made = madeDirectories(root);
  const written = [bashrcPath(root), MADE_FILE, ...filesForSetup(root).map(({ target }) => target)];
  return [
    ...block,
    ...files,
    ...leftoversBeside(root, written).map((path): SetupAction => ({ does: 'remove', path })),
    ...(presentAt(root, MADE_FILE) === null ? [] : [{ does: 'remove' as const, path: MADE_FILE }]),
    ...made.toReversed().map((path): SetupAction => ({ does: 'remove-directory', path })),
  ];
}

function installFile(root: Root, packageDirectory: string, file: ShippedFile): SetupAction[] {
  const content = readShipped(packageDirectory, file);
  if (content === null) return [];
  const { target: path, mode } = file;
  const present = presentAt(root, path);
  if (present?.type === 'directory') return [{ does: 'leave', path, why: 'it is a directory' }];
  if (present?.type === 'file') {
    if (file.configuration || (present.content.equals(content) && present.mode === mode)) return [];
  }
  const write = { does: 'write', path, content, mode, owner: null } as const;
  const ours = present?.type === 'file' && isOurs(present.content);
  if (path !== POST_EMERGE || present === null || ours)
    return [{ ...write, what: present === null ? 'write' : 'renew' }];
  if (presentAt(root, OWN_POST_EMERGE) !== null) {
    return [{ does: 'leave', path, why: `it is not of aufswatch, and ${OWN_POST_EMERGE} is taken` }];
  }
  return [
    { does: 'put-aside', path, to: OWN_POST_EMERGE },
    { ...write, what: 'write' },
  ];
}

function removeFile(root: Root, packageDirectory: string, file: ShippedFile): SetupAction[] {
  const { target: path } = file;
  const present = presentAt(root, path);
  if (present === null || present.type === 'directory') return [];
  if (path === POST_EMERGE) {
    if (present.type !== 'file' || !isOurs(present.content)) return [];
    if (presentAt(root, OWN_POST_EMERGE) !== null) return [{ does: 'put-back', path, from: OWN_POST_EMERGE }];
  }
  if (file.configuration) {
    const shipped = readShipped(packageDirectory, file);
    if (shipped === null || !present.content.equals(shipped))
      return [{ does: 'leave', path, why: 'it was changed' }];
  }
  return [{ does: 'remove', path }];
}

/** Our hooks are recognised by their second line. */
function isOurs(content: Buffer): boolean {
  return /^#!\/bin\/bash\n# aufswatch: /.test(content.toString('latin1', 0, 200));
}

/** The missing parent directories of the paths, outermost first. */
function missingDirectories(root: Root, paths: readonly string[]): string[] {
  const missing = new Set<string>();
  for (const path of paths) {
    for (let directory = dirname(path); directory !== '/'; directory = dirname(directory)) {
      if (root.stat(directory).known) break;
      missing.add(directory);
    }
  }
  return [...missing].sort();
}

/** Notes the directories that setup makes, for `setup --remove`. */
function noteMade(root: Root, directories: readonly string[]): SetupAction[] {
  // Without a note, an interrupted setup may have made the directory of the note itself.
  const place = presentAt(root, MADE_FILE) === null ? [dirname(MADE_FILE)] : [];
  const made = [...directories, ...place];
  if (made.length === 0) return [];
  const all = [...new Set([...madeDirectories(root), ...made])].sort();
  const content = Buffer.from(`${all.join('\n')}\n`);
  return [{ does: 'write', path: MADE_FILE, content, mode: 0o600, owner: null, what: 'note directories in' }];
}

/** Temporary files that a killed setup has left beside its files (src/files/replace-file.ts). */
function leftoversBeside(root: Root, paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const names = root.list(dirname(path));
    const own = (name: string): boolean =>
      name.startsWith(`.${basename(path)}.`) && /^\.\d+\.new$/.test(name.slice(basename(path).length + 1));
    return names.known ? names.value.filter(own).map((name) => `${dirname(path)}/${name}`) : [];
  });
}
