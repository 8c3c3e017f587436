import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KernelConfig } from '../../../src/model/config.ts';
import { known } from '../../../src/model/fact.ts';
import { openRoot } from '../../../src/system/root.ts';
import { signersOfCertificates, signingOfMessage } from '../../../src/system/signature/signer.ts';
import { readTrustedKeys } from '../../../src/system/signature/trusted-keys.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';

const skip = needs('openssl');
const root = temporaryDirectory();
const certs = join(root, 'build/certs');

function certificate(name: string): Buffer {
  const [key, file] = [join(root, `${name}.pem`), join(root, `${name}.der`)];
  makeCertificate(name, key, file);
  return readFileSync(file);
}

/** In the form that openssl prints. */
function serial(name: string): string {
  const words = ['x509', '-inform', 'DER', '-in', join(root, `${name}.der`), '-noout', '-serial'];
  return execFileSync('openssl', words, { encoding: 'utf8' }).trim().replace('serial=', '').toLowerCase();
}

function config(options: Record<string, string>) {
  const text: KernelConfig = { path: '/build/.config', mtime: 0, hash: '', modular: true, options };
  return known(text);
}

function keys(options: Record<string, string> = {}) {
  return readTrustedKeys(openRoot(root), '/build', config(options));
}

test('the keys that a build put into its kernel are read', { skip }, () => {
  mkdirSync(certs, { recursive: true });
  assert.equal(keys().known, false);
  const [own, second, third] = [certificate('own'), certificate('second'), certificate('third')];
  writeFileSync(join(certs, 'signing_key.x509'), own);
  writeFileSync(join(certs, 'x509_certificate_list'), Buffer.concat([second, third]));
  const found = keys();
  assert.ok(found.known);
  assert.equal(found.value.open, false);
  const serials = found.value.signers.map(({ name }) => name.split('/')[0]?.replace(/^00(?=[89a-f])/, ''));
  assert.deepEqual(serials, ['own', 'second', 'third'].map(serial));
  for (const option of ['SECONDARY_TRUSTED_KEYRING', 'INTEGRITY_PLATFORM_KEYRING']) {
    const more = keys({ [option]: 'y' });
    assert.ok(more.known && more.value.open, option);
  }
});

test('a signature names the certificate of its key', { skip }, () => {
  const der = certificate('signer');
  const [key, pem] = [join(root, 'signer.pem'), join(root, 'signer.crt')];
  execFileSync('openssl', ['x509', '-inform', 'DER', '-in', join(root, 'signer.der'), '-out', pem]);
  const words = ['smime', '-sign', '-binary', '-noattr', '-nocerts', '-outform', 'DER', '-signer', pem];
  const message = execFileSync('openssl', [...words, '-inkey', key], { input: 'a module' });
  const [named] = signersOfCertificates(der);
  assert.ok(named !== undefined && named.key !== null);
  assert.equal(named.name, signingOfMessage(message)?.signer);
});

test('any bytes give an answer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => {
      const buffer = Buffer.from(bytes);
      assert.ok(Array.isArray(signersOfCertificates(buffer)));
      const signer = signingOfMessage(buffer)?.signer ?? null;
      assert.ok(signer === null || signer.includes('/'));
    }),
  );
});
