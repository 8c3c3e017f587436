import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseBanner, parseHeaderVersion } from '../../../src/system/images/version-text.ts';
import { banner, RELEASE, UTS_VERSION } from '../../support/images.ts';

test('release and UTS_VERSION are before and after the builder', () => {
  assert.deepEqual(parseHeaderVersion('5.4.0 (root@a b) (c)) #12 Fri Jan 1 00:00:00 UTC 2021'), {
    release: '5.4.0',
    utsVersion: '#12 Fri Jan 1 00:00:00 UTC 2021',
  });
  assert.deepEqual(parseHeaderVersion('2.6.32'), { release: '2.6.32', utsVersion: null });
  assert.deepEqual(parseHeaderVersion('5.4.0 (root@gentoo'), { release: '5.4.0', utsVersion: null });
});

test('other programs that boot like a kernel have no release', () => {
  assert.equal(parseHeaderVersion('iPXE (1.21.1+)'), null);
});

test('the banner is distinguished from the format strings beside it', () => {
  assert.deepEqual(parseBanner(banner()), { release: RELEASE, utsVersion: UTS_VERSION });
  assert.equal(parseBanner('Linux version %s (%s) #1'), null);
  assert.equal(parseBanner('Linux version 6.1.192-gentoo (root@gentoo) (gcc'), null);
});

test('characters that affect a terminal are refused', () => {
  assert.equal(parseHeaderVersion('6.1\x1b[2J (root@x) #1 x'), null);
  assert.equal(parseHeaderVersion('6.1 (root@x) #1 \x1b]0;x\x07')?.utsVersion, null);
  assert.equal(parseBanner('Linux version 6.1 (root@x) (gcc) #1 \x9b2J'), null);
  assert.equal(parseHeaderVersion('../../etc (root@x) #1'), null);
  assert.equal(parseHeaderVersion(`${'6'.repeat(5000)} (root@x) #1`), null);
});

test('any text gives a version of limited length or none', () => {
  const words = fc.constantFrom('Linux version ', ') #', '(', ' ', '6.1', '\n', '\0');
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string())), (parts) => {
      const text = parts.join('');
      return [parseHeaderVersion(text), parseBanner(text), parseBanner(`Linux version ${text}`)].every(
        (version) =>
          version === null || (version.release.length <= 160 && (version.utsVersion ?? '').length <= 160),
      );
    }),
  );
});
