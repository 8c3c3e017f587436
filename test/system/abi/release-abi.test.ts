import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known } from '../../../src/model/fact.ts';
import { readReleaseAbi } from '../../../src/system/abi/release-abi.ts';
import { openRoot } from '../../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const MAP = 'ffffffff81000000 T _text\nffffffff82000000 r __ksymtab_fput\n00000000deadbeef A __crc_fput\n';
const WANTED: ReadonlySet<string> = new Set(['fput', 'nf_register', 'nowhere']);
const RELEASE = '5.3.18-gentoo';

function abiOf(files: Readonly<Record<string, string>>, release = RELEASE) {
  const directory = temporaryDirectory();
  layOut(directory, files);
  return readReleaseAbi(openRoot(directory), release, WANTED).abi;
}

test('System.map and configuration are found under the names of genkernel', () => {
  const abi = abiOf({
    [`boot/System.map-genkernel-x86_64-${RELEASE}`]: MAP,
    [`boot/System.map-genkernel-x86_64-other-${RELEASE}`]: 'of another kernel\n',
    [`etc/kernels/kernel-config-x86_64-${RELEASE}`]: 'CONFIG_MODVERSIONS=y\n',
  });
  assert.equal(abi.source, `/boot/System.map-genkernel-x86_64-${RELEASE}`);
  assert.deepEqual(abi.modversions, { known: true, value: true });
  assert.ok(abi.exports.known);
  assert.equal(abi.exports.value.symbols.fput?.crc, 0xdeadbeef);
});

test('the exports of modules are in depmod’s index; before 5.4 nothing had a namespace', () => {
  const files = {
    [`boot/System.map-${RELEASE}`]: MAP,
    [`lib/modules/${RELEASE}/modules.symbols`]: '# Aliases for symbols\nalias symbol:nf_register nf_core\n',
  };
  const abi = abiOf(files);
  assert.ok(abi.exports.known);
  assert.deepEqual(abi.exports.value.symbols, {
    fput: { crc: 0xdeadbeef, gplOnly: null, namespace: '', from: 'vmlinux' },
    nf_register: { crc: null, gplOnly: null, namespace: '', from: 'nf_core' },
  });
  const later = abiOf({ 'boot/System.map-6.6.1': MAP }, '6.6.1').exports;
  assert.ok(later.known);
  assert.equal(later.value.symbols.fput?.namespace, null);
  // Without the index it is unknown for every name whether a module exports it.
  assert.equal(later.value.symbols.nowhere?.from, '');
});

test('if a kernel refuses mismatched BTF, its types have the time of its image', () => {
  const since = (config: string) => {
    const directory = temporaryDirectory();
    layOut(directory, { [`boot/config-${RELEASE}`]: config });
    return readReleaseAbi(openRoot(directory), RELEASE, WANTED, undefined, 1000).abi.btfSince;
  };
  assert.deepEqual(since('CONFIG_DEBUG_INFO_BTF_MODULES=y\n'), known(1000));
  assert.deepEqual(
    since('CONFIG_DEBUG_INFO_BTF_MODULES=y\nCONFIG_MODULE_ALLOW_BTF_MISMATCH=y\n'),
    known(null),
  );
  assert.deepEqual(since('CONFIG_DEBUG_INFO_BTF=y\n'), known(null));
});
