import type { ModuleLoading, NamedThere } from '../../model/boot.ts';
import { moduleName } from '../../model/module-name.ts';
import type { Root } from '../root.ts';
import { parseAssignments, splitWords } from '../shell-assignments.ts';

/** In kmod's order: a file hides one of the same name in a later directory. */
const PREFIXES = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'];
const FILE_MAX = 256 * 1024;
const NAMES_MAX = 2000;

/** The modules that modprobe.d(5) forbids or replaces, and those that modules-load.d(5), OpenRC and Debian load at boot. */
export function readModuleLoading(root: Root): ModuleLoading {
  const unread: string[] = [];
  const blacklisted: NamedThere[] = [];
  const replaced: (NamedThere & { command: string })[] = [];
  for (const { path: file, text } of filesIn(root, 'modprobe.d', unread)) {
    for (const [command = '', name = '', ...rest] of linesOf(text).map((line) => line.split(/[ \t]+/))) {
      if (name === '') continue;
      if (command === 'blacklist') blacklisted.push({ name: moduleName(name), file });
      if (command === 'install') replaced.push({ name: moduleName(name), file, command: rest.join(' ') });
    }
  }
  return {
    blacklisted: blacklisted.slice(0, NAMES_MAX),
    replaced: replaced.slice(0, NAMES_MAX),
    wanted: wantedNames(root, unread).slice(0, NAMES_MAX),
    unread,
  };
}

/** The files of modprobe.d in the order in which kmod reads them, without comments. */
export function modprobeFiles(root: Root): { readonly path: string; readonly text: string }[] {
  return filesIn(root, 'modprobe.d', []).map(({ path, text }) => ({ path, text: linesOf(text).join('\n') }));
}

function wantedNames(root: Root, unread: string[]): NamedThere[] {
  const listed = [...filesIn(root, 'modules-load.d', unread), ...fileAt(root, '/etc/modules', unread)];
  const plain = listed.flatMap(({ path: file, text }) =>
    linesOf(text).flatMap((line) => {
      const name = line.startsWith(';') ? '' : (line.split(/[ \t]+/)[0] ?? '');
      return name === '' ? [] : [{ name: moduleName(name), file }];
    }),
  );
  const openrc = fileAt(root, '/etc/conf.d/modules', unread).flatMap(({ path: file, text }) =>
    [...parseAssignments(text)]
      .filter(([variable]) => /^modules(?:_|$)/.test(variable))
      .flatMap(([, value]) => splitWords(value))
      .map((name) => ({ name: moduleName(name), file })),
  );
  return [...plain, ...openrc];
}

interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** The `*.conf` of a directory below each prefix, without hidden ones, sorted by name. */
function filesIn(root: Root, directory: string, unread: string[]): TextFile[] {
  const chosen = new Map<string, string>();
  for (const place of PREFIXES.map((prefix) => `${prefix}/${directory}`)) {
    const names = root.list(place);
    if (!names.known && names.code !== 'missing') unread.push(place);
    for (const name of names.known ? names.value : [])
      if (name.endsWith('.conf') && !chosen.has(name)) chosen.set(name, `${place}/${name}`);
  }
  return [...chosen]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, path]) => fileAt(root, path, unread));
}

function fileAt(root: Root, path: string, unread: string[]): TextFile[] {
  const text = root.readText(path, FILE_MAX);
  if (text.known) return [{ path, text: text.value }];
  if (text.code !== 'missing') unread.push(path);
  return [];
}

/** Lines without comments and empty ones. A backslash at the end joins the next line. */
function linesOf(text: string): string[] {
  return text
    .replace(/\\\n/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
