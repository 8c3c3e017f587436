import type { About, Severity } from '../../model/finding.ts';
import { aboutKernel } from '../about-kernel.ts';
import { whichKernel } from '../kernels-that-count.ts';
import { type Maker, packageOf } from '../maker.ts';
import { moduleGoals } from '../module-goals.ts';
import { isUsed } from '../module-wishes.ts';
import type { Situation } from '../situation.ts';
import { listed, sentence } from '../words.ts';
import { entry } from './entry.ts';
import { failedModules, type ModulesArgs } from './failed-modules.ts';

/** A module that was put there by hand and is not used may be a leftover: that is no more than a warning. */
function severityOf({ situation, failed, kernel, maker }: ModulesArgs): Severity {
  const { optionalModules } = situation.snapshot.preferences;
  const optional = failed.every(
    ({ name }) => optionalModules.includes(name) || (maker.by === 'hand' && !isUsed(situation, name)),
  );
  return optional || kernel.role === 'running' ? 'warning' : 'critical';
}

function namesOf({ failed }: ModulesArgs): string {
  return listed(failed.map(({ name }) => name));
}

function about({ maker, kernel, failed }: ModulesArgs): Partial<About> {
  const modules = failed.map(({ name }) => name);
  return {
    kernel: aboutKernel(kernel),
    modules,
    package: packageOf(maker)?.cpv ?? null,
    nextBootLoses: kernel.role === 'running' ? [] : modules,
  };
}

export const moduleMissing = entry<ModulesArgs>({
  code: 'module-missing',
  meaning:
    'A module is missing for the running kernel, or for the one that boots next. It belongs to a package or to DKMS, or was made by hand and is in use.',
  severities: ['critical', 'warning'],
  followsFrom: ['kernel-not-rebuilt', 'kernel-not-installed', 'sources-not-running', 'own-modules-missing'],
  when: (situation) => failedModules(situation, 'missing'),
  severity: severityOf,
  title: (args) =>
    args.failed.length === 1
      ? `There is no ${namesOf(args)} module for ${whichKernel(args.situation, args.kernel)}`
      : `There are no modules ${namesOf(args)} for ${whichKernel(args.situation, args.kernel)}`,
  text: ({ situation, maker, failed: [first, ...others] }) => {
    const more = others.length === 0 ? '' : `, nor ${listed(others.map(({ name }) => name))}`;
    return `${hasIt(situation, maker, first.name)}, but ${first.answer.why}${more}.`;
  },
  about,
  goals: moduleGoals,
});

export const moduleWillNotLoad = entry<ModulesArgs>({
  code: 'module-will-not-load',
  meaning:
    'The kernel will refuse these modules: they were built for another build of the kernel. The reason is quoted as the kernel will log it.',
  severities: ['critical', 'warning'],
  followsFrom: ['kernel-not-rebuilt', 'config-changed-since-build', 'reboot-pending'],
  when: (situation) => failedModules(situation, 'refused'),
  severity: severityOf,
  title: (args) => `${namesOf(args)} will not load on ${whichKernel(args.situation, args.kernel)}`,
  text: ({ maker, failed: [first, ...others] }) => {
    const more =
      others.length === 0
        ? ''
        : ` "aufswatch kernels" shows why it refuses ${listed(others.map(({ name }) => name))}.`;
    const by = maker.by === 'hand' ? ' No package here builds it.' : '';
    return `${sentence(first.answer.why)}${by}${more}`;
  },
  about,
  goals: moduleGoals,
});

/** Why the module is wanted, as the beginning of a sentence. */
function hasIt({ snapshot }: Situation, maker: Maker, name: string): string {
  switch (maker.by) {
    case 'package':
      return `${maker.package.cpv} is installed`;
    case 'dkms':
      return `DKMS has ${maker.name}/${maker.version}`;
    case 'hand': {
      const { loaded } = snapshot.running;
      const isLoaded = loaded.known && loaded.value.includes(name);
      return `${name} is ${isLoaded ? 'loaded' : 'set to load at each boot'} and belongs to no package`;
    }
  }
}

interface BlockedArgs {
  readonly name: string;
  readonly file: string;
  readonly command: string;
  readonly wantedBy: string;
}

export const moduleBlocked = entry<BlockedArgs>({
  code: 'module-blocked',
  meaning:
    'modprobe.d replaces a module that this machine wants by another command: modprobe never loads the module.',
  severities: ['warning'],
  when: (situation) => {
    const wanted = wantedNames(situation);
    return situation.snapshot.boot.loading.replaced
      .filter(({ command }) => /^(?:\/(?:usr\/)?s?bin\/)?(?:true|false)\b|^:/.test(command))
      .flatMap(({ name, file, command }) => {
        const wantedBy = wanted.get(name);
        return wantedBy === undefined ? [] : [{ subject: name, args: { name, file, command, wantedBy } }];
      });
  },
  severity: () => 'warning',
  title: ({ name, file }) => `${name} is wanted, but ${file} keeps it from being loaded`,
  text: ({ name, command, wantedBy }) =>
    `modprobe runs ${command} instead of loading ${name}. It is wanted: ${wantedBy}.`,
  about: ({ name }) => ({ modules: [name], nextBootLoses: [name] }),
  goals: ({ name, file }) => [
    { is: 'done-by-hand', stage: 'modules', what: `remove "install ${name}" from ${file}` },
  ],
});

/** Module name → why it is wanted. */
function wantedNames({ wanted, snapshot }: Situation): Map<string, string> {
  const found = new Map(
    snapshot.boot.loading.wanted.map(({ name, file }) => [name, `${file} loads it at boot`]),
  );
  if (wanted.answer === 'yes') found.set('aufs', wanted.because[0] ?? 'configured');
  return found;
}
