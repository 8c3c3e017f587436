import {
  appendFileSync,
  chmodSync,
  existsSync,
  lutimesSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeDirectory } from '../files/make-directory.ts';

/**
 * Writes files below one directory and sets the time that each would have on a real machine. Paths are relative to that
 * root. Times are ms since the epoch. Call `settle` at the end: it sets each directory's time to the last change in it.
 */
export interface Disk {
  readonly directory: string;
  /** Writes a file in place. */
  file(path: string, content: string | Uint8Array, at: number, mode?: number): void;
  /** Writes a temporary file and renames it over the path, as Portage and patch(1) do. */
  replace(path: string, content: string | Uint8Array, at: number): void;
  append(path: string, text: string, at: number): void;
  link(path: string, target: string, at: number): void;
  makeDirectory(path: string, at: number): void;
  rename(from: string, to: string, at: number): void;
  /** Removes a file or a whole directory. It need not exist. */
  remove(path: string, at: number): void;
  /** Sets the time of a directory or file. `settle` does not change it. */
  setTime(path: string, at: number): void;
  settle(): void;
}

export function openDisk(directory: string): Disk {
  const changed = new Map<string, number>();
  const fixed = new Set<string>();
  const disk: Disk = {
    directory,
    file: (path, content, at, mode = 0o644) => {
      prepare(path, at);
      writeFileSync(host(path), content);
      // The mode of writeFile is subject to the umask, and has no effect on an existing file.
      chmodSync(host(path), mode);
      stamp(path, at);
    },
    replace: (path, content, at) => {
      const beside = join(dirname(path), `.${basename(path)}.new`);
      disk.file(beside, content, at);
      renameSync(host(beside), host(path));
    },
    append: (path, text, at) => {
      prepare(path, at);
      appendFileSync(host(path), text);
      stamp(path, at);
    },
    link: (path, target, at) => {
      prepare(path, at);
      rmSync(host(path), { force: true });
      symlinkSync(target, host(path));
      lutimesSync(host(path), at / 1000, at / 1000);
    },
    makeDirectory: (path, at) => {
      prepare(join(path, 'inside'), at);
    },
    rename: (from, to, at) => {
      forget(from);
      noteChange(dirname(from), at);
      prepare(to, at);
      renameSync(host(from), host(to));
    },
    remove: (path, at) => {
      rmSync(host(path), { recursive: true, force: true });
      forget(path);
      if (existsSync(host(dirname(path)))) noteChange(dirname(path), at);
    },
    setTime: (path, at) => {
      stamp(path, at);
      fixed.add(path);
    },
    settle: () => {
      for (const [path, at] of changed) if (!fixed.has(path)) stamp(path, at);
      changed.clear();
      fixed.clear();
    },
  };
  return disk;

  function host(path: string): string {
    return join(directory, path);
  }

  function stamp(path: string, at: number): void {
    utimesSync(host(path), at / 1000, at / 1000);
  }

  function prepare(path: string, at: number): void {
    const directory = dirname(path);
    for (let parent = directory; ; parent = dirname(parent)) {
      const wasThere = existsSync(host(parent));
      noteChange(parent, at);
      if (parent === '/' || wasThere) break;
    }
    makeDirectory(host(directory), 0o755);
  }

  function forget(path: string): void {
    for (const known of changed.keys()) {
      if (known === path || known.startsWith(`${path}/`)) changed.delete(known);
    }
  }

  function noteChange(path: string, at: number): void {
    changed.set(path, Math.max(at, changed.get(path) ?? 0));
  }
}
