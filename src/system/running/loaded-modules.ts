import { type Fact, known, unknown } from '../../model/fact.ts';
import type { LoadedModule } from '../../model/running.ts';
import { buildIdOf } from '../elf/notes.ts';
import type { Root } from '../root.ts';

/** From /proc/modules (`zfs 4816896 6 zunicode,zavl, Live 0x0`): each loaded module, and the modules that use it. */
export function holdersByModule(text: string): Map<string, string[]> {
  return new Map(
    text.split('\n').flatMap((line): [string, string[]][] => {
      const [name = '', , , holders = '-'] = line.split(' ');
      const list = holders === '-' ? [] : holders.split(',').filter((holder) => holder !== '');
      return name === '' ? [] : [[name, list]];
    }),
  );
}

/** The wanted modules, and those that use them: a module in use cannot be reloaded alone. */
export function readLoadedModules(
  root: Root,
  holders: ReadonlyMap<string, readonly string[]>,
  wanted: ReadonlySet<string>,
): LoadedModule[] {
  const names = new Set([...holders.keys()].filter((name) => wanted.has(name)));
  // The loop also visits the names that it adds (ECMAScript's Set).
  for (const name of names) for (const holder of holders.get(name) ?? []) names.add(holder);
  return [...holders.keys()]
    .filter((name) => names.has(name))
    .map((name) => readLoaded(root, name, holders.get(name) ?? []));
}

function readLoaded(root: Root, name: string, heldBy: readonly string[]): LoadedModule {
  const directory = `/sys/module/${name}`;
  const text = (file: string): string | null => {
    const content = root.readText(`${directory}/${file}`);
    return content.known ? content.value.trim() : null;
  };
  const uses = Number(text('refcnt') ?? Number.NaN);
  return {
    name,
    version: text('version'),
    srcversion: text('srcversion'),
    buildId: readBuildId(root, `${directory}/notes/.note.gnu.build-id`),
    uses: Number.isInteger(uses) ? known(uses) : unknown('no-data', `${directory}/refcnt does not tell`),
    heldBy,
  };
}

/** The GNU build ID in a file of ELF notes, of either byte order. */
export function readBuildId(root: Root, path: string): Fact<string> {
  const notes = root.readBytes(path);
  if (!notes.known) return notes;
  const id = buildIdOf(notes.value, true) ?? buildIdOf(notes.value, false);
  return id === null ? unknown('no-data', `${path} has no build ID`) : known(id);
}
