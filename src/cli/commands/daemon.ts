import { readStampedSettings } from '../../config/stamped-settings.ts';
import { awaitRoot } from '../../daemon/await-root.ts';
import { runDaemon } from '../../daemon/daemon.ts';
import { createLog } from '../../daemon/log.ts';
import { pathsFor } from '../../daemon/paths-for.ts';
import { serviceManager } from '../../daemon/service-manager.ts';
import { garbageCollector, keepHeapSmall } from '../../daemon/small-heap.ts';
import { command, type Invocation, type Program } from '../command.ts';
import { flag } from '../definition.ts';
import { endByHangUp, hasHungUp, isOnTerminal } from '../hang-up.ts';
import { openDirectory } from '../root-directory.ts';

/** `aufswatch daemon`: runs until SIGTERM or SIGINT. SIGHUP: read the configuration. SIGUSR1: scan. SIGUSR2: heartbeat. */
export const daemon = command(
  {
    description:
      'Follows the machine, records what happens and publishes the verdict. On SIGHUP it reads the configuration again, on SIGUSR1 it reads the machine at once, on SIGUSR2 it writes its heartbeat at once.',
    args: {},
    options: {
      once: flag('scan once, record and publish the result, and end'),
    },
  },
  runHere,
);

/** Runs the daemon in this process. Resolves to its exit status. */
export async function runHere(invocation: Invocation<{ readonly once: boolean }>): Promise<number> {
  keepHeapSmall();
  const { terminal, env, program } = invocation;
  const directory = invocation.options.root ?? '/';
  // No signal handler is set yet, so SIGTERM ends this wait.
  await awaitRoot(directory, (what) => terminal.fail(what));
  const opened = openDirectory(directory);
  if (!opened.ok) return terminal.fail(opened.message);
  // It starts this program again for each scan. Inside another program, that would start itself without end.
  if (program === null) throw new Error('the daemon runs in a process of its own alone');
  const root = opened.value.path;
  const { config } = invocation.options;
  const read = () => readStampedSettings(config, root, invocation.now());
  const settings = read();
  if (!settings.ok) {
    for (const mistake of settings.mistakes) terminal.fail(mistake);
    return 1;
  }
  const abort = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => abort.abort());
  const onTerminal = isOnTerminal();
  let hungUp = false;
  const { log } = await createLog(settings.value.log, terminal.interactive, env);
  const exit = await runDaemon({
    root,
    paths: pathsFor(env, process.getuid?.() ?? 0, root),
    settings,
    readSettings: read,
    manager: serviceManager(env, process.pid),
    log,
    program,
    rehearseCommand: rehearseCommand(env, program, root, invocation.options.config),
    now: invocation.now,
    once: invocation.options.once,
    tidy: garbageCollector(),
    signal: abort.signal,
    onRequest: (handler) => {
      // SIGHUP also means that the terminal was closed; the process would go on running unseen.
      process.on('SIGHUP', () => {
        hungUp = hasHungUp(onTerminal);
        if (hungUp) abort.abort();
        else handler('reload');
      });
      process.on('SIGUSR1', () => handler('scan'));
      process.on('SIGUSR2', () => handler('beat'));
    },
  });
  if (hungUp) endByHangUp();
  return exit;
}

/**
 * The command of an automatic rehearsal. systemd's unit of the daemon may not change its user and has no /dev/kvm. There
 * the rehearsal is a unit of its own, which ends with the daemon's.
 */
function rehearseCommand(
  env: NodeJS.ProcessEnv,
  program: Program,
  root: string,
  config: string | null,
): [string, ...string[]] {
  const own = [...program, 'rehearse', '--root', root];
  const words = config === null ? own : [...own, '--config', config];
  if (!env.NOTIFY_SOCKET || process.getuid?.() !== 0) return ['nice', '-n', '19', ...words];
  const unit = ['--quiet', '--wait', '--collect', '--unit=aufswatch-rehearsal', '--property=Nice=19'];
  // The directories of the daemon, which systemd passes in its environment.
  const places = ['STATE_DIRECTORY', 'RUNTIME_DIRECTORY'].flatMap((name) =>
    env[name] ? [`--setenv=${name}=${env[name]}`] : [],
  );
  return ['systemd-run', ...unit, ...places, '--property=BindsTo=aufswatch.service', '--', ...words];
}
