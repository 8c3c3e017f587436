import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from '../../support/certificate.ts';
import { kernelDirectory } from './cache.ts';
import { KERNELS, modulesOf } from './variants.ts';

/** A module file that is tried on every kernel. */
export interface ModuleCase {
  /** For the matrix: `aufs of patched`, `aufs without versions`. */
  readonly name: string;
  /** Name of the module itself, and of its file without ending. */
  readonly module: string;
  readonly path: string;
  /** The module that must be loaded before it; null: none. */
  readonly needs: string | null;
}

/** Writes all cases under a directory: the modules as they were compiled, and the edited ones. */
export function moduleCases(directory: string): ModuleCase[] {
  const compiled = KERNELS.flatMap((kernel) =>
    modulesOf(kernel).map((module) => {
      const path = compiledModule(kernel.name, module);
      const needs = module === 'taker' ? compiledModule(kernel.name, 'giver') : null;
      return { name: `${module} of ${kernel.name}`, module, path, needs };
    }),
  );
  return [...compiled, ...changedModules(directory), ...signedModules(directory)];
}

/** For the kernel that enforces signatures: by its own key, by another one, and malformed signatures. */
function signedModules(directory: string): ModuleCase[] {
  const kernel = 'patched-signed';
  const build = join(kernelDirectory(kernel), 'build');
  const content = readFileSync(compiledModule(kernel, 'aufs'));
  const stranger = { key: join(directory, 'stranger.pem'), certificate: join(directory, 'stranger.x509') };
  makeCertificate('Stranger', stranger.key, stranger.certificate);
  const own = {
    key: join(build, 'certs/signing_key.pem'),
    certificate: join(build, 'certs/signing_key.x509'),
  };
  const signed = (name: string, { key, certificate }: typeof own): ModuleCase => {
    const made = put(directory, name, 'aufs', content);
    execFileSync(join(build, 'scripts/sign-file'), ['sha256', key, certificate, made.path], {
      timeout: 60_000,
    });
    return made;
  };
  const sound = signed('signed by the kernel', own);
  const tail = '~Module signature appended~\n'.length;
  const bytes = readFileSync(sound.path);
  return [
    sound,
    signed('signed by a stranger', stranger),
    put(directory, 'signature too long', 'aufs', withByte(bytes, bytes.length - tail - 4, 0x7f)),
    put(directory, 'signature of another kind', 'aufs', withByte(bytes, bytes.length - tail - 10, 1)),
    put(directory, 'signature with more', 'aufs', withByte(bytes, bytes.length - tail - 11, 1)),
  ];
}

function compiledModule(kernel: string, module: string): string {
  return join(kernelDirectory(kernel), 'modules', `${module}.ko`);
}

function changedModules(directory: string): ModuleCase[] {
  const aufs = readFileSync(compiledModule('patched', 'aufs'));
  const taker = readFileSync(compiledModule('patched', 'taker'));
  const giver = readFileSync(compiledModule('patched', 'giver'));
  const half = Math.floor(aufs.length / 2);
  const changed = (name: string, content: Buffer): ModuleCase => put(directory, name, 'aufs', content);
  return [
    changed('no versions', withoutSection(directory, aufs, '__versions')),
    changed('another license', replaced(aufs, 'license=GPL\0', 'license=XYZ\0')),
    changed('another release', replaced(aufs, 'vermagic=6.1.', 'vermagic=6.2.')),
    changed('another vermagic', replaced(aufs, 'mod_unload', 'mod_unlosd')),
    changed('no vermagic', replaced(aufs, 'vermagic=', 'varmagic=')),
    changed('one CRC differs', withCrc(aufs, 'do_splice_from')),
    changed(
      'one version missing',
      replaced(aufs, versionRecordName('vma_do_fput'), versionRecordName('vma_do_fpux')),
    ),
    changed(
      'layout version missing',
      replaced(aufs, versionRecordName('module_layout'), versionRecordName('module_layoux')),
    ),
    changed('an unknown symbol', replaced(aufs, '\0vma_do_fput\0', '\0vma_do_fpux\0')),
    changed('another machine', withByte(aufs, 18, 0x28)),
    changed('not relocatable', withByte(aufs, 16, 2)),
    changed('live patch', replaced(aufs, 'description=stands in for', 'livepatch=Y\0ription=')),
    changed('cut in half', aufs.subarray(0, half)),
    changed('cut by one byte', aufs.subarray(0, aufs.length - 1)),
    changed('only a header', aufs.subarray(0, 64)),
    changed('empty', Buffer.alloc(0)),
    changed('not a module', Buffer.from('#!/bin/sh\necho I am no module\n'.repeat(20))),
    ...packings().map(({ tool, ending }) => packed(directory, aufs, tool, ending)),
    {
      ...put(
        directory,
        'another namespace',
        'taker',
        replaced(taker, 'import_ns=GIVER_SPACE', 'import_ns=GIVER_SPOCE'),
      ),
      needs: compiledModule('patched', 'giver'),
    },
    { ...put(directory, 'nobody gives', 'taker', taker), needs: null },
    {
      ...put(directory, 'its giver is of another kernel', 'taker', taker),
      needs: compiledModule('patched-quota', 'giver'),
    },
    {
      ...put(directory, 'its giver is proprietary', 'taker', taker),
      needs: put(directory, 'proprietary', 'giver', replaced(giver, 'license=GPL\0', 'license=XYZ\0')).path,
    },
  ];
}

