import { actionText } from '../../setup/action.ts';
import { applyActions } from '../../setup/apply.ts';
import { initOf, SetupError } from '../../setup/machine.ts';
import { planRemoval, planSetup } from '../../setup/plan-setup.ts';
import { findPackage } from '../../setup/shipped.ts';
import { openRoot, type Root } from '../../system/root.ts';
import type { Invocation } from '../command.ts';
import { plain } from '../render/style.ts';
import { openDirectory } from '../root-directory.ts';

const START = {
  systemd: 'systemctl daemon-reload && systemctl enable --now aufswatch',
  openrc: 'rc-update add aufswatch default && rc-service aufswatch start',
} as const;

/** `aufswatch setup`: puts the hooks and service files in place, or takes them out. */
export function setup(invocation: Invocation): number {
  const { terminal } = invocation;
  const opened = openDirectory(invocation.option('root') ?? '/');
  if (!opened.ok) return terminal.fail(opened.message);
  const packageDirectory = findPackage();
  if (packageDirectory === null)
    return terminal.fail('the hooks of this package are not beside the program; install it again');
  const remove = invocation.flag('remove');
  const dry = invocation.flag('dry-run');
  try {
    const root = opened.value;
    const plan = remove ? planRemoval(root, packageDirectory) : planSetup(root, packageDirectory);
    if (!dry) applyActions(root.path, plan);
    for (const action of plan) terminal.out(plain(terminal, `${dry ? 'would ' : ''}${actionText(action)}\n`));
    if (!plan.some(({ does }) => does !== 'leave'))
      terminal.out(remove ? 'Nothing of aufswatch is in place.\n' : 'All is in place.\n');
    else if (!remove && !dry) terminal.out(nextStep(openRoot(root.path)));
    return 0;
  } catch (error) {
    if (error instanceof SetupError) return terminal.fail(error.message);
    throw error;
  }
}

function nextStep(root: Root): string {
  const init = root.isHost ? initOf(root) : null;
  return init === null ? '' : `Next: ${START[init]}\n`;
}
