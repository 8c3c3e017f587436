import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fact, known, unknown } from '../../../src/model/fact.ts';
import { abiOfConfig } from '../../../src/system/abi/config-abi.ts';
import { vermagicOf } from '../../../src/system/abi/vermagic.ts';
import { parseKernelConfig } from '../../../src/system/config.ts';
import { openRoot } from '../../../src/system/root.ts';
import { readSecureBoot } from '../../../src/system/running/secure-boot.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const OPEN = unknown('no-data', 'not in this test');

function enforced(text: string, secureBoot: Fact<boolean> = known(false)): boolean | null {
  const fact = abiOfConfig(parseKernelConfig('.config', 0, text), secureBoot).signatureEnforced;
  return fact.known ? fact.value : null;
}

test('a kernel that boots into lockdown requires signed modules', () => {
  const forced = 'CONFIG_MODULE_SIG=y\nCONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY=y\n';
  assert.equal(enforced(`${forced}CONFIG_SECURITY_LOCKDOWN_LSM_EARLY=y\n`), true);
  assert.equal(enforced(`${forced}CONFIG_LSM="landlock,lockdown,yama,bpf"\n`), true);
  // Lockdown is compiled in, and not enabled.
  assert.equal(enforced(`${forced}CONFIG_LSM="landlock,yama,bpf"\n`), false);
  assert.equal(
    enforced('CONFIG_MODULE_SIG=y\nCONFIG_LSM="lockdown"\nCONFIG_LOCK_DOWN_KERNEL_FORCE_NONE=y\n'),
    false,
  );
  assert.equal(enforced('CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY=y\nCONFIG_LSM="lockdown"\n'), true);
});

test('with the rules of IMA for the architecture, Secure Boot decides', () => {
  const text = 'CONFIG_MODULE_SIG=y\nCONFIG_IMA_ARCH_POLICY=y\n';
  assert.equal(enforced(text, known(true)), true);
  assert.equal(enforced(text, known(false)), false);
  assert.equal(enforced(text, OPEN), null);
  assert.equal(enforced('CONFIG_MODULE_SIG=y\n', known(true)), false);
  assert.equal(enforced('CONFIG_IMA_ARCH_POLICY=y\n', known(true)), false);
});

test('Secure Boot is read from the firmware’s variables', () => {
  const root = (files: Record<string, Uint8Array | string>) => {
    const directory = temporaryDirectory();
    layOut(directory, files);
    return openRoot(directory);
  };
  const variable = 'sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';
  assert.deepEqual(readSecureBoot(root({ [variable]: Buffer.from([6, 0, 0, 0, 1]) })), known(true));
  assert.deepEqual(readSecureBoot(root({ [variable]: Buffer.from([6, 0, 0, 0, 0]) })), known(false));
  assert.deepEqual(readSecureBoot(root({ 'sys/firmware/acpi/pm_profile': '1\n' })), known(false));
  assert.equal(readSecureBoot(root({ 'sys/firmware/efi/fw_platform_size': '64\n' })).known, false);
  assert.equal(readSecureBoot(root({ 'etc/fstab': '' })).known, false);
});

test('the vermagic of a 32-bit x86 kernel names its processor family', () => {
  const magic = (family: string) => {
    const text = `CONFIG_X86_32=y\nCONFIG_SMP=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_${family}=y\n`;
    const found = vermagicOf(known('6.6.30-gentoo'), parseKernelConfig('.config', 0, text), OPEN);
    return found.known ? found.value : null;
  };
  assert.equal(magic('M686'), '6.6.30-gentoo SMP mod_unload 686 ');
  assert.equal(magic('MGEODE_LX'), '6.6.30-gentoo SMP mod_unload GEODE ');
  assert.equal(magic('MVIAC3_2'), '6.6.30-gentoo SMP mod_unload VIAC3-2 ');
  assert.equal(magic('MUNHEARDOF'), null);
});
