import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Fact, known } from '../../../src/model/fact.ts';
import { readOwnModule } from '../../../src/system/abi/own-module.ts';
import { type ByteSource, sourceOfFile, stretchOf } from '../../../src/system/bytes.ts';
import { readModule } from '../../../src/system/modules/read-module.ts';
import { openRoot } from '../../../src/system/root.ts';
import { readKernelImage } from '../../../src/system/vmlinux/kernel-image.ts';
import { withKernel } from '../../../src/system/vmlinux/payload.ts';
import { rememberedImage } from '../../../src/system/vmlinux/remembered-image.ts';
import { searchTables } from '../../../src/system/vmlinux/search-tables.ts';
import { readSymbolTables } from '../../../src/system/vmlinux/symbol-tables.ts';
import { fits } from '../../../src/verdict/loadable/seal.ts';
import { DEBIAN_KERNEL_TOOLS, debianHeaders, debianKernel, isOffered } from '../../support/debian-kernels.ts';
import { needs } from '../../support/tools.ts';

const RELEASES = ['6.1.0-50-amd64', '6.12.117+deb12-amd64'];
const skip =
  needs(...DEBIAN_KERNEL_TOOLS, 'prlimit', 'xz', 'zstd') ||
  (RELEASES.every(isOffered) ? false : `apt does not offer ${RELEASES.join(', ')}`);

/** CRC, name, place, type and namespace of the exports of vmlinux, from Debian's package of headers. */
function listed(release: string): Map<string, unknown> {
  const text = readFileSync(join(debianHeaders(release), 'Module.symvers'), 'latin1');
  const lines = text.split('\n').map((line) => line.split('\t'));
  return new Map(
    lines
      .filter(([, , from]) => from === 'vmlinux')
      .map(([crc, name = '', from, type = '', namespace = '']) => [
        name,
        { crc: Number(crc), gplOnly: type.endsWith('_GPL'), namespace, from },
      ]),
  );
}

for (const release of RELEASES) {
  test(`${release}: the image alone gives the facts of the build directory`, { skip }, () => {
    const { root: directory } = debianKernel(release);
    const root = openRoot(directory);
    const memory = new Map<string, string>();
    const path = `/boot/vmlinuz-${release}`;
    const image = rememberedImage(root, path, release, memory);
    assert.ok(image.known, JSON.stringify(image));
    const { exports, elf, loader, signers } = image.value;
    assert.ok(exports.known);
    assert.deepEqual(new Map([...exports.value].sort()), new Map([...listed(release)].sort()));
    assert.deepEqual(elf, known('64 little 62'));

    const own = readOwnModule(root, `/lib/modules/${release}`);
    assert.ok(own.known);
    assert.deepEqual(loader.vermagic, known(own.value.vermagic));
    const { path: ownPath, signer } = own.value;
    const named = signers.find(({ name }) => name === signer);
    assert.ok(named !== undefined, 'its modules are signed by it');
    const file = readModule(root, ownPath, { owner: null, inTree: true, indexed: true });
    assert.ok(file.known && file.value.signature.known);
    const seal = file.value.signature.value?.seal ?? null;
    // Debian's own key is RSA up to 6.1, and an elliptic curve later.
    assert.equal(seal?.by, release.startsWith('6.1.') ? 'rsa' : 'ecdsa');
    assert.ok(seal !== undefined && seal !== null && named.key !== null && fits(seal, named.key));
    // As in config-RELEASE of the same package.
    assert.deepEqual(loader.signatures, known(true));
    assert.deepEqual(loader.enforced, known('firmware'));
    assert.deepEqual(loader.forceLoad, known(true));
    assert.deepEqual(loader.namespacesOptional, known(false));
    assert.deepEqual(loader.livepatch, known(true));
    assert.deepEqual(loader.unpacks, known(release.startsWith('6.12') ? 'xz' : null));

    // A second scan reads nothing, and gives the same.
    const elsewhere = openRoot(directory);
    const again = rememberedImage(
      { ...elsewhere, withFile: () => assert.fail('it is read again') },
      path,
      release,
      memory,
    );
    assert.deepEqual(again, image);
  });

  test(`${release}: the same tables are found without section headers`, { skip }, () => {
    const { root: directory } = debianKernel(release);
    const tables = openRoot(directory).withFile(`/boot/vmlinuz-${release}`, (file) =>
      withKernel(sourceOfFile(file), (kernel) => {
        const named = readSymbolTables(kernel);
        const found = searchTables(withoutHeaders(kernel));
        assert.ok(named.known && found.known);
        assert.deepEqual(
          found.value.parts.map(({ symbols, crcs }) => [symbols.bytes, crcs]),
          named.value.parts.map(({ symbols, crcs }) => [symbols.bytes, crcs]),
        );
        return known(true);
      }),
    );
    assert.deepEqual(tables, known(true));
  });
}

/** As on arm64 and riscv: from the first page on. */
function withoutHeaders(kernel: ByteSource): ByteSource {
  return stretchOf(kernel, 4096, kernel.size);
}

test('a file that is no kernel gives nothing', () => {
  const root = openRoot(import.meta.dirname);
  const facts: Fact<unknown> = readKernelImage(root, '/kernel-image.test.js', '6.1');
  assert.equal(facts.known, false);
});
