import type { DkmsModule } from '../../model/module.ts';
import { isModuleName, moduleName } from '../../model/module-name.ts';
import type { Root } from '../root.ts';

/** Where DKMS keeps what it has built (`dkms_tree` of dkms(8)): NAME/VERSION/RELEASE/ARCH/module/*.ko. */
export const DKMS = '/var/lib/dkms';

/** Names, versions and releases that are looked at, each. */
const EACH_MAX = 32;
/** A name or a version goes into a command. */
const WORD = /^[A-Za-z0-9_][\w.+~-]{0,127}$/;

/** What DKMS has built at least once on this machine, for whichever kernel. */
export function readDkms(root: Root): DkmsModule[] {
  return namesIn(root, DKMS).flatMap((name) =>
    namesIn(root, `${DKMS}/${name}`)
      // Modules of the kernel that it has moved out of the way.
      .filter((version) => version !== 'original_module' && !version.startsWith('kernel-'))
      .flatMap((version) => {
        const modules = builtModules(root, `${DKMS}/${name}/${version}`);
        return modules.length === 0 ? [] : [{ name, version, modules }];
      }),
  );
}

function builtModules(root: Root, directory: string): string[] {
  const files = namesIn(root, directory)
    .filter((release) => release !== 'source' && release !== 'build')
    .flatMap((release) =>
      namesIn(root, `${directory}/${release}`).flatMap((machine) =>
        namesIn(root, `${directory}/${release}/${machine}/module`),
      ),
    );
  const names = files.filter((file) => /\.ko(?:\.\w+)?$/.test(file)).map(moduleName);
  return [...new Set(names)].filter(isModuleName).sort();
}

function namesIn(root: Root, directory: string): string[] {
  const names = root.list(directory);
  return names.known ? names.value.filter((name) => WORD.test(name)).slice(0, EACH_MAX) : [];
}
