import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known } from '../../../src/model/fact.ts';
import { vermagicOf } from '../../../src/system/abi/vermagic.ts';

test('the word for RANDSTRUCT: only for the plugin up to 5.18, and for every implementation since', () => {
  const magic = (release: string, options: Record<string, string>) => {
    const config = known({
      path: '',
      mtime: 0,
      hash: '',
      modular: true,
      options: { X86_64: 'y', SMP: 'y', ...options },
    });
    return vermagicOf(known(release), config, known('c0ffee'));
  };
  const plugin = { GCC_PLUGIN_RANDSTRUCT: 'y' };
  assert.deepEqual(magic('5.15.180', plugin), known('5.15.180 SMP RANDSTRUCT_PLUGIN_c0ffee'));
  assert.deepEqual(magic('6.1.1', { ...plugin, RANDSTRUCT: 'y' }), known('6.1.1 SMP RANDSTRUCT_c0ffee'));
  assert.deepEqual(magic('6.1.1', { RANDSTRUCT: 'y' }), known('6.1.1 SMP RANDSTRUCT_c0ffee'));
});
