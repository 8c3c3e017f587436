import { spawn } from 'node:child_process';

/**
 * QEMU without a window and without a network, emulated: the gate has no KVM, and nested KVM runs the 16-bit code of
 * boot loaders badly.
 */
const COMMON = ['-machine', 'q35,accel=tcg', '-m', '256', '-nodefaults', '-display', 'none', '-no-reboot'];

/**
 * Starts a machine and reads its serial console until the expected text appears, it ends by itself, or the time is up.
 * Returns the whole output.
 */
export function outputOfGuest(words: readonly string[], until: RegExp, timeout: number): Promise<string> {
  const guest = spawn('qemu-system-x86_64', [...COMMON, '-serial', 'stdio', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => guest.kill('SIGKILL'), timeout);
    const collect = (part: Buffer): void => {
      output += part.toString('latin1');
      if (until.test(output)) guest.kill('SIGKILL');
    };
    guest.stdout.on('data', collect);
    guest.stderr.on('data', collect);
    guest.on('error', reject);
    guest.on('close', () => {
      clearTimeout(timer);
      resolve(output);
    });
  });
}