/** Those that the insmod here can decompress: Debian's does not support gzip. */
function packings(): { tool: string; ending: string }[] {
  const features = execFileSync('kmod', ['--version'], { encoding: 'utf8' });
  return [
    { tool: 'gzip', ending: 'gz', feature: '+ZLIB' },
    { tool: 'xz', ending: 'xz', feature: '+XZ' },
    { tool: 'zstd', ending: 'zst', feature: '+ZSTD' },
  ].filter(({ feature }) => features.includes(feature));
}

function put(directory: string, name: string, module: string, content: Buffer, ending = ''): ModuleCase {
  const own = join(directory, name.replaceAll(' ', '-'));
  mkdirSync(own, { recursive: true });
  const path = join(own, `${module}.ko${ending}`);
  writeFileSync(path, content);
  return { name: `${module}: ${name}`, module, path, needs: null };
}

function packed(directory: string, content: Buffer, tool: string, ending: string): ModuleCase {
  const plain = put(directory, tool, 'aufs', content);
  execFileSync(tool, ['--force', '--keep', '--quiet', plain.path], { timeout: 60_000 });
  return { ...plain, path: `${plain.path}.${ending}` };
}

/** Replaces text by text of the same length everywhere. */
function replaced(content: Buffer, before: string, after: string): Buffer {
  const [old, fresh] = [Buffer.from(before, 'latin1'), Buffer.alloc(before.length)];
  fresh.write(after, 'latin1');
  const copy = Buffer.from(content);
  let found = 0;
  for (let at = copy.indexOf(old); at >= 0; at = copy.indexOf(old, at + 1)) {
    fresh.copy(copy, at);
    found++;
  }
  if (found === 0) throw new Error(`there is no ${JSON.stringify(before)} in the module`);
  return copy;
}

/** A record of the version table is 64 bytes: 8 of CRC, then the name. Padded, it occurs only there. */
function versionRecordName(symbol: string): string {
  return symbol.padEnd(40, '\0');
}

function withCrc(content: Buffer, symbol: string): Buffer {
  const copy = Buffer.from(content);
  const at = copy.indexOf(Buffer.from(versionRecordName(symbol), 'latin1'));
  if (at < 8) throw new Error(`there is no version of ${symbol} in the module`);
  copy.writeUInt8(copy.readUInt8(at - 8) ^ 0xff, at - 8);
  return copy;
}

function withByte(content: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(content);
  copy.writeUInt8(value, at);
  return copy;
}

function withoutSection(directory: string, content: Buffer, section: string): Buffer {
  const { path } = put(directory, 'work', 'aufs', content);
  execFileSync('objcopy', [`--remove-section=${section}`, path], { timeout: 60_000 });
  return readFileSync(path);
}
