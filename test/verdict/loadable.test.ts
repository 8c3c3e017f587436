import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { test } from 'node:test';
import type { KernelAbi, KernelExport, RsaKey } from '../../src/model/abi.ts';
import { known, unknown } from '../../src/model/fact.ts';
import {
  HASH_NAMES,
  type HashName,
  type ModuleFile,
  type ModuleImport,
  type ModuleInfo,
  type ModuleSignature,
} from '../../src/model/module.ts';
import type { Loadable, RefusalReason } from '../../src/verdict/loadable/answer.ts';
import { loadable } from '../../src/verdict/loadable.ts';

/** Cases that no kernel of the matrix shows: other versions of Linux, and unknown facts. */

const NOT_KNOWN = unknown('no-data', 'not in this test');
const MAGIC = 'SMP mod_unload modversions ';

function kernelWith(
  symbols: Record<string, Partial<KernelExport>>,
  changes: Partial<KernelAbi> = {},
): KernelAbi {
  const all: Record<string, Partial<KernelExport>> = { module_layout: {}, ...symbols };
  const whole = Object.entries(all).map(([name, given]) => [
    name,
    { crc: 1, gplOnly: false, namespace: '', from: 'vmlinux', ...given },
  ]);
  return {
    source: 'this test',
    vermagic: known(`6.12.1 ${MAGIC}`),
    modversions: known(true),
    signatures: known(false),
    signatureEnforced: known(false),
    enforcedBy: null,
    trustedKeys: NOT_KNOWN,
    modules: known(true),
    switchedOff: false,
    modular: known(true),
    trims: known(false),
    namespacesOptional: known(false),
    versionGaps: known(true),
    blacklist: [],
    forceLoad: known(false),
    livepatch: known(false),
    structSize: NOT_KNOWN,
    btfSince: known(null),
    elf: known('64 little 62'),
    unpacks: known(null),
    exports: known({ kind: 'symvers', symbols: Object.fromEntries(whole) }),
    ...changes,
  };
}

function imports(...names: readonly string[]): ModuleImport[] {
  return names.map((name) => ({ name, crc: 1, weak: false }));
}

function moduleWith(changes: Partial<ModuleInfo> = {}, name = 'made'): ModuleFile {
  return {
    name,
    path: `/lib/modules/6.12.1/extra/${name}.ko`,
    compression: 'none',
    packedCheck: null,
    mtime: 0,
    size: 1,
    owner: null,
    inTree: false,
    indexed: true,
    signature: known(null),
    defect: null,
    info: known({
      name: null,
      vermagic: `6.12.1 ${MAGIC}`,
      version: null,
      srcversion: null,
      license: 'GPL',
      depends: [],
      importNamespaces: [],
      buildId: null,
      hasVersions: true,
      hasBasicVersions: true,
      hasExtendedVersions: false,
      moduleLayout: 1,
      imports: [],
      exports: [],
      elf: '64 little 62',
      structSize: 896,
      livepatch: false,
      exportsWithoutCrc: false,
      btfOfKernel: false,
      ...changes,
    }),
  };
}

function giver(name: string, license: string): ModuleFile {
  const exports = [{ name: 'given', crc: 1, gplOnly: false, namespace: '' }];
  return moduleWith({ license, exports }, name);
}

function ask(file: ModuleFile, kernel: KernelAbi, modules: readonly ModuleFile[] = []): Loadable {
  return loadable(file, kernel, {
    modules,
    available: [],
    loads: (other) => ask(other, kernel),
  });
}

function refusal(answer: Loadable): string {
  assert.equal(answer.answer, 'refused', JSON.stringify(answer));
  return answer.answer === 'refused' ? answer.message : '';
}

function reason(answer: Loadable): RefusalReason {
  assert.ok(answer.answer === 'refused', JSON.stringify(answer));
  return answer.reason;
}

