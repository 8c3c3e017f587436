import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseKernelConfig } from '../../src/system/config.ts';

test('.config and the auto.conf made from it are equal, with and without quotes', () => {
  const config = hashOf(
    [
      '#',
      '# Linux/x86 6.1.192 Kernel Configuration',
      '#',
      'CONFIG_CC_VERSION_TEXT="gcc (Gentoo \\"13\\") 13.2.1"',
      '# CONFIG_AUFS_FS is not set',
      'CONFIG_MODULES=y',
      'CONFIG_LOCALVERSION=""',
    ].join('\n'),
  );
  const before518 =
    'CONFIG_MODULES=y\nCONFIG_LOCALVERSION=""\nCONFIG_CC_VERSION_TEXT="gcc (Gentoo \\"13\\") 13.2.1"\n';
  const since518 =
    'CONFIG_MODULES=y\nCONFIG_LOCALVERSION=\nCONFIG_CC_VERSION_TEXT=gcc (Gentoo "13") 13.2.1\n';
  assert.equal(hashOf(before518), config);
  assert.equal(hashOf(since518), config);
  assert.notEqual(hashOf(since518.replace('MODULES=y', 'MODULES=m')), config);
});

test('only the requested options are kept, strings without quotes', () => {
  const text = 'CONFIG_LOCALVERSION="-gentoo"\nCONFIG_AUFS_FS=m\nCONFIG_E1000=y\n# CONFIG_SMP is not set\n';
  const config = parseKernelConfig('/x', 5, text);
  assert.deepEqual(config.known && config.value.options, { LOCALVERSION: '-gentoo', AUFS_FS: 'm' });
});

test('a configuration without any option set is valid; a text without options is not', () => {
  assert.ok(parseKernelConfig('/x', 0, '# CONFIG_SMP is not set\n').known);
  assert.equal(parseKernelConfig('/x', 0, 'hello\n').known, false);
});

test('any text gives a configuration or `malformed`', () => {
  const line = fc.constantFrom(
    'CONFIG_',
    'CONFIG_=',
    'CONFIG_A="',
    '# CONFIG_A is not set',
    '=',
    'CONFIG_A="\\',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 50 }), (lines) => {
      const config = parseKernelConfig('/x', 0, lines.join('\n'));
      return config.known || config.code === 'malformed';
    }),
  );
});

function hashOf(text: string): string {
  const config = parseKernelConfig('/x', 0, text);
  assert.ok(config.known);
  return config.value.hash;
}
