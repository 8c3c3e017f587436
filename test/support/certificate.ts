import { execFileSync } from 'node:child_process';

/** A key of its own (PEM), and a certificate for it (DER) that says this name, as sign-file wants them. */
export function makeCertificate(name: string, key: string, certificate: string): void {
  const words = [
    'req',
    '-new',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '9',
    '-subj',
    `/CN=${name}`,
  ];
  const files = ['-outform', 'DER', '-keyout', key, '-out', certificate];
  execFileSync('openssl', [...words, ...files], { timeout: 60_000, stdio: 'pipe' });
}
