import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseMergeList } from '../../../src/system/portage/merge-list.ts';

/** One short line for each package. */
function merges(text: string): string[] {
  return parseMergeList(text).merges.map(({ what, cpv, slot, use, binary, kinds }) =>
    [what, cpv, slot ?? '-', use?.join(',') ?? '-', ...(binary ? ['binary'] : []), ...kinds].join(' '),
  );
}

describe('the output of emerge --pretend', () => {
  const CASES: Readonly<Record<string, readonly [string, string]>> = {
    'with --verbose': [
      '[ebuild  NS    ] sys-kernel/gentoo-sources-6.1.192:6.1.192::gentoo [6.1.191:6.1.191::gentoo] USE="symlink -build" 0 KiB',
      'merged sys-kernel/gentoo-sources-6.1.192 6.1.192 symlink kernel-sources',
    ],
    'with --verbose and --columns': [
      '[ebuild     U  ] sys-fs/aufs6                    [0_pre20240701::gentoo]  [0_pre20230828::gentoo] USE="kernel-patch" 0 KiB',
      'merged sys-fs/aufs6-0_pre20240701 - kernel-patch aufs',
    ],
    'with --quiet': [
      '[ebuild     U ] sys-fs/aufs6-0_pre20240701 [0_pre20230828]',
      'merged sys-fs/aufs6-0_pre20240701 - - aufs',
    ],
    'with signs of what changes': [
      '[ebuild   R   ~] sys-fs/zfs-kmod-2.2.7:0/6.9::gentoo  USE="(-debug) dist-kernel%* initramfs* -rootfs* (-gone%)" 0 KiB',
      'merged sys-fs/zfs-kmod-2.2.7 0 dist-kernel,initramfs',
    ],
    'a binary package': [
      '[binary   R    ] app-misc/hello-2.12.1-2::gentoo  USE="nls"',
      'merged app-misc/hello-2.12.1 - nls binary',
    ],
    'an uninstall for another package': [
      '[uninstall     ] sys-kernel/gentoo-kernel-6.6.1::gentoo',
      'removed sys-kernel/gentoo-kernel-6.6.1 - - dist-kernel',
    ],
    'in colour': [
      '[\u001b[32mebuild\u001b[39;49;00m  \u001b[32;01mN\u001b[39;49;00m    ] \u001b[32msys-kernel/vanilla-sources-6.6.1\u001b[39;49;00m ',
      'merged sys-kernel/vanilla-sources-6.6.1 - - kernel-sources',
    ],
    'a list of packages': ['=sys-kernel/linux-headers-6.6', 'merged sys-kernel/linux-headers-6.6 - -'],
  };
  for (const [name, [line, expected]] of Object.entries(CASES))
    test(name, () =>
      assert.deepEqual(merges(`\nThese are the packages …\n\n${line}\n\nTotal: 1 package\n`), [expected]),
    );

  test('packages to be unmerged', () => {
    const text = ' sys-fs/aufs6\n    selected: 0_pre20230828 \n   protected: none \n\n';
    const all = 'All selected packages: =sys-fs/aufs6-0_pre20230828 =sys-kernel/gentoo-sources-6.1.191\n';
    assert.deepEqual(merges(text + all), [
      'removed sys-fs/aufs6-0_pre20230828 - - aufs',
      'removed sys-kernel/gentoo-sources-6.1.191 - - kernel-sources',
    ]);
  });

  test('packages that stay, blockers, and lines without a package', () => {
    const lines = [
      '[nomerge       ] sys-fs/aufs6-0_pre20240701',
      '[blocks b      ] sys-fs/aufs5 ("sys-fs/aufs5" is soft blocking sys-fs/aufs6-1)',
      '[blocks B      ] sys-fs/aufs4 ("sys-fs/aufs4" is hard blocking sys-fs/aufs6-1)',
      'Total: 2 packages (1 upgrade), Size of downloads: 0 KiB',
      'sys-fs/aufs6',
      '../../etc/passwd-1',
    ];
    assert.deepEqual(parseMergeList(lines.join('\n')), {
      merges: [],
      blockers: ['sys-fs/aufs4 ("sys-fs/aufs4" is hard blocking sys-fs/aufs6-1)'],
    });
  });

  test('any text gives some list', () => {
    const line = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `[ebuild  N ] sys-fs/${rest}`),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => parseMergeList(lines.join('\n')).merges.length <= lines.length),
    );
  });
});
