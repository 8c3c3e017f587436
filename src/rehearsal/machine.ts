import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A machine that QEMU plays: which program does, what it is called with, and the kernel's name for its serial line. */
export interface GuestMachine {
  readonly program: string;
  readonly words: readonly string[];
  readonly console: string;
}

/**
 * The machine of an architecture, by Node's name of it; null: there is no guest for it. The PC has a port for debugging,
 * which needs no driver. The ARM one has a serial line alone: semihosting would need no driver either, and would let the
 * guest open files of the host.
 */
export function guestMachine(arch: NodeJS.Architecture): GuestMachine | null {
  switch (arch) {
    case 'x64':
      return {
        program: 'qemu-system-x86_64',
        words: [
          '-machine',
          'pc',
          '-device',
          'isa-debugcon,iobase=0xe9,chardev=report',
          ...serial('isa-serial'),
        ],
        console: 'ttyS0',
      };
    case 'arm64':
      return {
        program: 'qemu-system-aarch64',
        // With KVM the interrupt controller must be the host's; `max` takes that, and a new one without.
        words: ['-machine', 'virt,gic-version=max', '-serial', 'chardev:report'],
        console: 'ttyAMA0',
      };
    default:
      return null;
  }
}

function serial(device: string): string[] {
  return ['-device', `${device},chardev=report`];
}

/** Where a program of this name is on the PATH; null: nowhere. */
export function findProgram(path: string, name: string): string | null {
  for (const directory of path.split(delimiter)) {
    const file = join(directory, name);
    if (directory !== '' && isExecutable(file)) return file;
  }
  return null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface GuestFiles {
  /** Paths that QEMU opens. */
  readonly kernel: string;
  readonly archive: string;
  readonly archiveSize: number;
}

const MIB = 1024 * 1024;

/**
 * What QEMU is called with. KVM is tried first where that is wanted, and QEMU itself goes on without it where it does
 * not work. No network, no disk, no display; `-sandbox` where `confined`: not every QEMU is built with it.
 */
export function qemuWords(
  machine: GuestMachine,
  { kernel, archive, archiveSize }: GuestFiles,
  options: { readonly kvm: boolean; readonly confined: boolean; readonly words: readonly string[] },
): string[] {
  // The archive, what it is unpacked to (half of the memory at most), and the kernel with its modules.
  const memory = Math.min(8192, 512 + 5 * Math.ceil(archiveSize / MIB));
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-nic', 'none'],
    ...(options.confined
      ? ['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny']
      : []),
    ...(options.kvm ? ['-accel', 'kvm'] : []),
    // What is translated is kept in 64 MiB; by itself it takes a GiB.
    ...['-accel', 'tcg,tb-size=64', '-cpu', 'max', '-smp', '1', '-m', `${memory}M`],
    ...['-chardev', 'stdio,id=report,mux=on,signal=off', ...machine.words],
    ...['-kernel', kernel, '-initrd', archive, '-append', kernelWords(machine, options.words).join(' ')],
  ];
}

/**
 * Only what is about to kill the kernel goes to its console; all else is read in its log, which is large enough for
 * what initcall_debug says. A panic ends QEMU.
 */
function kernelWords({ console }: GuestMachine, words: readonly string[]): string[] {
  const own = ['rdinit=/aufswatch-init', `console=${console}`, 'quiet', 'loglevel=1', 'panic=-1'];
  return [...own, 'initcall_debug', 'log_buf_len=4M', ...words];
}

/** The group that may use /dev/kvm, where it is not for all; null: for all, for root alone, or it is not there. */
export function kvmGroup(): number | null {
  try {
    const { mode, gid } = statSync('/dev/kvm');
    return (mode & 0o006) !== 0o006 && (mode & 0o060) === 0o060 && gid !== 0 ? gid : null;
  } catch {
    return null;
  }
}
