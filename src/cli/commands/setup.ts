import { actionText } from '../../setup/action.ts';
import { applyActions } from '../../setup/apply.ts';
import { initOf, SetupError } from '../../setup/machine.ts';
import { planRemoval, planSetup } from '../../setup/plan-setup.ts';
import { findPackage } from '../../setup/shipped.ts';
import { openRoot, type Root } from '../../system/root.ts';
import { command } from '../command.ts';
import { flag } from '../definition.ts';
import { plain } from '../render/style.ts';
import { openDirectory } from '../root-directory.ts';

const START = {
  systemd: 'systemctl daemon-reload && systemctl enable --now aufswatch',
  openrc: 'rc-update add aufswatch default && rc-service aufswatch start',
} as const;

/** `aufswatch setup`: installs or removes the hooks and service files. */
export const setup = command(
  {
    description:
      'Installs the hooks of emerge, installkernel and kernel-install, the service file for the init system, and the files of the desktop; adds one marked block to /etc/portage/bashrc. When all is in place, it does nothing. With --remove it removes exactly that.',
    args: {},
    options: {
      'dry-run': flag('only print what would be done'),
      remove: flag('remove what setup installed'),
    },
  },
  (invocation) => {
    const { terminal } = invocation;
    const opened = openDirectory(invocation.options.root ?? '/');
    if (!opened.ok) return terminal.fail(opened.message);
    const packageDirectory = findPackage();
    if (packageDirectory === null)
      return terminal.fail('the hooks are not beside the program; install aufswatch again');
    const remove = invocation.options.remove;
    const dry = invocation.options['dry-run'];
    try {
      const root = opened.value;
      const plan = remove ? planRemoval(root, packageDirectory) : planSetup(root, packageDirectory);
      if (!dry) applyActions(root.path, plan);
      for (const action of plan)
        terminal.out(plain(terminal, `${dry ? 'would ' : ''}${actionText(action)}\n`));
      if (!plan.some(({ does }) => does !== 'leave'))
        terminal.out(remove ? 'Nothing of aufswatch is in place.\n' : 'All is in place.\n');
      else if (!remove && !dry) terminal.out(nextStep(openRoot(root.path)));
      return 0;
    } catch (error) {
      if (error instanceof SetupError) return terminal.fail(error.message);
      throw error;
    }
  },
);

function nextStep(root: Root): string {
  const init = root.isHost ? initOf(root) : null;
  return init === null ? '' : `Next: ${START[init]}\n`;
}
