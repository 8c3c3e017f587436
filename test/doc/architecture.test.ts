import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const PACKAGE = join(import.meta.dirname, '../../..');
const SOURCE = join(PACKAGE, 'src');
const PAGE = readFileSync(join(PACKAGE, 'doc/architecture.md'), 'utf8');

/** The table of rooms in the page. */
const ROOMS = [...PAGE.matchAll(/^\| `src\/(\w+)` +\| .*? \| (.*?) *\|$/gm)].map(
  ([, name = '', mayImport = '']) => ({
    name,
    mayImport: mayImport.trim(),
  }),
);

function importsOf(room: string): Set<string> {
  const files = readdirSync(join(SOURCE, room), { recursive: true, encoding: 'utf8' });
  const rooms = new Set<string>();
  for (const file of files.filter((path) => path.endsWith('.ts'))) {
    const path = join(SOURCE, room, file);
    for (const [, target = ''] of readFileSync(path, 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)'/g)) {
      const [top = ''] = relative(SOURCE, join(dirname(path), target)).split('/');
      if (top !== room && !top.endsWith('.ts')) rooms.add(top);
    }
  }
  return rooms;
}

test('the table has every room of src, and no other', () => {
  const there = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(ROOMS.map(({ name }) => name).sort(), there.map(({ name }) => name).sort());
});

for (const [index, { name, mayImport }] of ROOMS.entries()) {
  test(`${name} imports from ${mayImport || 'nothing'} and nothing else`, () => {
    const allowed =
      mayImport === 'all above' ? ROOMS.slice(0, index).map((room) => room.name) : mayImport.split(' ');
    for (const room of importsOf(name)) assert.ok(allowed.includes(room), `${name} imports from ${room}`);
  });
}

test('every file that the page names exists', () => {
  for (const [, path = ''] of PAGE.matchAll(/`(src\/[\w./-]+)`/g)) {
    const entry = join(PACKAGE, path);
    assert.ok(readdirSync(dirname(entry)).includes(entry.slice(dirname(entry).length + 1)), path);
  }
});

/** The files of src that a file of src imports, including type-only imports. */
function filesImportedBy(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)'/g)]
    .map(([, target = '']) => join(dirname(path), target))
    .filter((target) => target.startsWith(SOURCE) && existsSync(target));
}

test('no file of src imports itself over others', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    assert.ok(!way.includes(path), [...way, path].map((file) => relative(SOURCE, file)).join(' → '));
    if (done.has(path)) return;
    for (const target of filesImportedBy(path)) visit(target, [...way, path]);
    done.add(path);
  };
  for (const file of files) visit(join(SOURCE, file), []);
});
