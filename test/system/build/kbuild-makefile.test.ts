import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAlwaysBuilt } from '../../../src/system/build/kbuild-makefile.ts';

/** A file like mm/Makefile, with the lines that the patch adds. */
const MAKEFILE = `
mmu-y			:= nommu.o
mmu-$(CONFIG_MMU)	:= highmem.o memory.o \\
			   mmap.o
obj-y			:= filemap.o mempool.o \\
			   prfile.o page-writeback.o $(mmu-y)  # not this.o
obj-y += init-mm.o
ifdef CONFIG_NUMA
  ifeq ($(CONFIG_X),y)
  obj-y += other.o
  endif
  obj-y += numa.o
endif
obj-y += last.o
obj-$(CONFIG_SWAP)	+= page_io.o
`;

test('objects in obj-y are built with every configuration', () => {
  for (const object of ['filemap.o', 'prfile.o', 'page-writeback.o', 'init-mm.o', 'last.o']) {
    assert.ok(isAlwaysBuilt(MAKEFILE, object), object);
  }
});

test('objects that depend on an option, or are only mentioned, do not count as always built', () => {
  for (const object of ['nommu.o', 'mmap.o', 'page_io.o', 'numa.o', 'other.o', 'this.o', 'map.o', 'file.o']) {
    assert.equal(isAlwaysBuilt(MAKEFILE, object), false, object);
  }
});

test('any text is read to its end', () => {
  const word = fc.constantFrom('obj-y', ':=', 'a.o', '\\\n', 'endif\n', 'ifdef X\n', '#', '\t');
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string())), (words) => {
      const found = isAlwaysBuilt(words.join(' '), 'a.o');
      return !found || words.join('').includes('a.o');
    }),
  );
});
