import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { readStatusText } from '../../published/file.ts';

const AGAIN = 5000;

/**
 * Calls `changed` with the text of a file, now and each time that the file is replaced, and with null when it is removed.
 * The file and its directory may appear and disappear at any time.
 */
export function followFile(path: string, changed: (text: string | null) => void, signal: AbortSignal): void {
  let watcher: FSWatcher | null = null;
  let seen: string | null = '';
  let watched = '';
  const timer = setInterval(poll, AGAIN);
  signal.addEventListener('abort', () => {
    clearInterval(timer);
    watcher?.close();
  });
  poll();

  function poll(): void {
    rearm();
    const state = stateOf(path);
    if (state === seen) return;
    seen = state;
    changed(state === null ? null : readStatusText(path));
  }

  /** Watches a directory that was removed and created again: the old watch reports nothing for it. */
  function rearm(): void {
    const directory = stateOf(dirname(path), false) ?? '';
    if (directory === watched && watcher !== null) return;
    watcher?.close();
    watcher = null;
    watched = directory;
    if (directory === '') return;
    try {
      watcher = watch(dirname(path), (_event, name) => {
        if (name === basename(path)) poll();
      });
      watcher.on('error', () => {
        watcher?.close();
        watcher = null;
      });
    } catch {
      // Out of inotify instances: the interval still polls.
    }
  }
}

/** A text that differs for each state of the file; null: the file does not exist. */
function stateOf(path: string, content = true): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  const who = `${stat.dev}:${stat.ino}:${stat.birthtimeMs}`;
  return content ? `${who}:${stat.mtimeMs}:${stat.size}` : who;
}
