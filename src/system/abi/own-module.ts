import { MODULE_ENDINGS } from '../../model/compression.ts';
import { chainFact, type Fact, known, mapFact, unknown } from '../../model/fact.ts';
import { readModule } from '../modules/read-module.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';

/** One of the kernel's own modules, as evidence of the kernel that it was compiled with. */
export interface OwnModule {
  readonly path: string;
  readonly mtime: number;
  readonly vermagic: string;
  /** As `64 little 62`. */
  readonly elf: string;
  /** sizeof(struct module), bytes; null: unknown. */
  readonly structSize: number | null;
  /** CRC of module_layout; null: it has no version table. */
  readonly moduleLayout: number | null;
  /** The signer of its signature; null: there is none that names its certificate. */
  readonly signer: string | null;
}

const LOOKED_AT = 5;
const LIST_MAX = 4 * MIB;

/**
 * The first readable module of the kernel's own. modules.order lists them relative to `directory`, a build directory
 * or /lib/modules/RELEASE.
 */
export function readOwnModule(root: Root, directory: string): Fact<OwnModule> {
  const order = root.readText(`${directory}/modules.order`, LIST_MAX);
  if (!order.known) return order;
  for (const line of order.value.split('\n', LOOKED_AT)) {
    const path = placeOfListed(root, directory, line);
    const module = path === null ? null : readAt(root, path);
    if (module?.known === true) return module;
  }
  return unknown('no-data', `none of the modules in ${directory}/modules.order tells of its kernel`);
}

/** The vermagic of that module, which is also the kernel's. */
export function vermagicOfListed(root: Root, directory: string): Fact<string> {
  return mapFact(readOwnModule(root, directory), ({ vermagic }) => vermagic);
}

function placeOfListed(root: Root, directory: string, line: string): string | null {
  // Up to 6.5 a build's list also began with `kernel/`, and since 6.x it may name `.o`.
  const name = line.replace(/\.o$/, '.ko');
  const candidates = [name, name.replace(/^kernel\//, '')].flatMap((path) =>
    MODULE_ENDINGS.map((ending) => `${directory}/${path}${ending}`),
  );
  return name === '' ? null : (candidates.find((candidate) => root.lstat(candidate).known) ?? null);
}

function readAt(root: Root, path: string): Fact<OwnModule> {
  const place = { owner: null, inTree: true, indexed: null };
  return chainFact(readModule(root, path, place), ({ info, signature, mtime }) =>
    chainFact(info, ({ vermagic, elf, structSize, moduleLayout }) => {
      if (vermagic === null) return unknown('no-data', `${path} has no vermagic`);
      const signer = signature.known ? (signature.value?.signer ?? null) : null;
      return known({ path, mtime, vermagic, elf, structSize, moduleLayout, signer });
    }),
  );
}
