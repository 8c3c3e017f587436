import { chainFact, type Fact, known, unknown } from '../../model/fact.ts';
import { readElf, readSection } from '../elf/sections.ts';
import { parseModinfo } from '../modules/modinfo.ts';
import { MIB, type Root } from '../root.ts';
import { unpackedFile } from '../unpack.ts';

const PACKED_MAX = 16 * MIB;
const ENDINGS = ['', '.zst', '.xz', '.gz'];
const LOOKED_AT = 5;

/**
 * The vermagic of one of the kernel's own modules, which is the kernel's: modules.order names them, and they
 * lie below it (in a build directory, or in /lib/modules/RELEASE).
 */
export function vermagicOfListed(root: Root, directory: string): Fact<string> {
  return chainFact(root.readText(`${directory}/modules.order`, 4 * MIB), (text) => {
    for (const line of text.split('\n', LOOKED_AT)) {
      // Up to 6.5 a build's list began with `kernel/` as well, and since 6.x it may name `.o`.
      const name = line.replace(/\.o$/, '.ko');
      const candidates = [name, name.replace(/^kernel\//, '')].flatMap((path) =>
        ENDINGS.map((ending) => `${directory}/${path}${ending}`),
      );
      const path = name === '' ? undefined : candidates.find((candidate) => root.lstat(candidate).known);
      const vermagic = path === undefined ? null : readVermagic(root, path);
      if (vermagic?.known === true) return vermagic;
    }
    return unknown('no-data', `none of the modules in ${directory}/modules.order tells the vermagic`);
  });
}

function readVermagic(root: Root, path: string): Fact<string> {
  return root.withFile(path, (file) =>
    chainFact(unpackedFile(file, path, PACKED_MAX), (plain) =>
      chainFact(readElf(plain), ({ sections }) => {
        const section = sections.find(({ name }) => name === '.modinfo');
        const bytes = section === undefined ? null : readSection(plain, section, MIB);
        const magic = bytes?.known === true ? parseModinfo(bytes.value).get('vermagic')?.[0] : undefined;
        return magic === undefined ? unknown('no-data', `${path} has no vermagic`) : known(magic);
      }),
    ),
  );
}
