import type { Kernel } from './kernel/kernel.ts';
import { loadAnswer } from './load-answer.ts';
import { matrixOf } from './matrix.ts';
import type { Situation } from './situation.ts';
import { listed } from './words.ts';

/**
 * The report at the moment of a kernel's installation, one string a line: does it carry AUFS, and which modules will not load
 * on it. `situation.next` is that kernel. What is not known is left out.
 */
export function installedKernelReport(situation: Situation): string[] {
  const kernel = situation.next;
  if (kernel === null) return [];
  return [...patchLine(situation, kernel), ...moduleLines(situation, kernel)];
}

function patchLine({ wanted }: Situation, kernel: Kernel): string[] {
  const { base } = kernel.carries;
  if (wanted.answer === 'no' || !base.known) return [];
  return base.value
    ? [`${kernel.name} carries the AUFS patches.`]
    : [`${kernel.name} is without the AUFS patches: AUFS will not work on it.`];
}

function moduleLines(situation: Situation, kernel: Kernel): string[] {
  if (modulesDue(kernel)) return ['Its modules are not installed yet: now run make modules_install'];
  const refused = matrixOf(situation).rows.flatMap(({ module }) => {
    const answer = loadAnswer(kernel, module);
    return answer.is === 'no' ? [`${module} will not load on it: ${answer.why}.`] : [];
  });
  return [
    ...(refused.length === 0 ? [] : [...refused, 'What to do: aufswatch plan']),
    ...rehearsalLine(situation, kernel),
  ];
}

/** What cannot be predicted can be rehearsed. */
function rehearsalLine(situation: Situation, kernel: Kernel): string[] {
  const open = matrixOf(situation).rows.flatMap(({ module }) =>
    loadAnswer(kernel, module).is === 'unknown' ? [module] : [],
  );
  const { release } = kernel.identity;
  if (open.length === 0 || !release.known) return [];
  return [
    `Whether ${listed(open)} will load on it cannot be foretold. To try it: aufswatch rehearse --kernel ${release.value}`,
  ];
}

/** Are the modules under /lib/modules older than this kernel? */
function modulesDue(kernel: Kernel): boolean {
  if (kernel.abi.modules.known && !kernel.abi.modules.value) return false;
  if (kernel.modules === null) return kernel.identity.release.known;
  const { installedAt } = kernel.modules;
  const builtAt = compiledAt(kernel);
  return installedAt.known && builtAt !== null && installedAt.value < builtAt;
}

/** ms; UTS_VERSION ends with the date of the compilation (scripts/mkcompile_h). */
function compiledAt({ build, identity }: Kernel): number | null {
  if (build?.builtAt.known) return build.builtAt.value;
  const date = identity.utsVersion.known
    ? /[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ [\d:]{8} UTC \d{4}$/.exec(identity.utsVersion.value)
    : null;
  const at = date === null ? Number.NaN : Date.parse(date[0]);
  return Number.isNaN(at) ? null : at;
}
