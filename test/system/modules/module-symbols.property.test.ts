import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { known } from '../../../src/model/fact.ts';
import type { PortageFacts } from '../../../src/model/portage.ts';
import { parseModuleSymbols } from '../../../src/system/modules/module-symbols.ts';
import { readModules } from '../../../src/system/modules/read-modules.ts';
import { openRoot } from '../../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const WANTED: ReadonlySet<string> = new Set(['drm_open', 'kfree']);
const NO_PACKAGES: PortageFacts = {
  form: known('empty'),
  installed: 0,
  packages: [],
  userPatches: [],
  binaryPackages: known(false),
};

test('any text of modules.symbols gives modules of wanted symbols, or none', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'alias symbol:',
      'drm_open',
      'kfree',
      ' ',
      'drm',
      '\n',
      '# Aliases\n',
      'alias symbol:drm_open drm\n',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const found = parseModuleSymbols('modules.symbols', pieces.join(''), WANTED);
      if (!found.known) return assert.equal(found.code, 'malformed');
      for (const [symbol, module] of found.value) assert.ok(WANTED.has(symbol) && module !== '');
    }),
    { numRuns: 500 },
  );
});

test('whatever is in modules.dep, nothing outside of the release is read', () => {
  const piece = fc.oneof(
    fc.constantFrom('/aufs.ko', 'misc/aufs.ko:', '../', '/', '\n', ': ', 'updates/x.ko', 'a', '.xz:'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const [release] = releasesWith(pieces.join(''));
      assert.ok(release !== undefined);
      for (const { path } of release.modules) assert.match(path, /^\/lib\/modules\/6\.1\/(?!.*\.\.)/);
    }),
    { numRuns: 60 },
  );
});

test('an index of 8 MB in one line is read in time', () => {
  for (const text of [
    '/aufs.ko'.repeat(1_000_000),
    `\n${'a/aufs.ko'.repeat(900_000)}`,
    '\na/aufs.ko:'.repeat(700_000),
  ])
    assert.equal(releasesWith(text).length, 1);
});

function releasesWith(index: string) {
  const directory = temporaryDirectory();
  layOut(directory, { 'lib/modules/6.1/modules.dep': index, 'lib/modules/6.1/misc/aufs.ko': 'no module' });
  return readModules(openRoot(directory), NO_PACKAGES, []).releases;
}
