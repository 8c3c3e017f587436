import { accessSync, constants, lstatSync, statfsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { INBOX } from '../inbox/read-inbox.ts';
import type { LedgerFailure } from '../ledger/failure.ts';
import { commandText } from '../model/command-text.ts';
import { isAlive } from '../published/file.ts';
import type { DaemonStatus } from '../published/read.ts';
import { unreadText } from '../published/unread.ts';
import { readPortage } from '../system/portage/read-portage.ts';
import type { Root } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import { VERSION } from '../version.ts';
import { bad, type Check, ok, unknown } from './check.ts';
import { type GuardInForce, guardChecks } from './guard-checks.ts';
import { initOf } from './machine.ts';
import { hookStates, isPortageSetUp } from './missing-hooks.ts';
import { hookSince, lastHookWrite, unreportedMerge } from './unreported-merge.ts';

export interface DoctorInput {
  readonly root: Root;
  /** The daemon's state directory, on the host. */
  readonly state: string;
  /** What the daemon last published; null: nothing, or not readable. */
  readonly published: Pick<DaemonStatus, 'program' | 'pid' | 'heartbeatMs' | 'findings' | 'unread'> | null;
  /** Is there a process with this ID? */
  isProcess(pid: number): boolean;
  /** Why the configuration cannot be used; null: it can. */
  readonly configuration: string | null;
  /** The last recorded event of the hook of emerge, ms; null: none. */
  readonly lastHookEvent: number | null;
  /** Why the ledger cannot be used; null: it can. */
  readonly ledger: { readonly failure: LedgerFailure; readonly text: string } | null;
  readonly path: string;
  /** What the guard before a reboot depends on. */
  readonly guard: GuardInForce;
  /** Why nothing can be rehearsed; null: it can. */
  readonly rehearsal: string | null;
  /** The command that sets up what is missing. */
  readonly setup: string;
  /** The command that runs the daemon for this root. */
  readonly daemon: string;
  readonly now: number;
}

/** All checks, in the order in which they are printed. */
export function doctorChecks(input: DoctorInput): Check[] {
  return [
    // First: without Portage most of the other checks fail as well.
    portageCheck(input),
    ...(input.configuration === null
      ? []
      : [
          bad(
            `the configuration is wrong: ${input.configuration}`,
            'mend that file: the daemon does not start with it',
          ),
        ]),
    ...(isPortageSetUp(input.root) ? [...hookChecks(input), ...unreportedChecks(input)] : []),
    commandCheck(input),
    inboxCheck(input),
    daemonCheck(input),
    watchCheck(input),
    ledgerCheck(input),
    notifyCheck(input),
    ...guardChecks(input.guard, input.root, input.setup),
    rehearsalCheck(input),
  ];
}

function hookChecks({ root, setup }: DoctorInput): Check[] {
  return hookStates(root).map(({ name, target, state }) => {
    if (state === 'in-place') return ok(`${name} is in place`);
    const what = state === 'old' ? 'is not the one of this version' : 'is not in place';
    return bad(`${name} ${what} (${target})`, setup);
  });
}

/** An installed hook may still not run, as after a `return` above it in bashrc. So the merges are compared with it. */
function unreportedChecks({ root, state, lastHookEvent }: DoctorInput): Check[] {
  const { packages } = readPortage(root).facts;
  const unreported = unreportedMerge({
    since: hookSince(root),
    packages,
    lastEvent: lastHookWrite(state, lastHookEvent),
  });
  if (unreported === null) return [];
  const what = `the hook in bashrc did not report the merge of ${unreported.cpv}`;
  return [bad(what, 'look for what ends /etc/portage/bashrc above the block of aufswatch')];
}

function commandCheck({ root, path }: DoctorInput): Check {
  if (!root.isHost)
    return unknown('whether the hooks find the command aufswatch cannot be told from outside');
  return onPath(path, 'aufswatch')
    ? ok('the hooks find the command aufswatch')
    : bad('the command aufswatch is not on the PATH: the hooks are silent', 'link it to /usr/bin/aufswatch');
}

function inboxCheck({ state, setup }: DoctorInput): Check {
  try {
    accessSync(state, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    if (code === 'EACCES') return unknown(`whether the hooks can write to ${state} is for root to see`);
    if (code === 'ENOENT') return bad(`${state} is missing: the hooks cannot report merges`, setup);
    return bad(`${state} cannot be written (${code})`, `look at ${state} and its file system`);
  }
  const path = join(state, INBOX);
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (isFull(state)) return bad(`the disk of ${state} is full: nothing can be recorded`, `df -h ${state}`);
  if (there === undefined || there.isFile()) return ok(`the inbox in ${state} can be written`);
  return bad(`${path} is not a regular file`, 'look at what it is, and remove it');
}

function isFull(directory: string): boolean {
  const { blocks, bavail, files, ffree } = statfsSync(directory);
  // File systems that allocate inodes dynamically report 0 files.
  return (blocks > 0 && bavail === 0) || (files > 0 && ffree === 0);
}

function daemonCheck({ root, published, isProcess, daemon, now }: DoctorInput): Check {
  // The services of this machine do not look at another root.
  const serviceCommand = (verb: 'start' | 'restart'): string =>
    root.isHost
      ? SERVICE[initOf(root) ?? 'unknown'](verb)
      : verb === 'start'
        ? daemon
        : `end it, then: ${daemon}`;
  if (published === null) return bad('the daemon has not published anything', serviceCommand('start'));
  if (!isAlive(published, now)) {
    const age = Math.round((now - published.heartbeatMs) / 60_000);
    const since = age > 0 ? `for ${age} minutes` : 'since the clock was set back';
    return bad(`the daemon has not reported ${since}`, serviceCommand('start'));
  }
  // The process of another root may be in a container, which numbers processes itself.
  if (root.isHost && !isProcess(published.pid)) return bad('the daemon has ended', serviceCommand('start'));
  if (published.program !== VERSION)
    return bad(`the daemon that runs is still version ${published.program}`, serviceCommand('restart'));
  if (published.unread !== null) {
    const minutes = Math.max(1, Math.round((now - published.unread.sinceMs) / 60_000));
    const what = `the daemon cannot read this machine: ${unreadText(published.unread)}, for ${minutes} min`;
    return bad(what, 'look at that file system, and at the server or process that answers for it');
  }
  return ok('the daemon runs');
}

const SERVICE = {
  openrc: (verb: string) => `rc-service aufswatch ${verb}`,
  systemd: (verb: string) => `systemctl ${verb} aufswatch`,
  unknown: (verb: string) => `rc-service aufswatch ${verb}, or systemctl ${verb} aufswatch`,
} as const;

function watchCheck({ published }: DoctorInput): Check {
  const degraded = published?.findings.find(({ code }) => code === 'watch-degraded');
  if (published === null)
    return unknown('whether there are enough watches is not known: the daemon has published nothing');
  if (degraded === undefined) return ok('there are enough watches');
  const [step] = degraded.remedy;
  const command = step === undefined ? null : commandText(step);
  return bad(degraded.title, command ?? 'aufswatch explain watch-degraded');
}

function ledgerCheck({ ledger }: DoctorInput): Check {
  if (ledger === null) return ok('the ledger is sound');
  switch (ledger.failure) {
    case 'missing':
      return {
        mark: 'note',
        what: 'there is no ledger yet: the daemon makes it at its first start',
        remedy: null,
      };
    case 'denied':
      return unknown('whether the ledger is sound is for root to see');
    case 'damaged':
      return bad(ledger.text, 'restart the daemon: it recovers the ledger from its backups');
    case 'newer':
      return bad(ledger.text, 'emerge the newest app-portage/aufswatch, or move the ledger aside');
    default:
      return bad(ledger.text, 'look at that directory and its file system');
  }
}

function notifyCheck({ path }: DoctorInput): Check {
  if (onPath(path, 'notify-send')) return ok('notify-send is there, for notices on the desktop');
  const remedy = 'emerge x11-libs/libnotify, if this machine has a desktop';
  return { mark: 'note', what: 'notify-send is not there: no notices on the desktop', remedy };
}

function portageCheck({ root }: DoctorInput): Check {
  const versions = root.list('/var/db/pkg/sys-apps');
  const name = versions.known
    ? versions.value.find((entry) => /^portage-\d/.test(entry))?.replace('portage-', 'Portage ')
    : undefined;
  const { form } = readPortage(root).facts;
  if (!form.known)
    return bad(
      isPortageSetUp(root)
        ? `no installed packages can be read: ${form.detail}`
        : `no Portage here: ${form.detail}, and no /etc/portage/make.conf`,
      'is this a Gentoo system? --root DIR looks at another one',
    );
  return ok(`${name ?? 'Portage of unknown version'}, database in the ${form.value} form`);
}

/** Optional, so a note: without QEMU, some answers stay unknown until the reboot. */
function rehearsalCheck({ rehearsal }: DoctorInput): Check {
  if (rehearsal === null) return ok('aufswatch rehearse can boot a kernel in QEMU');
  const [what = '', remedy] = rehearsal.split(': ');
  return { mark: 'note', what: `nothing can be rehearsed: ${what}`, remedy: remedy ?? null };
}

function onPath(path: string, name: string): boolean {
  return path.split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return directory !== '';
    } catch {
      return false;
    }
  });
}
