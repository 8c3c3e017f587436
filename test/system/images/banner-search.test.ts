import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceOfBuffer } from '../../../src/system/bytes.ts';
import { findBanner } from '../../../src/system/images/banner-search.ts';
import { MIB } from '../../../src/system/open-file.ts';
import { banner, RELEASE, UTS_VERSION } from '../../support/images.ts';

const FOUND = { release: RELEASE, utsVersion: UTS_VERSION };

test('the banner is found at any offset, also across the border of two pieces', () => {
  const text = Buffer.from(banner());
  for (const at of [0, 100, MIB - 1, MIB - 5, MIB - text.length + 1, MIB, 2 * MIB + 7]) {
    const bytes = Buffer.alloc(3 * MIB);
    text.copy(bytes, at);
    assert.deepEqual(findBanner(sourceOfBuffer(bytes), 64 * MIB), FOUND, `at ${at}`);
  }
});

test('the format strings of a kernel do not hide its banner', () => {
  const bytes = Buffer.from(`Linux version %s (%s)\n\0Linux version \0${banner()}`);
  assert.deepEqual(findBanner(sourceOfBuffer(bytes), MIB), FOUND);
});

test('nothing beyond the limit is read', () => {
  const bytes = Buffer.concat([Buffer.alloc(MIB), Buffer.from(banner())]);
  assert.equal(findBanner(sourceOfBuffer(bytes), MIB), null);
});

test('a file full of beginnings of banners ends the search soon', () => {
  const bytes = Buffer.from('Linux version 6 '.repeat((32 * MIB) / 16));
  let read = 0;
  const source = {
    size: bytes.length,
    read: (offset: number, length: number) => {
      read += length;
      return bytes.subarray(offset, offset + length);
    },
  };
  assert.equal(findBanner(source, 64 * MIB), null);
  assert.ok(read < 2 * MIB, `${read} bytes were read`);
});
