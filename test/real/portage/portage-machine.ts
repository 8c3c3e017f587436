import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { parseEventLine } from '../../../src/inbox/event-line.ts';
import type { PortageEvent } from '../../../src/model/event.ts';
import { PROGRAM } from '../../support/program.ts';
import { endBeforeRemoval, layOut, temporaryDirectory } from '../../support/temporary.ts';
import { until } from '../../support/wait.ts';
import { portageCheckout } from './checkout.ts';
import { layOutRepository } from './repository.ts';

/** Mounts over /etc, /usr, /var and /run. Nothing of it is visible outside, and all changes disappear with it. */
const SCRIPT = `
set -eu
work=$1
mount -t tmpfs none /run
mount -t tmpfs none "$work/upper"
for top in etc usr; do
  mkdir "$work/upper/$top" "$work/upper/work-$top"
  mount -t overlay overlay \\
    -o "lowerdir=$work/$top:/$top,upperdir=$work/upper/$top,workdir=$work/upper/work-$top" "/$top"
done
mount --bind "$work/var" /var
mount -t tmpfs none /var/tmp
: >"$work/ready"
exec sleep infinity
`;

const MAKE_CONF = `
FEATURES="-sandbox -usersandbox -userpriv -userfetch -usersync -network-sandbox -ipc-sandbox -pid-sandbox -mount-sandbox -news"
PORTAGE_ELOG_CLASSES="warn"
PORTAGE_ELOG_SYSTEM="save"
EMERGE_DEFAULT_OPTS="--nodeps --oneshot --color=n --quiet-build=n"
USE="kernel-patch"
MAKEOPTS="-j1"
`;

export interface Ran {
  readonly status: number | null;
  readonly out: string;
}

/** A machine with a real Portage, a repository of our own and the hooks as `aufswatch setup` installs them. */
export interface PortageMachine {
  /** Runs a sh command inside; stdout and stderr together. */
  run(script: string): Ran;
  /** The sh command that calls emerge with these words. */
  command(...words: readonly string[]): string;
  /** `emerge` with these words. */
  emerge(...words: readonly string[]): Ran;
  /** `ebuild` with these words. */
  ebuild(...words: readonly string[]): Ran;
  /** The events that the hooks have left since the last call. */
  events(): PortageEvent[];
  /** A file of it. */
  read(path: string): string;
}

/** `work`: an empty directory. */
export async function portageMachine(work = temporaryDirectory()): Promise<PortageMachine> {
  const checkout = portageCheckout() ?? '';
  for (const top of [
    'etc',
    'usr',
    'upper',
    'var/db/pkg',
    'var/cache',
    'var/log',
    'var/lib/portage',
    'var/tmp',
  ])
    mkdirSync(join(work, top), { recursive: true });
  layOutRepository(work);
  layOut(work, {
    'etc/portage/make.conf': `${MAKE_CONF}TEST_TREES="${work}/trees"\nTEST_PATCHES="${work}/patches"\n`,
    'etc/portage/repos.conf': '[DEFAULT]\nmain-repo = gentoo\n\n[gentoo]\nlocation = /var/db/repos/gentoo\n',
    'usr/share/portage/config/sets/portage.conf': readFileSync(join(checkout, 'cnf/sets/portage.conf')),
    'usr/bin/aufswatch': `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`,
  });
  for (const name of ['passwd', 'group']) copyFileSync(`/etc/${name}`, join(work, 'etc', name));
  if (!readFileSync('/etc/passwd', 'utf8').includes('\nportage:')) {
    const append = { flag: 'a' };
    writeFileSync(join(work, 'etc/passwd'), 'portage:x:250:250::/var/tmp/portage:/bin/false\n', append);
    writeFileSync(join(work, 'etc/group'), 'portage:x:250:portage\n', append);
  }
  const inside = await start(work);
  const env = { PATH: process.env.PATH, HOME: '/root', LC_ALL: 'C.UTF-8', ROOTPATH: '/usr/sbin:/usr/bin' };
  const run = (script: string): Ran => {
    const words = ['-t', inside, '-m', '-p', '--wd=/', 'sh', '-c', `exec 2>&1; ${script}`];
    const { status, stdout } = spawnSync('nsenter', words, { env, encoding: 'utf8', timeout: 300_000 });
    // Portage colours its stars in any case.
    return { status, out: stripVTControlCharacters(stdout) };
  };
  run('chmod 755 /usr/bin/aufswatch; ln -s /var/db/repos/gentoo/profiles/default /etc/portage/make.profile');
  const inbox = join(work, 'var/lib/aufswatch/inbox');
  let read = 0;
  const tool = (name: string, words: readonly string[]): string =>
    `python3 '${checkout}/bin/${name}' ${words.map((word) => `'${word}'`).join(' ')}`;
  const command = (...words: readonly string[]): string => tool('emerge', words);
  return {
    run,
    command,
    emerge: (...words) => run(command(...words)),
    ebuild: (...words) => run(tool('ebuild', words)),
    events: () => {
      const lines = existsSync(inbox) ? readFileSync(inbox, 'utf8').split('\n').slice(0, -1) : [];
      const fresh = lines.slice(read);
      read = lines.length;
      return fresh.map((line) => {
        const event = parseEventLine(line);
        if (event?.kind !== 'portage') throw new Error(`not an event: ${line}`);
        return event;
      });
    },
    read: (path) => run(`cat '${path}'`).out,
  };
}

/** Starts the namespaces; resolves to the PID, outside, of the process that holds them. */
async function start(work: string): Promise<string> {
  const words = ['-m', '-p', '-f', '--mount-proc', '--kill-child', 'sh', '-c', SCRIPT, 'sh', work];
  const holder = spawn('unshare', words, { stdio: 'inherit' });
  endBeforeRemoval(() => void holder.kill('SIGKILL'));
  await until('the namespaces are ready', () => existsSync(join(work, 'ready')));
  const children = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').trim();
  return children.split(' ')[0] ?? '';
}
