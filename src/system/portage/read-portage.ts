import { type Fact, known, mapFact, unknown } from '../../model/fact.ts';
import type { InstalledPackage, PackageKind, PortageFacts, VdbForm } from '../../model/portage.ts';
import type { ReadProblem } from '../../model/snapshot.ts';
import { type Glance, MISSING, UNCLEAR } from '../glance.ts';
import type { Root } from '../root.ts';
import { takesBinaryPackages } from './binary-packages.ts';
import type { Contents } from './contents.ts';
import { asksForSymvers, isWithoutEclassOfKernels, kindsByEclass, kindsByName } from './kinds.ts';
import { isWithoutModules } from './optional-modules.ts';
import { splitPackageName } from './package-name.ts';
import { readContents, readOwnedTree } from './read-contents.ts';
import { readRepositories } from './repositories.ts';
import { readUserPatches } from './user-patches.ts';
import { openVdbFields } from './vdb-fields.ts';

export const VDB = '/var/db/pkg';

const INHERITED_LIMIT = 64 * 1024;
const EBUILD_LIMIT = 256 * 1024;

/**
 * Reads the installed packages that matter to kernels, and the problems with the database. Of all other packages only
 * INHERITED is read.
 */
export function readPortage(root: Root): { facts: PortageFacts; problems: ReadProblem[] } {
  const problems: ReadProblem[] = [];
  const packages: InstalledPackage[] = [];
  const forms = new Set<'classic' | 'both' | 'consolidated'>();
  const categories = root.list(VDB);
  let installed = 0;
  for (const category of categories.known ? categories.value : []) {
    if (category.startsWith('.') || category.startsWith('-')) continue;
    if (category.includes('\ufffd')) {
      problems.push({ path: `${VDB}/${category}`, detail: 'its name is not UTF-8' });
      continue;
    }
    if (!CATEGORY.test(category)) {
      problems.push({ path: `${VDB}/${category}`, detail: 'no category has such a name' });
      continue;
    }
    const listed = root.glance(`${VDB}/${category}`, 'INHERITED', (pf, glance) => {
      if (root.expired()) return;
      const entry = readEntry(root, category, pf, glance, problems);
      if (entry === null) return;
      installed++;
      if ('detail' in entry) problems.push(entry);
      if ('installed' in entry && entry.installed !== null) {
        packages.push(entry.installed);
        forms.add(entry.form);
      }
    });
    // A file beside the categories (a lock) is no category.
    if (!listed.known && listed.code !== 'missing')
      problems.push({ path: `${VDB}/${category}`, detail: listed.detail });
  }
  if (root.expired()) problems.push({ path: VDB, detail: 'not read to its end: it took too long' });
  const form: Fact<VdbForm> = categories.known ? known(overallForm(forms)) : categories;
  const userPatches = readUserPatches(root, packages, problems);
  const binaryPackages = takesBinaryPackages(root);
  return { facts: { form, installed, packages, userPatches, binaryPackages }, problems };
}

/** PMS 3.1.1 */
const CATEGORY = /^[A-Za-z0-9_][A-Za-z0-9+_.-]{0,63}$/;

type Entry = {
  readonly installed: InstalledPackage | null;
  readonly form: 'classic' | 'both' | 'consolidated';
};

/** A package that does not matter to kernels. */
const OTHER: Entry = { installed: null, form: 'classic' };

/** One directory of the database; null: no package (a lock file, an unfinished merge). */
function readEntry(
  root: Root,
  category: string,
  pf: string,
  glance: Glance,
  problems: ReadProblem[],
  triesLeft = 2,
): Entry | ReadProblem | null {
  if (pf.startsWith('-MERGING-') || pf.startsWith('.')) return null;
  const directory = `${VDB}/${category}/${pf}`;
  if (pf.includes('\ufffd')) return { path: directory, detail: 'its name is not UTF-8' };
  const name = splitPackageName(pf);
  if (name === null) return null;
  const kinds = kindsByName(category, name.name);
  if (kinds.length === 0 && saysNothing(glance)) return OTHER;
  const path = `${directory}/INHERITED`;
  const inherited =
    glance === MISSING ? unknown('missing', `there is no ${path}`) : root.readText(path, INHERITED_LIMIT);
  if (inherited.known) {
    const byEclass = kindsByEclass(name.name, inherited.value);
    kinds.push(...byEclass.filter((kind) => !kinds.includes(kind)));
  }
  if (inherited.known && kinds.length === 0) return OTHER;
  // It may be a file, or have disappeared since it was listed.
  const stat = root.stat(directory);
  if (!stat.known) return { path: directory, detail: stat.detail };
  if (stat.value.type !== 'directory') return { path: directory, detail: `${directory} is not a directory` };
  if (!inherited.known && inherited.code !== 'missing')
    problems.push({ path: directory, detail: inherited.detail });
  if (kinds.length === 0) return OTHER;
  const id = {
    category,
    pf,
    ...name,
    mergedAt: stat.value.mtime,
    asksForSymvers: inherited.known && asksForSymvers(inherited.value),
  };
  const ownProblems: ReadProblem[] = [];
  const read = readPackage(root, directory, id, kinds, ownProblems);
  const after = root.lstat(directory);
  if (after.known && after.value.id !== stat.value.id) {
    // Another instance has replaced it: what was read is a mixture of both.
    if (triesLeft > 0) return readEntry(root, category, pf, UNCLEAR, problems, triesLeft - 1);
    return { path: directory, detail: 'it was replaced again and again while it was read' };
  }
  problems.push(...ownProblems);
  return read;
}

