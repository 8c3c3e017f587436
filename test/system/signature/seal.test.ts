import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { known } from '../../../src/model/fact.ts';
import type { ModuleSignature } from '../../../src/model/module.ts';
import { readSignature } from '../../../src/system/signature/read-signature.ts';
import { signersOfCertificates } from '../../../src/system/signature/signer.ts';
import { isChanged } from '../../../src/verdict/loadable/signature.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { countingFile } from '../../support/counting-file.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';

const skip = needs('openssl');
const directory = temporaryDirectory();
const MARKER = '~Module signature appended~\n';
/** More than is read at once. */
const CONTENTS = Buffer.alloc(3 * 1024 * 1024 + 5, 'a module ');

interface Maker {
  readonly name: string;
  readonly key: string;
  readonly certificate: string;
}

function maker(name: string, kind?: readonly string[]): Maker {
  const [key, certificate] = [join(directory, `${name}.pem`), join(directory, `${name}.der`)];
  makeCertificate(name, key, certificate, kind);
  return { name, key, certificate };
}

/** Like scripts/sign-file.c: CMS without attributes and certificates, and its length after it. */
function signed(contents: Buffer, { name, key, certificate }: Maker, options: readonly string[]): Buffer {
  const pem = join(directory, `${name}.crt`);
  execFileSync('openssl', ['x509', '-inform', 'DER', '-in', certificate, '-out', pem]);
  const words = ['cms', '-sign', '-binary', '-nocerts', '-outform', 'DER', '-signer', pem, '-inkey', key];
  const message = execFileSync('openssl', [...words, ...options], { input: contents });
  const descriptor = Buffer.alloc(12);
  descriptor[2] = 2;
  descriptor.writeUInt32BE(message.length, 8);
  return Buffer.concat([contents, message, descriptor, Buffer.from(MARKER)]);
}

function signatureOf(bytes: Buffer): ModuleSignature {
  const { signature } = readSignature(countingFile(bytes).file);
  assert.ok(signature !== null && signature.form === 'sound');
  return signature;
}

function changed(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[CONTENTS.length - 1] = 0;
  return copy;
}

function knownTo(...makers: readonly Maker[]) {
  const signers = makers.flatMap(({ certificate }) => signersOfCertificates(readFileSync(certificate)));
  return known({ signers, open: false });
}

test('a change after signing is detected, with RSA keys of each size and each hash', { skip }, () => {
  for (const [name, kind, hash] of [
    ['usual', ['rsa:2048'], 'sha256'],
    ['long', ['rsa:4096'], 'sha512'],
    ['of old', ['rsa:2048'], 'sha1'],
    ['new', ['rsa:3072'], 'sha3-384'],
    ['other exponent', ['rsa:2048', '-pkeyopt', 'rsa_keygen_pubexp:3'], 'sha384'],
  ] as const) {
    const by = maker(name, kind);
    const whole = signed(CONTENTS, by, ['-noattr', '-md', hash]);
    const { seal } = signatureOf(whole);
    assert.equal(seal?.by === 'rsa' ? seal.hash : null, hash);
    assert.equal(isChanged(signatureOf(whole), knownTo(by)), false, `${name}: as it was signed`);
    assert.equal(isChanged(signatureOf(changed(whole)), knownTo(by)), true, `${name}: changed`);
  }
});

test('a change after signing is detected with an elliptic curve', { skip }, () => {
  for (const [curve, hash] of [
    ['prime256v1', 'sha256'],
    ['prime256v1', 'sha512'],
    ['secp384r1', 'sha256'],
    ['secp384r1', 'sha384'],
  ] as const) {
    const by = maker(`${curve} ${hash}`, ['ec', '-pkeyopt', `ec_paramgen_curve:${curve}`]);
    const whole = signed(CONTENTS, by, ['-noattr', '-md', hash]);
    assert.equal(signatureOf(whole).seal?.by, 'ecdsa');
    assert.equal(isChanged(signatureOf(whole), knownTo(by)), false, `${by.name}: as it was signed`);
    assert.equal(isChanged(signatureOf(changed(whole)), knownTo(by)), true, `${by.name}: changed`);
    const other = maker(`other ${curve} ${hash}`, ['ec', '-pkeyopt', `ec_paramgen_curve:${curve}`]);
    assert.equal(
      isChanged(signatureOf(changed(whole)), knownTo(other)),
      false,
      'with another key the result is unknown',
    );
  }
});

test('with an unknown key, an unknown curve or attributes the result is unknown', {
  skip,
}, () => {
  const [by, other] = [maker('one'), maker('two')];
  const whole = changed(signed(CONTENTS, by, ['-noattr', '-md', 'sha256']));
  assert.equal(isChanged(signatureOf(whole), knownTo(other)), false);
  const curve = maker('curve', ['ec', '-pkeyopt', 'ec_paramgen_curve:secp521r1']);
  const byCurve = signatureOf(changed(signed(CONTENTS, curve, ['-noattr', '-md', 'sha256'])));
  assert.equal(isChanged(byCurve, knownTo(curve)), false);
  assert.deepEqual(
    knownTo(curve).value.signers.map(({ key }) => key),
    [null],
  );
  assert.equal(signatureOf(signed(CONTENTS, by, ['-md', 'sha256'])).seal, null, 'the attributes are signed');
});
