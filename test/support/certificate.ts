import { execFileSync } from 'node:child_process';

/**
 * A key of its own (PEM), and a certificate for it (DER) that says this name, as sign-file wants them. `kind`: as openssl
 * takes it.
 */
export function makeCertificate(
  name: string,
  key: string,
  certificate: string,
  kind: readonly string[] = ['rsa:2048'],
): void {
  const words = ['req', '-new', '-x509', '-newkey', ...kind, '-nodes', '-days', '9', '-subj', `/CN=${name}`];
  const files = ['-outform', 'DER', '-keyout', key, '-out', certificate];
  execFileSync('openssl', [...words, ...files], { timeout: 60_000, stdio: 'pipe' });
}
