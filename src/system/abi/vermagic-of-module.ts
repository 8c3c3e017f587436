import { chainFact, type Fact, known, unknown } from '../../model/fact.ts';
import { readElf, readSection } from '../elf/sections.ts';
import { parseModinfo } from '../modules/modinfo.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { unpackedFile } from '../unpack.ts';

const PACKED_MAX = 16 * MIB;
const ENDINGS = ['', '.zst', '.xz', '.gz'];
const LOOKED_AT = 5;
const LIST_MAX = 4 * MIB;

/**
 * The vermagic of one of the kernel's own modules, which is the kernel's: modules.order names them, and they
 * lie below it (in a build directory, or in /lib/modules/RELEASE).
 */
export function vermagicOfListed(root: Root, directory: string): Fact<string> {
  const order = root.readText(`${directory}/modules.order`, LIST_MAX);
  if (!order.known) return order;
  for (const line of order.value.split('\n', LOOKED_AT)) {
    const path = placeOfListed(root, directory, line);
    const vermagic = path === null ? null : readVermagic(root, path);
    if (vermagic?.known === true) return vermagic;
  }
  return unknown('no-data', `none of the modules in ${directory}/modules.order tells the vermagic`);
}

/** The first of the kernel's own modules that is there; null: none of the first few. */
export function findListed(root: Root, directory: string): string | null {
  const order = root.readText(`${directory}/modules.order`, LIST_MAX);
  const lines = order.known ? order.value.split('\n', LOOKED_AT) : [];
  for (const line of lines) {
    const path = placeOfListed(root, directory, line);
    if (path !== null) return path;
  }
  return null;
}

function placeOfListed(root: Root, directory: string, line: string): string | null {
  // Up to 6.5 a build's list began with `kernel/` as well, and since 6.x it may name `.o`.
  const name = line.replace(/\.o$/, '.ko');
  const candidates = [name, name.replace(/^kernel\//, '')].flatMap((path) =>
    ENDINGS.map((ending) => `${directory}/${path}${ending}`),
  );
  return name === '' ? null : (candidates.find((candidate) => root.lstat(candidate).known) ?? null);
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
