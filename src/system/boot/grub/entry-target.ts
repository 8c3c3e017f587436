import type { EntryTarget, LoaderFile } from '../../../model/boot.ts';
import { loaderOfProgram } from '../loader-of-program.ts';
import { type GrubFiles, type Reading, resolveIn } from './grub-files.ts';
import { runEntry } from './run-script.ts';
import type { Loaded, MenuEntry, ScriptState } from './script-state.ts';

/** Runs the body of an entry, and returns what it starts. */
export function targetOf(entry: MenuEntry, menu: ScriptState, files: GrubFiles, read: Reading): EntryTarget {
  const state = runEntry(entry, menu, files);
  if (state.configfile !== null)
    return { what: 'unknown', why: 'it leads to another configuration, which is not followed' };
  if (state.loaded !== null) return loadedTarget(state.loaded, read);
  if (state.ended !== null) return { what: 'other', name: state.ended };
  const [gap] = state.gaps;
  return gap === undefined ? { what: 'other', name: entry.title } : { what: 'unknown', why: gap };
}

function loadedTarget(loaded: Loaded, read: Reading): EntryTarget {
  switch (loaded.what) {
    case 'linux': {
      if (!loaded.image.known) return { what: 'unknown', why: loaded.image.detail };
      const unread = loaded.initrds.find((path) => !path.known);
      return {
        what: 'kernel',
        image: fileOf(read, loaded.image.value),
        commandLine: loaded.commandLine,
        initrds: [
          ...loaded.initrds.flatMap((path) => (path.known ? [fileOf(read, path.value)] : [])),
          ...(unread === undefined || unread.known ? [] : [{ written: '', path: unread }]),
        ],
      };
    }
    case 'chainloader': {
      if (!loaded.program.known) return { what: 'unknown', why: loaded.program.detail };
      const program = fileOf(read, loaded.program.value);
      // `+1` is the boot sector of a partition.
      if (/\)\/?\+\d+$/.test(loaded.program.value)) return { what: 'other', name: 'another boot sector' };
      return loaderOfProgram(read.root, program);
    }
    case 'multiboot':
      return { what: 'other', name: 'a multiboot program' };
  }
}

function fileOf(read: Reading, path: string): LoaderFile {
  return { written: path.replace(/^\([^)]*\)/, ''), path: resolveIn(read, path) };
}
