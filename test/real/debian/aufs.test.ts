import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { known } from '../../../src/model/fact.ts';
import type { ModuleFile, ModuleInfo } from '../../../src/model/module.ts';
import { readReleaseAbi } from '../../../src/system/abi/release-abi.ts';
import { openRoot } from '../../../src/system/root.ts';
import { readKernelImage } from '../../../src/system/vmlinux/kernel-image.ts';
import { loadable } from '../../../src/verdict/loadable.ts';
import { DEBIAN_KERNEL_TOOLS, isOffered } from '../../support/debian-kernels.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import { placeKernel } from './machine.ts';

/**
 * The symbols that aufs.ko of aufs6.1-standalone (20240701) needs from its kernel. It was compiled with Debian's
 * headers of 6.1.0-56-amd64, in which the base and mmap patches were made, with a Module.symvers that lacks the exports
 * of the standalone patch. `seen`: the messages of two kernels of Debian's, which have none of these patches, when it
 * was loaded in QEMU on 2026-11-28. `imports`: names, `?` for weak, and the CRCs of its version table.
 */
interface Recorded {
  readonly vermagic: string;
  readonly license: string;
  readonly moduleLayout: number;
  readonly structSize: number;
  readonly elf: string;
  readonly imports: readonly string[];
  readonly seen: Readonly<Record<string, readonly string[]>>;
}

const AUFS: Recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../test/real/debian/aufs-module.json'), 'utf8'),
);

/** The kernel that it was compiled for; the other refuses it for its module_layout, as any module of another build. */
const RELEASES = ['6.1.0-56-amd64'];
const skip =
  needs(...DEBIAN_KERNEL_TOOLS, 'depmod', 'prlimit') ||
  (RELEASES.every(isOffered) ? false : `apt does not offer ${RELEASES.join(', ')}`);

for (const release of RELEASES) {
  test(`the real aufs.ko on ${release}, which lacks the standalone patch`, { skip }, () => {
    const directory = join(temporaryDirectory(), 'root');
    placeKernel(directory, release, 'image');
    // According to its index none of the kernel's own modules exports these symbols.
    execFileSync('depmod', ['-b', directory, release], { stdio: 'pipe' });
    const root = openRoot(directory);
    const image = readKernelImage(root, `/boot/vmlinuz-${release}`, release);
    const file = aufsFile();
    const wanted = new Set([
      'module_layout',
      ...(file.info.known ? file.info.value.imports : []).map(({ name }) => name),
    ]);
    const { abi } = readReleaseAbi(root, release, wanted, image);
    const answer = loadable(file, abi, { modules: [], available: [], loads: () => ({ answer: 'loads' }) });
    assert.ok(answer.answer === 'refused' && answer.quoted, JSON.stringify(answer));
    const [first = '', ...others] = (AUFS.seen[release] ?? []).filter((line) => !line.includes('taint'));
    assert.equal(answer.message, first);
    const named = [first, ...others].map((line) => / symbol (\S+)/.exec(line)?.[1]);
    assert.deepEqual([...new Set(answer.symbols)], [...new Set(named)]);
  });
}

function aufsFile(): ModuleFile {
  const info: ModuleInfo = {
    name: 'aufs',
    vermagic: AUFS.vermagic,
    version: null,
    srcversion: null,
    license: AUFS.license,
    depends: [],
    importNamespaces: [],
    buildId: null,
    hasVersions: true,
    hasBasicVersions: true,
    hasExtendedVersions: false,
    moduleLayout: AUFS.moduleLayout,
    imports: AUFS.imports.map((line) => {
      const [name = '', crc = '-'] = line.split(' ');
      return {
        name: name.replace('?', ''),
        weak: name.endsWith('?'),
        crc: crc === '-' ? null : Number.parseInt(crc, 16),
      };
    }),
    exports: [],
    elf: AUFS.elf,
    structSize: AUFS.structSize,
    livepatch: false,
    exportsWithoutCrc: false,
    btfOfKernel: false,
  };
  return {
    name: 'aufs',
    path: '/lib/modules/x/updates/aufs.ko',
    compression: 'none',
    packedCheck: null,
    mtime: 0,
    size: 1,
    owner: 'sys-fs/aufs-1',
    inTree: false,
    indexed: true,
    signature: known(null),
    defect: null,
    info: known(info),
  };
}
