import type { DkmsModule } from '../../model/module.ts';
import { isModuleName, moduleName } from '../../model/module-name.ts';
import type { Root } from '../root.ts';

/** The tree of modules that DKMS has built (`dkms_tree` of dkms(8)): NAME/VERSION/RELEASE/ARCH/module/*.ko. */
export const DKMS = '/var/lib/dkms';

/** Names read at most, versions of a name, and releases of a version. */
const EACH_MAX = 32;
/** Directories read in total: each of 32 names can have 32 versions, and so on. */
const ALL_MAX = 1024;
/** Names and versions go into commands. */
const WORD = /^[A-Za-z0-9_][\w.+~-]{0,127}$/;

/** The modules that DKMS has built at least once on this machine, for any kernel. */
export function readDkms(root: Root): DkmsModule[] {
  let left = ALL_MAX;
  const namesIn: NamesIn = (directory) => (left-- > 0 ? wordsIn(root, directory) : []);
  return namesIn(DKMS).flatMap((name) =>
    namesIn(`${DKMS}/${name}`)
      // The kernel's own modules that DKMS replaced.
      .filter((version) => version !== 'original_module' && !version.startsWith('kernel-'))
      .flatMap((version) => {
        const modules = builtModules(namesIn, `${DKMS}/${name}/${version}`);
        return modules.length === 0 ? [] : [{ name, version, modules }];
      }),
  );
}

function builtModules(namesIn: NamesIn, directory: string): string[] {
  const files = namesIn(directory)
    .filter((release) => release !== 'source' && release !== 'build')
    .flatMap((release) =>
      namesIn(`${directory}/${release}`).flatMap((machine) =>
        namesIn(`${directory}/${release}/${machine}/module`),
      ),
    );
  const names = files.filter((file) => /\.ko(?:\.\w+)?$/.test(file)).map(moduleName);
  return [...new Set(names)].filter(isModuleName).sort();
}

type NamesIn = (directory: string) => readonly string[];

function wordsIn(root: Root, directory: string): string[] {
  const names = root.list(directory);
  return names.known ? names.value.filter((name) => WORD.test(name)).slice(0, EACH_MAX) : [];
}
