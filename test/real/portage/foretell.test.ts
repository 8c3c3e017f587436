import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseMergeList } from '../../../src/system/portage/merge-list.ts';
import { PORTAGE } from './checkout.ts';
import { portageMachine } from './portage-machine.ts';

const AUFS = '=sys-fs/aufs6-0_pre20230828';
const OLD_SOURCES = '=sys-kernel/gentoo-sources-6.1.191';
const SOURCES = '=sys-kernel/gentoo-sources-6.1.192';

interface Foretold {
  readonly merges: readonly { readonly what: string; readonly cpv: string; readonly slot: string | null }[];
  readonly effects: readonly { readonly certainty: string; readonly text: string }[];
  readonly after: { readonly findings: readonly { readonly code: string }[] };
}

/** Predictions with a real Portage are compared with the merges of that Portage. */
describe('merges predicted under a real Portage', { skip: PORTAGE }, async () => {
  const machine = await portageMachine();
  machine.run(
    `printf '#!/bin/sh\\nexec %s "$@"\\n' "${machine.command()}" >/usr/bin/emerge; chmod 755 /usr/bin/emerge`,
  );

  const foretell = (...words: readonly string[]): Foretold => {
    const { out } = machine.run(`aufswatch foretell --json ${words.join(' ')} 2>&1`);
    return JSON.parse(out);
  };
  /** The selected sources: the state of the patch, and the target of the link. */
  const selected = (): string => {
    const { path, patch } = JSON.parse(
      machine.run(
        `aufswatch snapshot | python3 -c 'import json, sys
s = json.load(sys.stdin)["sources"]
p = s["selected"]["path"]
t = [t for t in s["trees"] if t["path"] == p][0]
print(json.dumps({"path": p, "patch": t["patch"]["components"]["base"]["state"]}))'`,
      ).out,
    );
    return `${path} ${patch}`;
  };
  const texts = ({ effects }: Foretold): string[] =>
    effects.map(({ certainty, text }) => `${certainty}: ${text}`);

  test('sources merged again lose the patch, as predicted', () => {
    machine.emerge(SOURCES);
    machine.emerge(AUFS);
    assert.equal(selected(), '/usr/src/linux-6.1.192-gentoo present');
    const foretold = foretell(SOURCES);
    assert.deepEqual(
      foretold.merges.map(({ what, cpv, slot }) => [what, cpv, slot]),
      [['merged', 'sys-kernel/gentoo-sources-6.1.192', '6.1.192']],
    );
    assert.deepEqual(texts(foretold), [
      'known: brings the original files of /usr/src/linux-6.1.192-gentoo back: the AUFS patches in it are lost',
    ]);
    assert.equal(selected(), '/usr/src/linux-6.1.192-gentoo present', 'nothing was merged');
    machine.emerge(SOURCES);
    assert.equal(selected(), '/usr/src/linux-6.1.192-gentoo absent');
    const { out } = machine.run('aufswatch status --json');
    const found: Foretold['after'] = JSON.parse(out);
    assert.ok(found.findings.length > 0);
    for (const { code } of foretold.after.findings.filter((each) =>
      /^(sources|patch|kernel)/.test(each.code),
    ))
      assert.ok(
        found.findings.some((each) => each.code === code),
        `${code} was predicted, and ${out}`,
      );
  });

  test('USE=symlink moves the link, as predicted', () => {
    const foretold = machine.run(`USE=symlink aufswatch foretell ${OLD_SOURCES}`).out;
    assert.match(foretold, /moves \/usr\/src\/linux to\s+\/usr\/src\/linux-6\.1\.191-gentoo \(USE=symlink\)/);
    machine.run(`USE=symlink ${machine.command(OLD_SOURCES)}`);
    assert.equal(selected(), '/usr/src/linux-6.1.191-gentoo absent');
  });

  test('packages to be unmerged are read from the output of emerge', () => {
    const { out } = machine.emerge('--pretend', '--unmerge', SOURCES);
    assert.deepEqual(
      parseMergeList(out).merges.map(({ what, cpv }) => `${what} ${cpv}`),
      ['removed sys-kernel/gentoo-sources-6.1.192'],
    );
    const foretold = foretell('--', '--unmerge', OLD_SOURCES);
    assert.ok(foretold.after.findings.some(({ code }) => code === 'sources-link-broken'));
  });

  test('an unknown package and an invalid atom are reported in one line', () => {
    const wrong = machine.run('aufswatch foretell sys-fs/nothing; echo $?').out;
    assert.match(
      wrong,
      /^aufswatch: emerge failed: emerge: there are no ebuilds to satisfy "sys-fs\/nothing"\.\n3\n$/,
    );
    assert.match(
      machine.run('aufswatch foretell /tmp/evil.ebuild').out,
      /^aufswatch: .* is neither an atom nor a set/,
    );
    assert.match(
      machine.run('aufswatch foretell -- --sync @world').out,
      /^aufswatch: --sync is not an option of emerge/,
    );
  });
});
