import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ModuleFile, ModuleInfo, Seal } from '../../../src/model/module.ts';
import { vermagicOfListed } from '../../../src/system/abi/own-module.ts';
import { readElf } from '../../../src/system/elf/sections.ts';
import { readModule } from '../../../src/system/modules/read-module.ts';
import { openRoot } from '../../../src/system/root.ts';
import { signersOfCertificates } from '../../../src/system/signature/signer.ts';
import { fits } from '../../../src/verdict/loadable/seal.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { compileModules, kernelHeaders, needsRealModules, tool } from '../../support/real-modules.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';

const skip = needsRealModules();
const PLACE = { owner: null, inTree: false, indexed: null };
const directory = temporaryDirectory();
if (skip === false) compileModules(directory);
const GIVER = join(directory, 'give-r.ko');
const TAKER = join(directory, 'taker.ko');

function fileOf(path: string): ModuleFile {
  const root = openRoot(directory);
  const file = readModule(root, path.slice(directory.length), PLACE);
  assert.ok(file.known, file.known ? '' : file.detail);
  return file.value;
}

function infoOf(path: string): ModuleInfo {
  const { info } = fileOf(path);
  assert.ok(info.known, info.known ? '' : info.detail);
  return info.value;
}

function signatureOf(path: string) {
  const { signature } = fileOf(path);
  return signature.known ? signature.value : signature.detail;
}

function sealedBy(path: string): Seal | null {
  const { signature } = fileOf(path);
  return signature.known ? (signature.value?.seal ?? null) : null;
}

/** The value of a field that modinfo prints; null: it has none. */
function field(path: string, name: string): string | null {
  const text = tool('modinfo', '-F', name, path).replace(/\n$/, '');
  return text === '' ? null : text;
}

test('every field equals that of modinfo', { skip }, () => {
  for (const path of [GIVER, TAKER]) {
    const info = infoOf(path);
    assert.equal(info.vermagic?.trimEnd(), field(path, 'vermagic')?.trimEnd());
    assert.equal(info.version, field(path, 'version'));
    assert.equal(info.srcversion, field(path, 'srcversion'));
    assert.equal(info.license, field(path, 'license'));
    assert.equal(info.depends.join(','), field(path, 'depends') ?? '');
    assert.deepEqual(info.importNamespaces.join('\n'), field(path, 'import_ns') ?? '');
    assert.equal(fileOf(path).name, field(path, 'name'));
    assert.equal(info.name, field(path, 'name'));
    assert.equal(fileOf(path).defect, null);
    assert.equal(info.livepatch, false);
    assert.deepEqual(fileOf(path).signature, { known: true, value: null });
  }
  assert.deepEqual(infoOf(TAKER).depends, ['give-r']);
});

test('the version table equals the one that modprobe dumps', { skip }, () => {
  for (const path of [GIVER, TAKER]) {
    const dumped = new Map(
      tool('modprobe', '--dump-modversions', path)
        .trim()
        .split('\n')
        .map((line) => line.split('\t'))
        .map(([crc, name]) => [name, Number(crc)]),
    );
    const info = infoOf(path);
    assert.ok(info.hasVersions);
    assert.equal(info.moduleLayout, dumped.get('module_layout'));
    const ours = new Map(info.imports.flatMap(({ name, crc }) => (crc === null ? [] : [[name, crc]])));
    dumped.delete('module_layout');
    assert.deepEqual(ours, dumped);
  }
});

test('a module that was stripped as Portage does has the same facts', {
  skip: needsRealModules('strip'),
}, () => {
  for (const path of [GIVER, TAKER]) {
    const stripped = path.replace(/\.ko$/, '-stripped.ko');
    tool('strip', '--strip-unneeded', '-o', stripped, path);
    assert.doesNotMatch(tool('nm', stripped), /__ksymtab_giver/);
    const { imports, ...rest } = infoOf(stripped);
    const { imports: whole, ...before } = infoOf(path);
    assert.deepEqual(rest, before);
    const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);
    assert.deepEqual(imports.toSorted(byName), whole.toSorted(byName));
  }
});

test('the imports are the undefined symbols of nm, weak ones marked', { skip }, () => {
  for (const path of [GIVER, TAKER]) {
    const listed = tool('nm', '-u', path)
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .map(([kind, name]) => ({ name, weak: kind === 'w' || kind === 'v' }));
    const ours = infoOf(path).imports.map(({ name, weak }) => ({ name, weak }));
    assert.deepEqual(ours.sort(byName), listed.sort(byName));
  }
  assert.ok(infoOf(TAKER).imports.some(({ name, weak }) => name === 'nowhere_at_all' && weak));
});

