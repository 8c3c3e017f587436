import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { knownCommands } from '../src/cli/commands.ts';
import { bashCompletion } from '../src/cli/completion/bash.ts';
import { fishCompletion } from '../src/cli/completion/fish.ts';
import { commandGrammar } from '../src/cli/completion/grammar.ts';
import { zshCompletion } from '../src/cli/completion/zsh.ts';
import { PACKAGED_AT } from '../src/setup/packaged.ts';
import { MAN_PAGES, manPage } from './man/pages.ts';
import { PRODUCTION_FILES, productionModules } from './production-modules.ts';

/**
 * The parts that can be left out: `systemd`, its units; `openrc`, the init script and its files; `desktop`, the files that
 * start the agent; `uninstall`, which package managers leave out.
 */
export const OPTIONAL_PARTS = ['systemd', 'openrc', 'desktop', 'uninstall'] as const;
export type OptionalPart = (typeof OPTIONAL_PARTS)[number];

/** A file to be installed. `link`: a symlink to that target. The file is left out if any of its parts is left out. */
export interface StagedFile {
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer | { readonly link: string };
  readonly parts: readonly OptionalPart[];
}

/** The directory of the program. `setup` finds the hooks in it. */
export const HOME = '/usr/lib/aufswatch';

const GRAMMAR = commandGrammar(await knownCommands());

/** All files of an installation, from a built package. `documents`: the name of their directory under /usr/share/doc. */
export function layout(packageDirectory: string, documents: string): StagedFile[] {
  const from = (path: string): Buffer => readFileSync(join(packageDirectory, path));
  const home = ['dist', 'hooks', 'systemd', 'openrc', ...productionModules(packageDirectory)].flatMap((top) =>
    filesUnder(packageDirectory, top).map((path) => staged(`${HOME}/${path}`, from(path), modeOf(path))),
  );
  return [
    ...home,
    ...['package.json', ...PRODUCTION_FILES].map((path) => staged(`${HOME}/${path}`, from(path))),
    link('/usr/bin/aufswatch', '../lib/aufswatch/dist/aufswatch.cjs'),
    ...Object.entries(PACKAGED_AT).map(([source, path]) => ({
      ...staged(path, from(source), modeOf(source)),
      parts: partsOf(source),
    })),
    ...MAN_PAGES.map((name) =>
      text(`/usr/share/man/man${name.at(-1)}/${name}`, manPage(packageDirectory, name)),
    ),
    text('/usr/share/bash-completion/completions/aufswatch', bashCompletion(GRAMMAR)),
    text('/usr/share/zsh/site-functions/_aufswatch', zshCompletion(GRAMMAR)),
    text('/usr/share/fish/vendor_completions.d/aufswatch.fish', fishCompletion(GRAMMAR)),
    ...['README.md', 'CHANGELOG.md', 'LICENSE', ...filesUnder(packageDirectory, 'doc')].map((path) =>
      staged(`/usr/share/doc/${documents}/${path.replace(/^doc\//, '')}`, from(path)),
    ),
    { ...staged(`${HOME}/uninstall`, from('packaging/uninstall'), 0o755), parts: ['uninstall'] },
  ];
}

function filesUnder(packageDirectory: string, top: string): string[] {
  const entries: Dirent[] = readdirSync(join(packageDirectory, top), {
    recursive: true,
    withFileTypes: true,
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(packageDirectory.length + 1))
    .sort();
}

/** Files that are executed get 0755. The modes of the checkout do not count, because a copy may have lost them. */
function modeOf(path: string): number {
  const isProgram =
    path === 'dist/aufswatch.cjs' ||
    path === 'openrc/aufswatch.initd' ||
    path === 'hooks/portage/post_emerge';
  return isProgram || path.startsWith('hooks/kernel/') ? 0o755 : 0o644;
}

function partsOf(source: string): OptionalPart[] {
  if (source === 'hooks/desktop/aufswatch-agent.desktop') return ['desktop'];
  if (source === 'systemd/aufswatch-agent.service') return ['desktop', 'systemd'];
  if (source.startsWith('openrc/')) return ['openrc'];
  return source.startsWith('systemd/') ? ['systemd'] : [];
}

function staged(path: string, content: Buffer, mode = 0o644): StagedFile {
  return { path, mode, content, parts: [] };
}

function text(path: string, content: string): StagedFile {
  return staged(path, Buffer.from(content));
}

function link(path: string, target: string): StagedFile {
  return { path, mode: 0o777, content: { link: target }, parts: [] };
}
