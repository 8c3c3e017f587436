import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { readInitramfs } from '../../../src/system/boot/initramfs/read-initramfs.ts';
import { sourceOfFile } from '../../../src/system/bytes.ts';
import { openSymbolRoom } from '../../../src/system/modules/symbol-room.ts';
import { openRoot } from '../../../src/system/root.ts';
import { NAMESPACE } from '../../support/namespace.ts';
import { compileModules, needsRealModules } from '../../support/real-modules.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';

const RELEASE = '6.1.0-aufswatch';
const PACKERS = ['bzip2', 'lz4', 'lzop', 'xz', 'zstd'];
const skip = needsRealModules() || needs('cpio', 'depmod', ...PACKERS);

/**
 * Images made by dracut and initramfs-tools, with each of their compressions. Their own tools list the expected
 * modules.
 */
suite('the modules in an initramfs', { skip }, () => {
  const work = temporaryDirectory();
  const kernel = join(work, 'kernel');
  const directory = join(kernel, 'lib/modules', RELEASE);

  before(() => {
    const modules = compileModules(join(work, 'sources'));
    mkdirSync(join(directory, 'extra'), { recursive: true });
    for (const file of ['give-r.ko', 'taker.ko'])
      copyFileSync(join(modules, file), join(directory, 'extra', file));
    for (const file of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo'])
      writeFileSync(join(directory, file), '');
    execFileSync('depmod', ['-b', kernel, RELEASE]);
  });

  /** Two modules, in an archive alone and after an archive for the processor, which is never compressed. */
  async function assertAsListed(image: string, lister: readonly [string, ...string[]]): Promise<void> {
    const early = join(work, 'early.cpio');
    layOut(join(work, 'early'), { 'kernel/x86/microcode/AuthenticAMD.bin': 'microcode' });
    const names = 'kernel\nkernel/x86\nkernel/x86/microcode\nkernel/x86/microcode/AuthenticAMD.bin\n';
    writeFileSync(
      early,
      execFileSync('cpio', ['-o', '-H', 'newc', '--quiet'], { cwd: join(work, 'early'), input: names }),
    );
    const behind = `${image}.behind`;
    writeFileSync(behind, Buffer.concat([readFileSync(early), readFileSync(image)]));
    for (const file of [image, behind]) {
      const [program, ...words] = lister;
      const listed = execFileSync(program, [...words, file], { encoding: 'utf8', maxBuffer: 1e8 });
      const expected = [...listed.matchAll(/(?:^| )(\S+\.ko(?:\.\w+)?)$/gm)].map((match) => `/${match[1]}`);
      assert.equal(expected.length, 2, listed);
      const path = file.slice(work.length);
      const found = await openRoot(work).whileOpen(path, (open) =>
        readInitramfs(sourceOfFile(open), path, {
          names: new Set(),
          symbols: openSymbolRoom(),
          expired: () => false,
        }),
      );
      if (!found.known) assert.fail(found.detail);
      assert.deepEqual(found.value.modules.map((module) => module.path).sort(), expected.sort(), file);
      // They are outside of kernel/, so they are read.
      const infos = found.value.modules.map((module) => module.file?.info);
      assert.ok(infos.every((info) => info?.known === true && info.value.vermagic !== null));
    }
  }

  suite('of dracut', { skip: needs('dracut', 'lsinitrd') }, () => {
    for (const packed of ['--gzip', '--bzip2', '--xz', '--zstd', '--lz4', '--lzo', '--no-compress'])
      test(packed, async () => {
        const image = join(work, `dracut${packed}.img`);
        const from = ['--kmoddir', directory, '--no-hostonly', '--modules', 'base'];
        const words = [...from, '--add-drivers', 'give_r taker', '--force', '--quiet', packed];
        const made = spawnSync('dracut', [...words, image, RELEASE], { encoding: 'utf8' });
        assert.equal(made.status, 0, made.stderr);
        await assertAsListed(image, ['lsinitrd']);
      });
  });

  suite('of initramfs-tools', { skip: NAMESPACE || needs('mkinitramfs', 'lsinitramfs') }, () => {
    before(() => {
      layOut(join(work, 'settings'), {
        'initramfs.conf': 'MODULES=list\nBUSYBOX=auto\nCOMPRESS=gzip\nRUNSIZE=10%\nFSTYPE=ext4\n',
        modules: 'give_r\ntaker\n',
        'conf.d/none': '',
        'hooks/none': '',
        'scripts/none': '',
      });
      const kinds = ['GZIP', 'BZIP2', 'LZMA', 'XZ', 'LZO', 'LZ4', 'ZSTD'];
      layOut(join(work, 'boot'), {
        [`config-${RELEASE}`]: kinds.map((kind) => `CONFIG_RD_${kind}=y\n`).join(''),
      });
    });

    for (const packed of ['gzip', 'bzip2', 'lzma', 'xz', 'lzop', 'lz4', 'zstd'])
      test(packed, async () => {
        const image = join(work, `tools-${packed}.img`);
        // It reads modules and configuration of the kernel only from their usual places.
        const script =
          'mount --bind "$1/kernel/lib/modules" /lib/modules && mount --bind "$1/boot" /boot && ' +
          'exec mkinitramfs -d "$1/settings" -c "$2" -o "$3" "$4"';
        const words = ['-m', 'sh', '-c', script, 'sh', work, packed, image, RELEASE];
        const made = spawnSync('unshare', words, { encoding: 'utf8' });
        assert.equal(made.status, 0, made.stderr);
        await assertAsListed(image, ['lsinitramfs']);
      });
  });
});