test('a symbol that is missing in the version table: the kernel’s sources decide; without them it is unknown', () => {
  const gap = moduleWith({ imports: [{ name: 'kmalloc', crc: null, weak: false }] });
  const noLayout = moduleWith({ moduleLayout: null });
  const lenient = kernelWith({ kmalloc: {} });
  assert.equal(ask(gap, lenient).answer, 'loads');
  assert.equal(ask(noLayout, lenient).answer, 'loads');
  const strict = kernelWith({ kmalloc: {} }, { versionGaps: known(false) });
  assert.equal(refusal(ask(gap, strict)), 'made: no symbol version for kmalloc');
  assert.equal(refusal(ask(noLayout, strict)), 'made: no symbol version for module_layout');
  const open = kernelWith({ kmalloc: {} }, { versionGaps: NOT_KNOWN });
  assert.equal(ask(gap, open).answer, 'unknown');
  assert.equal(ask(noLayout, open).answer, 'unknown');
});

test('a symbol that is missing in the extended version table passes, whatever the sources say of the basic one', () => {
  const gap = { imports: [{ name: 'kmalloc', crc: null, weak: false }], moduleLayout: null };
  const extended = moduleWith({ ...gap, hasBasicVersions: false, hasExtendedVersions: true });
  for (const versionGaps of [known(false), NOT_KNOWN])
    assert.equal(ask(extended, kernelWith({ kmalloc: {} }, { versionGaps })).answer, 'loads');
});

test('the BTF types of a module are valid only for the kernel that it was compiled for', () => {
  const older = { ...moduleWith({ btfOfKernel: true }), mtime: 1 };
  assert.equal(ask(older, kernelWith({}, { btfSince: known(2) })).answer, 'unknown');
  assert.equal(ask({ ...older, mtime: 2 }, kernelWith({}, { btfSince: known(2) })).answer, 'loads');
  assert.equal(ask(older, kernelWith({})).answer, 'loads');
  assert.equal(ask({ ...moduleWith(), mtime: 1 }, kernelWith({}, { btfSince: known(2) })).answer, 'loads');
});

test('for a GPL module that uses a proprietary one, the order of its symbols decides, since 5.9', () => {
  const kernel = kernelWith({ gpl_only: { gplOnly: true } });
  const proprietary = giver('secret', 'Proprietary');
  const gplFirst = moduleWith({ imports: imports('gpl_only', 'given') });
  assert.equal(
    refusal(ask(gplFirst, kernel, [proprietary])),
    'made: module using GPL-only symbols uses symbols given from proprietary module secret.',
  );
  // It has become proprietary itself, and cannot use the others any more.
  const gplLast = moduleWith({ imports: imports('given', 'gpl_only') });
  assert.equal(refusal(ask(gplLast, kernel, [proprietary])), 'made: Unknown symbol gpl_only (err -2)');
  assert.equal(ask(moduleWith({ imports: imports('given') }), kernel, [proprietary]).answer, 'loads');
  assert.equal(ask(gplFirst, kernel, [giver('open', 'GPL')]).answer, 'loads');

  const before = { vermagic: known(`5.8.18 ${MAGIC}`) };
  const old = moduleWith({
    ...before,
    vermagic: before.vermagic.value,
    imports: imports('gpl_only', 'given'),
  });
  const oldKernel = kernelWith({ gpl_only: { gplOnly: true } }, before);
  assert.equal(ask(old, oldKernel, [proprietary]).answer, 'loads');
});

