import { type Fact, known, mapFact, unknown } from '../../model/fact.ts';
import { lazy } from '../lazy.ts';
import { isOfSystem } from '../process-owner.ts';
import { commandLine, listProcesses, type Process } from '../processes.ts';
import type { Root } from '../root.ts';

/** A make that builds a kernel. */
export interface Make {
  readonly process: Process;
  /** Its working directory, where it writes. */
  readonly directory: string;
}

/**
 * All make processes that build a kernel now, from /proc. Not those that configure, clean or install, that build an
 * external module (M=) or elsewhere (O=; its sub-make counts), nor the children of these. Only root, Portage's user
 * and the owner of a directory build a kernel there. Unknown: the root is not the host's, or processes of other users
 * cannot be read.
 */
export function findMakes(root: Root, listed?: ReturnType<typeof listProcesses>): Fact<readonly Make[]> {
  if (!root.isHost) return unknown('not-running-here', 'the root is not that of the running system');
  const all = listed ?? listProcesses(root);
  if (!all.known) return all;
  const makes: Make[] = [];
  for (const process of all.value.values()) {
    if (!isMake(process) || !isKernelBuild(root, process, all.value)) continue;
    const cwd = root.readLink(`/proc/${process.pid}/cwd`);
    if (cwd.known) {
      if (isOfSystem(root, process, ownerOf(root, cwd.value))) makes.push({ process, directory: cwd.value });
    }
    // The process may have ended meanwhile.
    else if (cwd.code !== 'missing') return cwd;
  }
  return known(makes);
}

/** The directories that they work in. Read at the first call and then remembered, for one scan. */
export function lazyMakes(root: Root): () => Fact<readonly string[]> {
  return lazy(() => mapFact(findMakes(root), (makes) => makes.map(({ directory }) => directory)));
}

function ownerOf(root: Root, directory: string): number | null {
  const stat = root.stat(directory);
  return stat.known ? stat.value.owner : null;
}

function isMake({ name }: Process): boolean {
  return name === 'make' || name === 'gmake';
}

function isKernelBuild(root: Root, process: Process, processes: ReadonlyMap<number, Process>): boolean {
  if (argumentsOf(root, process).some((word) => /^(O|KBUILD_OUTPUT)=/.test(word))) return false;
  return lineage(process, processes)
    .filter(isMake)
    .every((make) => buildsKernel(argumentsOf(root, make)));
}

/** The process and its ancestors. PIDs are reused, so the chain may contain a loop. */
function lineage(process: Process, processes: ReadonlyMap<number, Process>): Process[] {
  const line = new Set<Process>();
  for (let at: Process | undefined = process; at !== undefined && !line.has(at); ) {
    line.add(at);
    at = processes.get(at.parent);
  }
  return [...line];
}

function argumentsOf(root: Root, process: Process): readonly string[] {
  return commandLine(root, process).slice(1);
}

const NO_BUILD =
  /config$|clean$|^mrproper$|install$|^help$|^kernel(release|version)$|^image_name$|^(tags|TAGS|cscope|gtags)$|^headers|^modules_prepare$/;
const TAKES_A_WORD = /^-[CfIoWE]$|^--(directory|file|makefile|include-dir|eval|assume-old|assume-new)$/;

/** Do these arguments of make build a kernel? Only the arguments are considered. */
export function buildsKernel(words: readonly string[]): boolean {
  const targets: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (/^(M|KBUILD_EXTMOD|SUBDIRS)=./.test(word)) return false;
    if (TAKES_A_WORD.test(word)) index++;
    else if (!word.startsWith('-') && !word.includes('=') && !/^\d+$/.test(word)) targets.push(word);
  }
  return targets.length === 0 || !targets.every((target) => NO_BUILD.test(target));
}