/** Is there no INHERITED, or a whole one without an eclass of kernels? True for nearly all of two thousand packages. */
function saysNothing(glance: Glance): boolean {
  if (glance === MISSING) return true;
  return typeof glance === 'string' && glance.endsWith('\n') && isWithoutEclassOfKernels(glance);
}

function readPackage(
  root: Root,
  directory: string,
  {
    pf,
    ...id
  }: Pick<InstalledPackage, 'category' | 'name' | 'version' | 'mergedAt' | 'asksForSymvers'> & {
    readonly pf: string;
  },
  kinds: readonly PackageKind[],
  problems: ReadProblem[],
): Entry {
  const fields = openVdbFields(root, directory);
  const contents = readKindContents(root, `${directory}/CONTENTS`, kinds);
  // Else the package would seem to own nothing.
  if (!contents.known) problems.push({ path: `${directory}/CONTENTS`, detail: contents.detail });
  const { modules, trees, patches } = contents.known ? contents.value : NO_CONTENTS;
  const use = mapFact(fields.field('USE'), flagsIn);
  const iuse = mapFact(orEmpty(fields.field('IUSE')), knownFlagsIn);
  const ebuild = (): Fact<string> => root.readText(`${directory}/${pf}.ebuild`, EBUILD_LIMIT);
  const without = kinds.includes('module') && isWithoutModules({ contents, use, iuse, ebuild });
  const installed: InstalledPackage = {
    ...id,
    cpv: `${id.category}/${pf}`,
    kinds: without ? kinds.map((kind) => (kind === 'module' ? 'without-modules' : kind)) : kinds,
    slot: fields.field('SLOT'),
    repository: fields.field('repository'),
    use,
    iuse,
    buildTime: wholeNumber(fields.field('BUILD_TIME'), 1000),
    counter: wholeNumber(fields.field('COUNTER'), 1),
    modules,
    trees,
    patches,
    ebuild: kinds.includes('aufs') ? ebuildIn(root, id, pf, fields.field('repository')) : null,
  };
  const form = fields.consolidated
    ? root.lstat(`${directory}/SLOT`).known
      ? 'both'
      : 'consolidated'
    : 'classic';
  return { installed, form };
}

/** null: it is no longer in its repository, as when newer versions replaced it. */
function ebuildIn(
  root: Root,
  { category, name }: Pick<InstalledPackage, 'category' | 'name'>,
  pf: string,
  repository: Fact<string>,
): string | null {
  const location = repository.known ? readRepositories(root).get(repository.value) : undefined;
  const path = `${location}/${category}/${name}/${pf}.ebuild`;
  return location !== undefined && root.stat(path).known ? path : null;
}

function flagsIn(text: string): string[] {
  return text.split(/\s+/).filter((flag) => flag !== '');
}

/** PMS 7.3.3: `+` or `-` before a flag is its default. */
function knownFlagsIn(text: string): string[] {
  return flagsIn(text).map((flag) => flag.replace(/^[+-]/, ''));
}

/** Portage writes no file for an empty field. */
function orEmpty(field: Fact<string>): Fact<string> {
  return !field.known && field.code === 'missing' ? known('') : field;
}

const NO_CONTENTS: Contents = { modules: [], trees: [], patches: [], isEmpty: true };

function readKindContents(root: Root, path: string, kinds: readonly PackageKind[]): Fact<Contents> {
  if (kinds.includes('aufs') || kinds.includes('module')) return readContents(root, path);
  if (kinds.includes('kernel-sources') || kinds.includes('dist-kernel')) return readOwnedTree(root, path);
  return known(NO_CONTENTS);
}

function wholeNumber(text: Fact<string>, factor: number): Fact<number> {
  if (!text.known) return text;
  const number = /^\d{1,15}$/.test(text.value) ? Number(text.value) : Number.NaN;
  return Number.isSafeInteger(number)
    ? known(number * factor)
    : unknown('malformed', `"${text.value.slice(0, 40)}" is not a number`);
}

function overallForm(forms: ReadonlySet<'classic' | 'both' | 'consolidated'>): VdbForm {
  if (forms.size === 0) return 'empty';
  const [only] = forms;
  return forms.size === 1 && only !== undefined ? only : 'mixed';
}
