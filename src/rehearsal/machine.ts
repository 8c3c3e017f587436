import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A machine that QEMU emulates: the program, its options, and the kernel's name of the serial line. */
export interface GuestMachine {
  readonly program: string;
  readonly words: readonly string[];
  readonly console: string;
}

/**
 * The machine for an architecture, by Node's name of it; null: there is no guest for it. The PC has a debug port, which
 * needs no driver. The ARM machine has only a serial line: semihosting would need no driver either, but would let the
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
        // With KVM the interrupt controller must match the host; `max` takes that one, and the newest without KVM.
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

/** Path of the first program with this name on the PATH; null: there is none. */
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
  /** Paths of the files that QEMU opens. */
  readonly kernel: string;
  readonly archive: string;
  readonly archiveSize: number;
}

const MIB = 1024 * 1024;

/**
 * The options of QEMU. `kvm`: try KVM first; QEMU itself falls back to emulation. `confined`: use `-sandbox`, which not
 * every QEMU supports. There is no network, no disk and no display.
 */
export function qemuWords(
  machine: GuestMachine,
  { kernel, archive, archiveSize }: GuestFiles,
  options: { readonly kvm: boolean; readonly confined: boolean; readonly words: readonly string[] },
): string[] {
  // Room for the archive, its unpacked files (at most half of the memory), and the kernel with its modules.
  const memory = Math.min(8192, 512 + 5 * Math.ceil(archiveSize / MIB));
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-nic', 'none'],
    ...(options.confined
      ? ['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny']
      : []),
    ...(options.kvm ? ['-accel', 'kvm'] : []),
    // 64 MiB for translated code; the default is a GiB.
    ...['-accel', 'tcg,tb-size=64', '-cpu', 'max', '-smp', '1', '-m', `${memory}M`],
    ...['-chardev', 'stdio,id=report,mux=on,signal=off', ...machine.words],
    ...['-kernel', kernel, '-initrd', archive, '-append', kernelWords(machine, options.words).join(' ')],
  ];
}

/**
 * Only messages of a dying kernel go to the console. The rest is read from its log, which is made large enough for
 * initcall_debug. A panic ends QEMU.
 */
function kernelWords({ console }: GuestMachine, words: readonly string[]): string[] {
  const own = ['rdinit=/aufswatch-init', `console=${console}`, 'quiet', 'loglevel=1', 'panic=-1'];
  return [...own, 'initcall_debug', 'log_buf_len=4M', ...words];
}

/** The group that may use /dev/kvm; null: all users may, only root may, or there is no /dev/kvm. */
export function kvmGroup(): number | null {
  try {
    const { mode, gid } = statSync('/dev/kvm');
    return (mode & 0o006) !== 0o006 && (mode & 0o060) === 0o060 && gid !== 0 ? gid : null;
  } catch {
    return null;
  }
}