test('the exports are those that modpost wrote into Module.symvers, with CRC, license and namespace', {
  skip,
}, () => {
  const written = readFileSync(join(directory, 'Module.symvers'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([crc, name, , type, namespace]) => ({
      name,
      crc: Number(crc),
      gplOnly: type === 'EXPORT_SYMBOL_GPL',
      namespace: namespace ?? '',
    }));
  assert.equal(written.length, 3);
  assert.deepEqual([...infoOf(GIVER).exports].sort(byName), written.sort(byName));
  assert.deepEqual(infoOf(TAKER).exports, []);
  assert.equal(infoOf(GIVER).exportsWithoutCrc, false);
});

test('the build ID equals that of readelf', { skip: needsRealModules('readelf') }, () => {
  const [, id] = /Build ID: ([0-9a-f]+)/.exec(tool('readelf', '-n', TAKER)) ?? [];
  assert.equal(infoOf(TAKER).buildId, id ?? null);
});

test('compressed with gzip, xz and zstd it is the same module', {
  skip: needsRealModules('gzip', 'xz', 'zstd'),
}, () => {
  const plain = infoOf(TAKER);
  for (const [packer, ending, compression] of [
    ['gzip', 'gz', 'gzip'],
    ['xz', 'xz', 'xz'],
    ['zstd', 'zst', 'zstd'],
  ] as const) {
    const path = `${TAKER}.${ending}`;
    writeFileSync(path, execFileSync(packer, ['-c', TAKER], { maxBuffer: 64 * 1024 * 1024 }));
    const file = fileOf(path);
    assert.equal(file.name, 'taker');
    assert.equal(file.compression, compression);
    assert.equal(file.size, statSync(path).size);
    assert.deepEqual(infoOf(path), plain, packer);
    const half = `${directory}/half.ko.${ending}`;
    const bytes = readFileSync(path);
    writeFileSync(half, bytes.subarray(0, bytes.length / 2));
    assert.match(fileOf(half).defect ?? '', /could not be unpacked/, packer);
    assert.ok(!fileOf(half).info.known);
  }
});

test('the first bytes identify the compression, not the name', {
  skip: needsRealModules('xz', 'bzip2'),
}, () => {
  const plain = infoOf(TAKER);
  const packed = (tool: string) => execFileSync(tool, ['-c', TAKER], { maxBuffer: 64 * 1024 * 1024 });
  layOut(directory, { 'misnamed/plain.ko.xz': readFileSync(TAKER), 'misnamed/xz.ko': packed('xz') });
  assert.deepEqual(infoOf(`${directory}/misnamed/plain.ko.xz`), plain);
  assert.equal(fileOf(`${directory}/misnamed/plain.ko.xz`).compression, 'none');
  assert.deepEqual(infoOf(`${directory}/misnamed/xz.ko`), plain);
  assert.equal(fileOf(`${directory}/misnamed/xz.ko`).compression, 'xz');
  // kmod passes it to the kernel unchanged.
  layOut(directory, { 'misnamed/bzip2.ko': packed('bzip2') });
  assert.ok(!fileOf(`${directory}/misnamed/bzip2.ko`).info.known);
});

test('the kernel’s vermagic is read from one of its own modules, compressed or not', {
  skip: needsRealModules('xz'),
}, () => {
  const root = openRoot(directory);
  const vermagic = field(TAKER, 'vermagic');
  layOut(directory, {
    'built/modules.order': 'kernel/gone.ko\nkernel/own/taker.ko\n',
    'later/modules.order': 'own/taker.o\n',
    'packed/modules.order': 'kernel/own/taker.ko\n',
    'built/own/.keep': '',
    'later/own/.keep': '',
    'packed/kernel/own/.keep': '',
    'none/modules.order': '../../../../../../etc/hostname\n',
  });
  copyFileSync(TAKER, join(directory, 'built/own/taker.ko'));
  copyFileSync(TAKER, join(directory, 'later/own/taker.ko'));
  writeFileSync(join(directory, 'packed/kernel/own/taker.ko.xz'), execFileSync('xz', ['-c', TAKER]));
  for (const place of ['/built', '/later', '/packed'])
    assert.deepEqual(vermagicOfListed(root, place), { known: true, value: vermagic }, place);
  for (const place of ['/none', '/nowhere']) assert.equal(vermagicOfListed(root, place).known, false, place);
});

const signer = join(kernelHeaders() ?? '', 'scripts', 'sign-file');

test('the signature of the kernel’s own tool is read as modinfo reads it, and the module before it', {
  skip: needsRealModules('openssl') || (existsSync(signer) ? false : 'needs sign-file of linux-kbuild'),
}, () => {
  const key = join(directory, 'key.pem');
  const certificate = join(directory, 'key.x509');
  makeCertificate('Nobody of this test', key, certificate);
  const path = join(directory, 'signed.ko');
  copyFileSync(TAKER, path);
  tool(signer, 'sha256', key, certificate, path);
  assert.equal(field(path, 'signer'), 'Nobody of this test');
  const [named] = signersOfCertificates(readFileSync(certificate));
  assert.ok(named !== undefined);
  // modinfo prints the serial number as bytes with colons between them.
  assert.equal(named.name.split('/')[0], field(path, 'sig_key')?.replaceAll(':', '').toLowerCase());
  assert.deepEqual(infoOf(path), infoOf(TAKER));
  const seal = sealedBy(path);
  assert.ok(named.key !== null && seal !== null);
  assert.equal(fits(seal, named.key), true);
  assert.deepEqual(signatureOf(path), { form: 'sound', signer: named.name, seal });

  const byKeyId = join(directory, 'signed-by-id.ko');
  copyFileSync(TAKER, byKeyId);
  tool(signer, '-k', 'sha256', key, certificate, byKeyId);
  assert.deepEqual(signatureOf(byKeyId), { form: 'sound', signer: null, seal: null });

  const bytes = readFileSync(path);
  const cut = join(directory, 'cut.ko');
  // Its length is false: longer than the file.
  bytes.writeUInt32BE(0xffffffff, bytes.length - '~Module signature appended~\n'.length - 4);
  writeFileSync(cut, bytes);
  assert.deepEqual(signatureOf(cut), { form: 'malformed', signer: null, seal: null });
  const other = readFileSync(path);
  for (const [kind, form] of [
    [1, 'x509'],
    [0, 'unsupported'],
  ] as const) {
    other.writeUInt8(kind, other.length - '~Module signature appended~\n'.length - 10);
    writeFileSync(cut, other);
    assert.deepEqual(signatureOf(cut), { form, signer: null, seal: null });
  }
});

test('a module that is cut off at any section’s start or end is never complete, and never an exception', {
  skip,
}, () => {
  const whole = readFileSync(TAKER);
  const elf = openRoot(directory).withFile('/taker.ko', readElf);
  assert.ok(elf.known);
  const ends = elf.value.sections.flatMap(({ offset, size, type }) => [
    offset,
    type === 8 ? 0 : offset + size,
  ]);
  const cuts = new Set([...ends, 0, 1, 51, 52, 63, 64, whole.length - 1].filter((at) => at < whole.length));
  const path = join(directory, 'cut-off.ko');
  for (const at of cuts) {
    writeFileSync(path, whole.subarray(0, at));
    const { defect, info } = fileOf(path);
    assert.ok(defect !== null, `cut at ${at}: ${JSON.stringify(info).slice(0, 200)}`);
  }
});

test('of 11 MB of debug information hardly anything is read', { skip: needsRealModules('objcopy') }, () => {
  const debug = join(directory, 'debug.bin');
  writeFileSync(debug, Buffer.alloc(11 * 1024 * 1024, 0x5a));
  const path = join(directory, 'heavy.ko');
  tool('objcopy', '--add-section', `.debug_heavy=${debug}`, TAKER, path);
  assert.ok(statSync(path).size > 11 * 1024 * 1024);
  const root = openRoot(directory);
  let read = 0;
  const counting: typeof root = {
    ...root,
    withFile: (name, use) =>
      root.withFile(name, (file) =>
        use({
          stat: file.stat,
          read: (offset, length) => {
            const bytes = file.read(offset, length);
            read += bytes.length;
            return bytes;
          },
        }),
      ),
  };
  const file = readModule(counting, '/heavy.ko', PLACE);
  assert.ok(file.known && file.value.info.known);
  assert.deepEqual(file.value.info.value.imports, infoOf(TAKER).imports);
  assert.ok(read < 256 * 1024, `${read} bytes were read`);
});

test('the kernel’s counters of the process confirm that', {
  skip: needsRealModules('objcopy', 'strace') || ptraceRefused(),
}, () => {
  const heavy = join(directory, 'heavy.ko');
  const script = join(directory, 'read.mjs');
  const library = join(import.meta.dirname, '..', '..', '..', 'src', 'system');
  writeFileSync(
    script,
    `import { openRoot } from ${JSON.stringify(join(library, 'root.js'))};
import { readModule } from ${JSON.stringify(join(library, 'modules', 'read-module.js'))};
const file = readModule(openRoot(${JSON.stringify(directory)}), '/heavy.ko', { owner: null, inTree: false, indexed: null });
process.exit(file.known && file.value.info.known ? 0 : 1);
`,
  );
  assert.ok(existsSync(heavy));
  const log = join(directory, 'strace.log');
  tool('strace', '-f', '-y', '-e', 'trace=read,pread64', '-o', log, process.execPath, script);
  const counts = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('/heavy.ko>'))
    .map((line) => Number(/= (\d+)$/.exec(line)?.[1] ?? 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  assert.ok(total > 0 && total < 256 * 1024, `${total} bytes in ${counts.length} calls`);
});

function ptraceRefused(): string | false {
  if (needs('strace') !== false) return false;
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'pipe' });
    return false;
  } catch {
    return 'needs ptrace, which is refused here';
  }
}

function byName(a: { name?: string | undefined }, b: { name?: string | undefined }): number {
  return (a.name ?? '') < (b.name ?? '') ? -1 : 1;
}
