import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '../../config/read-settings.ts';
import { SETTINGS_PATH } from '../../config/settings-path.ts';
import { rebootOkPath, statusPath } from '../../daemon/paths.ts';
import { pathsFor } from '../../daemon/paths-for.ts';
import { letRoot } from '../../daemon/root-guard.ts';
import { makeDirectory } from '../../files/make-directory.ts';
import { replaceFile } from '../../files/replace-file.ts';
import { errorCode } from '../../system/system-error.ts';
import { command } from '../command.ts';
import { flag } from '../definition.ts';
import { hint } from '../render/hint.ts';
import { plain } from '../render/style.ts';
import { rootMistake } from '../root-directory.ts';

/** `aufswatch reboot-ok`: lets the next reboot through the guard; --undo takes that back. */
export const rebootOk = command(
  {
    description:
      'Lets the next reboot through, although it would lose AUFS. Without it, [guard] in the configuration holds such a reboot up, and so does a shutdown wrapper that runs "check --before-reboot".',
    args: {},
    options: {
      undo: flag('hold reboots up again'),
    },
  },
  async (invocation) => {
    const { terminal, env } = invocation;
    const root = invocation.options.root ?? '/';
    const mistake = rootMistake(root);
    if (mistake !== null) return terminal.fail(`--root ${mistake}`);
    const paths = pathsFor(env, process.getuid?.() ?? 0, root);
    if (paths.refused !== null) return terminal.fail(paths.refused);
    const path = rebootOkPath(paths);
    if (process.getuid?.() !== 0 && !existsSync(statusPath(paths))) {
      return terminal.fail(
        'no daemon of yours runs, and the guard of the system obeys only root: run this as root',
      );
    }
    try {
      if (invocation.options.undo) rmSync(path, { force: true });
      else {
        makeDirectory(paths.runtime, 0o755);
        replaceFile(path, `${new Date(invocation.now()).toISOString()}\n`, 0o644);
        // The daemon does it as well, but too late for `aufswatch reboot-ok && systemctl reboot`.
        if (root === '/') await letRoot();
      }
    } catch (error) {
      const code = errorCode(error);
      if (code === null) throw error;
      return terminal.fail(`${path} cannot be changed: ${code}; run this as root`);
    }
    const { undo, config } = invocation.options;
    const settings = readSettings(config, root);
    const isOff = settings.ok && settings.value.guard.reboot === 'off';
    const back = `${hint('reboot-ok', invocation)} --undo`;
    terminal.out(plain(terminal, answer(undo, isOff ? (config ?? join(root, SETTINGS_PATH)) : null, back)));
    return 0;
  },
);

/** Without a guard only a script that runs `check --before-reboot` holds a reboot up. `back`: the command that undoes it. */
function answer(undo: boolean, configWithoutGuard: string | null, back: string): string {
  if (configWithoutGuard === null)
    return undo
      ? 'The guard holds reboots up again.\n'
      : `The next reboot is let through. To take it back: ${back}\n`;
  const what = undo ? 'holds reboots up again' : 'lets the next reboot through';
  return `There is no [guard] in ${configWithoutGuard}. A script that runs "aufswatch check --before-reboot" ${what}.\n`;
}