test('with only the extended version table, the release must be equal', () => {
  const file = moduleWith({ vermagic: `6.12.2 ${MAGIC}` });
  assert.equal(ask(file, kernelWith({})).answer, 'loads');
  const extended = moduleWith({ vermagic: `6.12.2 ${MAGIC}`, hasBasicVersions: false });
  assert.match(refusal(ask(extended, kernelWith({}))), /version magic '6\.12\.2 /);
});

test('modules that the kernel treats as proprietary in spite of their licence', () => {
  const kernel = kernelWith({ gpl_only: { gplOnly: true } });
  const lve = moduleWith({ imports: imports('gpl_only') }, 'lve');
  assert.equal(refusal(ask(lve, kernel)), 'lve: Unknown symbol gpl_only (err -2)');
});

test('a module whose dependency is refused is refused too, and the dependency is named', () => {
  const kernel = kernelWith({});
  const other = giver('spl', 'GPL');
  assert.ok(other.info.known);
  const stale: ModuleFile = { ...other, info: known({ ...other.info.value, moduleLayout: 2 }) };
  const answer = ask(moduleWith({ imports: imports('given') }, 'zfs'), kernel, [stale]);
  assert.equal(refusal(answer), 'zfs: Unknown symbol given (err -2)');
  assert.ok(answer.answer === 'refused');
  assert.equal(answer.dependency, 'spl: disagrees about version of symbol module_layout');
  const hidden: ModuleFile = { ...other, info: NOT_KNOWN };
  const taker = moduleWith({ imports: imports('nowhere'), depends: [other.name] }, 'zfs');
  assert.equal(
    ask(taker, kernel, [hidden]).answer,
    'unknown',
    'the symbol may be an export of the unreadable one',
  );
  assert.equal(ask(moduleWith({ imports: imports('nowhere') }, 'zfs'), kernel, [hidden]).answer, 'refused');
});

test('signatures by the kernel’s own key, by another key, and with keyrings that cannot be read', () => {
  const signed = (signature: ModuleSignature): ModuleFile => ({
    ...moduleWith(),
    signature: known(signature),
  });
  const signedBy = (signer: string | null) => signed({ form: 'sound', signer, seal: null });
  const closed = { signers: [{ name: '01/aa', key: null }], open: false };
  const enforced = {
    signatures: known(true),
    signatureEnforced: known(true),
    enforcedBy: 'signature' as const,
  };
  const kernel = kernelWith({}, { ...enforced, trustedKeys: known(closed) });
  assert.equal(ask(signedBy('01/aa'), kernel).answer, 'loads');
  assert.equal(refusal(ask(signedBy('02/aa'), kernel)), 'Loading of module with unavailable key is rejected');
  assert.equal(refusal(ask(moduleWith(), kernel)), 'Loading of unsigned module is rejected');
  assert.equal(ask(signedBy(null), kernel).answer, 'unknown');
  const open = kernelWith({}, { ...enforced, trustedKeys: known({ ...closed, open: true }) });
  assert.equal(ask(signedBy('02/aa'), open).answer, 'unknown');
  assert.equal(ask(signedBy('01/aa'), open).answer, 'loads');
  assert.equal(ask(signedBy('01/aa'), kernelWith({}, enforced)).answer, 'unknown');

  // The two kinds of signature both came with 4.3, one after the other.
  const ofOld = signed({ form: 'x509', signer: null, seal: null });
  const before = { ...enforced, trustedKeys: known(closed), vermagic: known(`4.2.8 ${MAGIC}`) };
  assert.equal(ask(ofOld, kernelWith({}, before)).answer, 'unknown');
  for (const [file, old] of [
    [ofOld, kernel],
    [signedBy('01/aa'), kernelWith({}, before)],
  ] as const)
    assert.equal(refusal(ask(file, old)), 'Loading of module with unsupported crypto is rejected');

  const malformed = signed({ form: 'malformed', signer: null, seal: null });
  assert.equal(ask(malformed, kernelWith({})).answer, 'loads');
  assert.equal(
    refusal(ask(malformed, kernelWith({}, { signatures: known(true) }))),
    'its signature is malformed',
  );
  assert.equal(ask(malformed, kernelWith({}, { signatures: NOT_KNOWN })).answer, 'unknown');
});

test('a module that was changed after signing is refused if the key is available, whatever else is wrong', () => {
  const signing = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = rsaKey(signing.publicKey);
  const name = '01/aa';
  const kernel = (changes: Partial<KernelAbi> = {}, keys: readonly (RsaKey | null)[] = [key]) => {
    const signers = keys.map((one) => ({ name, key: one }));
    return kernelWith(
      {},
      { signatures: known(true), trustedKeys: known({ signers, open: true }), ...changes },
    );
  };
  const sealed = (now: string, hash: HashName = 'sha256', signer: string | null = name): ModuleFile => {
    const seal = {
      by: 'rsa' as const,
      hash,
      digest: createHash(hash).update(now).digest('base64'),
      value: sign(hash, Buffer.from('as signed'), signing.privateKey).toString('base64'),
    };
    return { ...moduleWith(), signature: known({ form: 'sound', signer, seal }) };
  };
  for (const hash of HASH_NAMES) {
    assert.equal(ask(sealed('as signed', hash), kernel()).answer, 'loads', hash);
    assert.deepEqual(reason(ask(sealed('changed', hash), kernel())), { is: 'changed' }, hash);
  }
  const changed = sealed('changed');
  assert.equal(refusal(ask(changed, kernel())), 'Key was rejected by service');
  // This check comes first, so its message replaces all later ones.
  const damaged = { ...changed, info: unknown('malformed', 'no ELF file'), defect: 'no ELF file' };
  assert.deepEqual(reason(ask(damaged, kernel())), { is: 'changed' });
  assert.deepEqual(reason(ask(changed, kernel({ blacklist: ['made'] }))), { is: 'changed' });
  const insists = { signatureEnforced: known(true), enforcedBy: 'signature' as const };
  assert.deepEqual(reason(ask(changed, kernel(insists))), { is: 'changed' });

  // In these cases no refusal is certain.
  const other = rsaKey(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey);
  const beside: readonly (readonly [string, ModuleFile, KernelAbi])[] = [
    ['of two certificates of one name one fits', sealed('as signed'), kernel({}, [other, key])],
    ['a key that is not at hand', changed, kernel({}, [null])],
    ['one of two is not at hand', changed, kernel({}, [key, null])],
    ['another signer', sealed('changed', 'sha256', '02/aa'), kernel()],
    ['no signer is named', sealed('changed', 'sha256', null), kernel()],
    ['the kernel checks no signatures', changed, kernel({ signatures: known(false) })],
    ['a key that is none', changed, kernel({}, [{ modulus: '00', exponent: 65537 }])],
    ['an exponent that is none', changed, kernel({}, [{ ...key, exponent: 0 }])],
  ];
  for (const [what, file, abi] of beside) assert.equal(ask(file, abi).answer, 'loads', what);
  assert.equal(ask(changed, kernel({ signatures: NOT_KNOWN })).answer, 'unknown');
  // Older kernels do not check the content.
  const old = kernel({ vermagic: known(`4.2.8 ${MAGIC}`) });
  assert.equal(
    ask(changed, old).answer,
    'loads',
    'only its release differs, which MODVERSIONS does not compare',
  );
  assert.equal(refusal(ask(sealed('as signed'), kernel({}, [other]))), 'Key was rejected by service');
});

function rsaKey(key: KeyObject): RsaKey {
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  return {
    modulus: Buffer.from(n, 'base64url').toString('hex'),
    exponent: Number.parseInt(Buffer.from(e, 'base64url').toString('hex'), 16),
  };
}

test('for a renamed file the kernel uses the name inside the module', () => {
  const renamed = moduleWith({ name: 'real', imports: imports('nowhere') }, 'renamed');
  assert.match(refusal(ask(renamed, kernelWith({}))), /^real: Unknown symbol nowhere/);
  assert.equal(refusal(ask(renamed, kernelWith({}, { blacklist: ['real'] }))), 'Module real is blacklisted');
  assert.match(refusal(ask(renamed, kernelWith({}, { blacklist: ['renamed'] }))), /^real: Unknown symbol/);
});

test('a module on the blacklist of the command line, and one that exports a symbol of the kernel, are refused', () => {
  assert.equal(
    refusal(ask(moduleWith(), kernelWith({}, { blacklist: ['made'] }))),
    'Module made is blacklisted',
  );
  const exports = [{ name: 'kmalloc', crc: 1, gplOnly: false, namespace: '' }];
  assert.equal(
    refusal(ask(moduleWith({ exports }), kernelWith({ kmalloc: {} }))),
    'made: exports duplicate symbol kmalloc (owned by kernel)',
  );
  assert.equal(ask(moduleWith({ exports }), kernelWith({ kmalloc: { from: 'fs/other' } })).answer, 'loads');
  // A module that imports nothing, on a kernel whose exports are unknown.
  const silent = kernelWith({}, { exports: NOT_KNOWN, modversions: known(false) });
  assert.equal(ask(moduleWith({ imports: [], exports }), silent).answer, 'unknown');
  assert.equal(ask(moduleWith({ imports: [] }), silent).answer, 'loads');
});

test('a symbol with an unknown namespace makes the answer unknown, whatever the module imports', () => {
  const kernel = kernelWith({ kmalloc: { namespace: null } });
  const file = moduleWith({ imports: imports('kmalloc'), importNamespaces: ['ANY'] });
  assert.equal(ask(file, kernel).answer, 'unknown');
});

test('an export for named modules is open to these, and an import does not open it', () => {
  const kernel = kernelWith(
    { kept: { namespace: 'module:kvm-*,other-one' } },
    { vermagic: known(`6.17.1 ${MAGIC}`) },
  );
  const named = (name: string, importNamespaces: readonly string[] = []): ModuleFile =>
    moduleWith({ vermagic: `6.17.1 ${MAGIC}`, imports: imports('kept'), importNamespaces }, name);
  assert.equal(ask(named('kvm_intel'), kernel).answer, 'loads');
  assert.equal(ask(named('other_one'), kernel).answer, 'loads');
  assert.match(refusal(ask(named('other'), kernel)), /from namespace module:kvm-\*,other-one/);
  assert.equal(
    refusal(ask(named('vboxdrv', ['module:kvm-*,other-one']), kernel)),
    'vboxdrv: module tries to import module namespace: module:kvm-*,other-one',
  );
});

test('without a CRC the size of struct module decides', () => {
  const kernel = (structSize: KernelAbi['structSize']) =>
    kernelWith({}, { vermagic: known('6.12.1 SMP mod_unload '), modversions: known(false), structSize });
  const file = moduleWith({ vermagic: '6.12.1 SMP mod_unload ', hasVersions: false, structSize: 1344 });
  assert.equal(ask(file, kernel(known(1344))).answer, 'loads');
  assert.match(
    refusal(ask(file, kernel(known(1408)))),
    /section size must match the kernel's built struct module size/,
  );
  assert.equal(ask(file, kernel(NOT_KNOWN)).answer, 'loads');
});

test('a refusal has its reason as data, so that the remedy can be chosen by it', () => {
  const taker = moduleWith({ imports: imports('given') }, 'zfs');
  assert.deepEqual(reason(ask(taker, kernelWith({}))), { is: 'symbol-missing', symbol: 'given' });
  assert.deepEqual(reason(ask(taker, kernelWith({}, { trims: known(true) }))), {
    is: 'trimmed',
    symbol: 'given',
  });
  assert.deepEqual(reason(ask(taker, kernelWith({ given: { crc: 2 } }))), {
    is: 'symbol-version',
    symbol: 'given',
  });
  assert.deepEqual(reason(ask(taker, kernelWith({ given: { from: 'fs/gone-away' } }))), {
    is: 'needs-module',
    name: 'gone_away',
    symbol: 'given',
    because: 'missing',
  });
  const magic = '6.12.1 SMP preempt mod_unload modversions ';
  const spl = giver('spl', 'GPL');
  assert.ok(spl.info.known);
  const other: ModuleFile = { ...spl, info: known({ ...spl.info.value, vermagic: magic }) };
  assert.deepEqual(reason(ask(taker, kernelWith({}), [other])), {
    is: 'needs-module',
    name: 'spl',
    symbol: 'given',
    because: { is: 'vermagic', module: magic, kernel: `6.12.1 ${MAGIC}` },
  });
  const closed = moduleWith({ imports: imports('given'), license: 'Proprietary' });
  assert.deepEqual(reason(ask(closed, kernelWith({ given: { gplOnly: true } }))), {
    is: 'gpl-only',
    symbol: 'given',
  });
  const enforced = {
    signatures: known(true),
    signatureEnforced: known(true),
    enforcedBy: 'signature' as const,
  };
  assert.deepEqual(reason(ask(taker, kernelWith({}, enforced))), { is: 'unsigned' });
  const off = kernelWith({}, { modules: known(false) });
  assert.deepEqual(reason(ask(taker, off)), { is: 'modules-off', by: 'configuration' });
  assert.deepEqual(reason(ask(taker, { ...off, switchedOff: true })), { is: 'modules-off', by: 'switch' });
  assert.deepEqual(reason(ask(moduleWith({ elf: '64 little 183' }), kernelWith({}))), {
    is: 'elf-machine',
    module: '64 little 183',
    kernel: '64 little 62',
  });
  assert.deepEqual(reason(ask(taker, kernelWith({}, { blacklist: ['zfs'] }))), { is: 'blacklisted' });
});

test('if the configuration is unknown, the vermagic shows whether there are versions', () => {
  const other = moduleWith({ vermagic: `6.12.2 ${MAGIC}` });
  const silent = kernelWith({}, { modversions: NOT_KNOWN });
  assert.equal(ask(other, silent).answer, 'loads', 'with versions another release does not matter');
  const bare = kernelWith({}, { modversions: NOT_KNOWN, vermagic: known('6.12.1 SMP mod_unload ') });
  assert.match(
    refusal(ask(moduleWith({ vermagic: '6.12.2 SMP mod_unload ' }), bare)),
    /^made: version magic/,
  );
});

test('the size of struct module is checked before all versions since 6.4, and not by older kernels', () => {
  const stripped = moduleWith({ hasVersions: false, hasBasicVersions: false, moduleLayout: null });
  const forced = { forceLoad: known(true), structSize: known(1344) };
  assert.equal(
    refusal(ask(stripped, kernelWith({}, forced))),
    "module made: .gnu.linkonce.this_module section size must match the kernel's built struct module size at run time",
  );
  const unsized = kernelWith({}, { ...forced, structSize: NOT_KNOWN });
  assert.equal(ask(stripped, unsized).answer, 'unknown', 'no later check is reached');
  const vermagic = known(`6.1.1 ${MAGIC}`);
  const older = moduleWith({
    hasVersions: false,
    hasBasicVersions: false,
    moduleLayout: null,
    vermagic: vermagic.value,
  });
  assert.equal(ask(older, kernelWith({}, { ...forced, vermagic })).answer, 'loads');
  const layout = moduleWith({ moduleLayout: 2 });
  assert.match(refusal(ask(layout, kernelWith({}, forced))), /section size must match/);
});

test('if the architecture is unknown, no module loads for certain', () => {
  const kernel = kernelWith({}, { elf: NOT_KNOWN });
  assert.equal(ask(moduleWith(), kernel).answer, 'unknown');
  const answer = ask(moduleWith({ moduleLayout: 2 }), kernel);
  assert.ok(answer.answer === 'refused');
  assert.equal(answer.quoted, false, 'the kernel may first report another architecture');
  assert.doesNotMatch(answer.message, /disagrees about version/);
});

test('the messages of lockdown and of a file without struct module, and unknown order of checks', () => {
  const lockdown = { signatures: known(true), signatureEnforced: known(true) } as const;
  assert.match(
    refusal(ask(moduleWith(), kernelWith({}, { ...lockdown, enforcedBy: 'lockdown' }))),
    /^Lockdown: \w+: unsigned module loading is restricted; see man kernel_lockdown\.7$/,
  );
  const either = ask(moduleWith(), kernelWith({}, { ...lockdown, enforcedBy: null }));
  assert.ok(either.answer === 'refused' && !either.quoted);
  const empty: ModuleFile = { ...moduleWith(), defect: 'No module found in object' };
  for (const [release, words] of [
    ['4.14.1', 'No module found in object'],
    ['6.1.1', 'made: No module found in object'],
    ['6.6.1', 'module made: Only one .gnu.linkonce.this_module section must exist.'],
    ['6.12.1', 'module made: Exactly one .gnu.linkonce.this_module section must exist.'],
  ] as const)
    assert.equal(refusal(ask(empty, kernelWith({}, { vermagic: known(`${release} ${MAGIC}`) }))), words);
  const open = kernelWith({}, { signatureEnforced: NOT_KNOWN });
  const behind = ask(moduleWith({ moduleLayout: 2 }), open);
  assert.ok(behind.answer === 'refused' && !behind.quoted, 'refused in any case');
});

test('an empty file has no end to check: the message is that of its own check', () => {
  const empty: ModuleFile = {
    ...moduleWith(),
    size: 0,
    signature: NOT_KNOWN,
    info: NOT_KNOWN,
    defect: 'Invalid parameters',
  };
  const answer = ask(empty, kernelWith({}));
  assert.ok(answer.answer === 'refused' && answer.quoted);
  assert.equal(answer.message, 'Invalid parameters');
});

test('a file that the kernel unpacks itself must have a check that the kernel supports', () => {
  const packed = (packedCheck: ModuleFile['packedCheck']): ModuleFile => ({ ...moduleWith(), packedCheck });
  const kernel = kernelWith({}, { unpacks: known('xz') });
  const answer = ask(packed('crc64'), kernel);
  assert.equal(refusal(answer), 'decompression failed with status 6');
  assert.deepEqual(answer.answer === 'refused' && answer.reason, { is: 'packing', check: 'crc64' });
  assert.equal(ask(packed('crc32'), kernel).answer, 'loads');
  assert.equal(ask(packed('crc64'), kernelWith({})).answer, 'loads', 'kmod unpacks it');
  assert.equal(ask(packed('crc64'), kernelWith({}, { unpacks: NOT_KNOWN })).answer, 'unknown');
});

test('a file that replaces a module of the kernel: the exports of that file count', () => {
  const taker = moduleWith({ imports: imports('given') });
  const kernel = kernelWith({ given: { from: 'drivers/own' } });
  const other = giver('other', 'GPL');
  const empty = moduleWith({}, 'own');
  const unread: ModuleFile = { ...empty, info: unknown('no-data', 'xz is not there') };
  const damaged: ModuleFile = { ...unread, defect: 'it is cut short' };
  const askWith = (...modules: readonly ModuleFile[]) =>
    loadable(taker, kernel, { modules, available: ['own'], loads: (file) => ask(file, kernel) });
  assert.equal(askWith().answer, 'loads');
  assert.equal(askWith(giver('own', 'GPL')).answer, 'loads');
  assert.equal(askWith(other).answer, 'loads');
  assert.equal(refusal(askWith(empty)), 'made: Unknown symbol given (err -2)');
  assert.equal(askWith(unread).answer, 'unknown');
  const behind = askWith(damaged);
  assert.ok(behind.answer === 'refused' && behind.reason.is === 'needs-module', JSON.stringify(behind));
});
