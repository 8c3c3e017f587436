import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { readStatusText } from '../../published/file.ts';

const AGAIN = 5000;

/**
 * Calls `changed` with the text of a file now and each time that another one takes its place, and with null when
 * it goes. It may come and go, and its directory with it.
 */
export function followFile(path: string, changed: (text: string | null) => void, signal: AbortSignal): void {
  let watcher: FSWatcher | null = null;
  let seen: string | null = '';
  let watched = '';
  const timer = setInterval(look, AGAIN);
  signal.addEventListener('abort', () => {
    clearInterval(timer);
    watcher?.close();
  });
  look();

  function look(): void {
    rearm();
    const state = stateOf(path);
    if (state === seen) return;
    seen = state;
    changed(state === null ? null : readStatusText(path));
  }

  /** A directory that was made again is another one, and the old watch is silent. */
  function rearm(): void {
    const directory = stateOf(dirname(path), false) ?? '';
    if (directory === watched && watcher !== null) return;
    watcher?.close();
    watcher = null;
    watched = directory;
    if (directory === '') return;
    try {
      watcher = watch(dirname(path), (_event, name) => {
        if (name === basename(path)) look();
      });
      watcher.on('error', () => {
        watcher?.close();
        watcher = null;
      });
    } catch {
      // Out of inotify instances: the interval goes on.
    }
  }
}

/** What tells one state of a file from another; null: it is not there. */
function stateOf(path: string, content = true): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  const who = `${stat.dev}:${stat.ino}:${stat.birthtimeMs}`;
  return content ? `${who}:${stat.mtimeMs}:${stat.size}` : who;
}
