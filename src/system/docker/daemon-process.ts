import type { Root } from '../root.ts';
import { DOCKER_SOCKET } from './ask-docker.ts';

/** The running dockerd of the system. */
export interface DaemonProcess {
  readonly pid: string;
  /** Without the program. */
  readonly args: readonly string[];
  /** DOCKER_DRIVER of its environment, which overrides every option; null: not set, or not readable. */
  readonly driverVariable: string | null;
}

const PID_FILES = ['/run/docker.pid', '/var/run/docker.pid'];
const COMMAND_LINE_MAX = 128 * 1024;

/**
 * Finds the running dockerd by its pid file, else, if its socket exists, by the command lines of all processes; null: not
 * found.
 */
export function findDaemon(root: Root): DaemonProcess | null {
  for (const file of PID_FILES) {
    const text = root.readText(file, 64);
    const pid = text.known ? text.value.trim() : '';
    const daemon = /^\d+$/.test(pid) ? daemonOf(root, pid) : null;
    if (daemon !== null) return daemon;
  }
  // Without a socket, reading hundreds of command lines is not worth it.
  if (root.isHost && !root.lstat(DOCKER_SOCKET).known) return null;
  const processes = root.list('/proc');
  if (!processes.known) return null;
  for (const pid of processes.value) {
    if (root.expired()) return null;
    const daemon = /^\d+$/.test(pid) ? daemonOf(root, pid) : null;
    if (daemon !== null) return daemon;
  }
  return null;
}

function daemonOf(root: Root, pid: string): DaemonProcess | null {
  const commandLine = root.readText(`/proc/${pid}/cmdline`, COMMAND_LINE_MAX);
  if (!commandLine.known) return null;
  const [program = '', ...args] = commandLine.value.replace(/\0$/, '').split('\0');
  if (program.slice(program.lastIndexOf('/') + 1) !== 'dockerd' || isRootless(root, pid)) return null;
  const environment = root.readText(`/proc/${pid}/environ`, COMMAND_LINE_MAX);
  const variable = environment.known
    ? environment.value.split('\0').find((entry) => entry.startsWith('DOCKER_DRIVER='))
    : undefined;
  return { pid, args, driverVariable: variable?.slice('DOCKER_DRIVER='.length) || null };
}

/** A user's own dockerd (dockerd-rootless.sh) has its own configuration and data root. */
function isRootless(root: Root, pid: string): boolean {
  const status = root.readText(`/proc/${pid}/status`, 64 * 1024);
  return status.known && /^Uid:\s+[1-9]/m.test(status.value);
}
