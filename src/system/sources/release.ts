import type { KernelConfig } from '../../model/config.ts';
import { chainFact, type Fact, known, unknown } from '../../model/fact.ts';
import { isReleaseName } from '../../model/release-name.ts';
import type { KernelVersion } from '../../model/tree.ts';
import type { Root } from '../root.ts';
import { versionText } from './version.ts';

const RECORD = 'include/config/kernel.release';
const LIMIT = 4096;

/**
 * The release of a kernel built from the current tree: the one that the last build recorded, if none of its inputs is
 * newer; else composed as in scripts/setlocalversion. A LOCALVERSION on make's command line leaves no trace. unknown
 * (`no-data`): git decides a part of it.
 */
export function readRelease(
  root: Root,
  tree: string,
  version: Fact<KernelVersion>,
  config: Fact<KernelConfig>,
): Fact<string> {
  const suffixes = root.list(tree);
  const files = suffixes.known ? suffixes.value.filter(isLocalversion) : [];
  const recorded = readRecorded(root, tree, version, ['Makefile', '.config', ...files]);
  if (recorded.known) return recorded;
  return chainFact(version, (numbers) =>
    chainFact(readSuffix(root, tree, numbers, config, files), (suffix) =>
      checked(`${versionText(numbers)}${suffix}`, version, tree),
    ),
  );
}

function readRecorded(
  root: Root,
  tree: string,
  version: Fact<KernelVersion>,
  inputs: readonly string[],
): Fact<string> {
  const path = `${tree}/${RECORD}`;
  return chainFact(root.stat(path), (record) => {
    const newer = inputs.some((input) => {
      const stat = root.stat(`${tree}/${input}`);
      return stat.known && stat.value.mtime > record.mtime;
    });
    if (newer) return unknown('no-data', `${path} is older than what goes into it`);
    return chainFact(root.readText(path, LIMIT), (text) => checked(text.trim(), version, path));
  });
}

function readSuffix(
  root: Root,
  tree: string,
  version: KernelVersion,
  config: Fact<KernelConfig>,
  files: readonly string[],
): Fact<string> {
  // Without .config the tree would be built with the defaults, without CONFIG_LOCALVERSION.
  if (!config.known && config.code !== 'missing') return config;
  const options = config.known ? config.value.options : {};
  const automatic = !config.known || options.LOCALVERSION_AUTO === 'y';
  const parts = files.map((name) => readOrEmpty(root, `${tree}/${name}`));
  return chainFact(readRevision(root, tree, version, automatic), (revision) =>
    known([...parts, options.LOCALVERSION ?? '', revision].join('')),
  );
}

/** The part from version control: with LOCALVERSION_AUTO the revision, without it a plus for an untagged one. */
function readRevision(root: Root, tree: string, version: KernelVersion, automatic: boolean): Fact<string> {
  // Until 6.2 a file .scmversion, often empty, could replace version control.
  if (version.version < 6 || (version.version === 6 && version.patchlevel < 3)) {
    const saved = root.readText(`${tree}/.scmversion`, LIMIT);
    if (saved.known) return known(automatic ? saved.value.trimEnd() : saved.value.trim() && '+');
  }
  if (!root.lstat(`${tree}/.git`).known) return known('');
  return unknown(
    'no-data',
    `the release of ${tree} depends on its git revision: run make kernelrelease there`,
  );
}

function isLocalversion(name: string): boolean {
  return name.startsWith('localversion') && !name.includes('~');
}

function readOrEmpty(root: Root, path: string): string {
  const text = root.readText(path, LIMIT);
  return text.known ? text.value.replace(/\n+$/, '') : '';
}

/** A release that does not begin with the Makefile's version belongs to another kernel, or is none. */
function checked(release: string, version: Fact<KernelVersion>, where: string): Fact<string> {
  const start = version.known ? `${version.value.version}.${version.value.patchlevel}` : '';
  const isOfVersion =
    release.startsWith(start) && !/^\d/.test(start === '' ? '' : release.slice(start.length));
  return isReleaseName(release) && isOfVersion
    ? known(release)
    : unknown('malformed', `${where} has no valid kernel release`);
}
