import { execFileSync } from 'node:child_process';

/**
 * A new key (PEM), and a certificate for it (DER) with this name, in the formats that sign-file needs. `kind`: the key type
 * for openssl.
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
