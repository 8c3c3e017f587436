import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PortageEvent } from '../../../src/model/event.ts';
import { PORTAGE } from './checkout.ts';
import { portageMachine } from './portage-machine.ts';

const AUFS = '=sys-fs/aufs6-0_pre20230828';
const NEWER_AUFS = '=sys-fs/aufs6-0_pre20240701';
const OLD_SOURCES = '=sys-kernel/gentoo-sources-6.1.191';
const SOURCES = '=sys-kernel/gentoo-sources-6.1.192';

/** One machine from the first merge on; each test continues where the previous one ended. */
describe('the story of a machine under a real Portage', { skip: PORTAGE }, async () => {
  const machine = await portageMachine();
  assert.equal(machine.run('aufswatch setup').status, 0);

  /** `setup patched`, each with the package if it is another. */
  const newEvents = (): string[] => machine.events().map((event) => `${event.pf} ${words(event)}`);
  const words = ({ phase, patchChange, replacedBy, replacing }: PortageEvent): string =>
    [phase, patchChange, ...(replacedBy ? [`by ${replacedBy}`] : []), ...(replacing ?? [])].join(' ');
  /** The entries of `aufswatch history` about packages and patches, without times, since the last call. */
  let known = 0;
  const history = (): string[] => {
    const lines = machine.run('aufswatch daemon --once >/dev/null; aufswatch history --json').out;
    const entries: { kind: string; text: string; cause: string | null }[] = JSON.parse(lines).entries;
    const mine = entries.filter(({ kind }) => kind === 'package' || kind === 'patch');
    const fresh = mine.slice(known).map(({ text, cause }) => (cause === null ? text : `${text}: ${cause}`));
    known = mine.length;
    // Events within one second have no order there.
    return fresh.toSorted();
  };

  /**
   * The last output of emerge. post_emerge is silent if the machine is too busy for its five seconds; then it is tried
   * once more.
   */
  const lastWord = (out: string): string => {
    if (out.includes('\naufswatch: ')) return out;
    return `\n${machine.run('sleep 1; touch /var/lib/aufswatch/inbox; /etc/portage/bin/post_emerge').out}`;
  };
  const status = (): string => machine.run('aufswatch status').out;

  test('sources, and AUFS, which first reverses a patch that is not there and then patches', () => {
    assert.equal(machine.emerge(SOURCES).status, 0);
    machine.events();
    history();
    const { status: ended, out } = machine.emerge(AUFS);
    assert.equal(ended, 0, out);
    assert.match(
      out,
      /The next boot may be without AUFS until a kernel .*\n.*\* sys-fs\/aufs6-0_pre20230828 has patched the kernel sources in \/usr\/src\/linux-6\.1\.192-gentoo\.\n/,
    );
    assert.match(out, /has patched the kernel sources in .*\n.*What to do: aufswatch plan\n/);
    assert.match(lastWord(out), /\naufswatch: \w+: .*\n.*has never been compiled/);
    assert.deepEqual(newEvents(), ['aufs6-0_pre20230828 setup patched', 'aufs6-0_pre20230828 postinst none']);
    assert.deepEqual(history(), [
      '/usr/src/linux-6.1.192-gentoo carries the AUFS patches: sys-fs/aufs6-0_pre20230828',
      'sys-fs/aufs6-0_pre20230828 changed the patches in the sources',
      'sys-fs/aufs6-0_pre20230828 merged',
    ]);
    const rejects = machine.run('find /usr/src/linux-6.1.192-gentoo -name "*.rej"').out;
    assert.ok(rejects.split('\n').length > 20, rejects);
    assert.doesNotMatch(status(), /rejected|partly/);
    assert.match(
      machine.run('cat /var/log/portage/elog/sys-fs:aufs6-*').out,
      /has patched the kernel sources/,
    );
  });

  test('sources that are merged again remove the patch, and are named as the cause', () => {
    const { status: ended, out } = machine.emerge(SOURCES);
    assert.equal(ended, 0, out);
    assert.match(
      out,
      /A kernel that is compiled from \/usr\/src\/linux-6\.1\.192-gentoo now is without AUFS\.\n.*sys-kernel\/gentoo-sources-6\.1\.192 has restored/,
    );
    assert.deepEqual(newEvents(), [
      'gentoo-sources-6.1.192 setup none',
      'gentoo-sources-6.1.192 prerm none by 6.1.192',
      'gentoo-sources-6.1.192 postrm none by 6.1.192',
      'gentoo-sources-6.1.192 postinst unpatched 6.1.192',
    ]);
    assert.deepEqual(history(), [
      '/usr/src/linux-6.1.192-gentoo does not carry the AUFS patches: sys-kernel/gentoo-sources-6.1.192',
      'sys-kernel/gentoo-sources-6.1.192 merged again',
    ]);
    const printed = status();
    assert.match(printed, /patch-reverted/);
    assert.match(
      printed.replaceAll(/\s+/g, ' '),
      /sys-kernel\/gentoo-sources-6\.1\.192, merged( again)? .* took the AUFS patches out/,
    );
  });

  test('the commands of the plan patch them again, and build nothing', () => {
    const { out } = machine.run('aufswatch plan');
    const command = /ebuild \S+\.ebuild clean setup/.exec(out)?.[0];
    assert.equal(
      command,
      'ebuild /var/db/repos/gentoo/sys-fs/aufs6/aufs6-0_pre20230828.ebuild clean setup',
      out,
    );
    const ran = machine.ebuild(...command.split(' ').slice(1));
    assert.equal(ran.status, 0, ran.out);
    assert.deepEqual(newEvents(), ['aufs6-0_pre20230828 setup patched']);
    assert.equal(machine.emerge(SOURCES).status, 0);
    machine.events();
    history();
  });

  test('an upgrade of AUFS is one event, and so is a downgrade', () => {
    assert.equal(machine.emerge(NEWER_AUFS).status, 0);
    assert.deepEqual(newEvents(), [
      'aufs6-0_pre20240701 setup patched',
      'aufs6-0_pre20230828 prerm none by 0_pre20240701',
      'aufs6-0_pre20230828 postrm none by 0_pre20240701',
      'aufs6-0_pre20240701 postinst none 0_pre20230828',
    ]);
    assert.deepEqual(history(), [
      '/usr/src/linux-6.1.192-gentoo carries the AUFS patches: sys-fs/aufs6-0_pre20240701',
      'sys-fs/aufs6-0_pre20240701 changed the patches in the sources',
      'sys-fs/aufs6-0_pre20240701 merged in place of 0_pre20230828',
    ]);
    assert.equal(machine.emerge(AUFS).status, 0);
    machine.events();
    assert.ok(history().includes('sys-fs/aufs6-0_pre20230828 merged in place of 0_pre20240701'));
  });

  test('the next sources, which are selected with USE=symlink, are not patched', () => {
    const { out } = machine.run(`USE=symlink ${machine.command(OLD_SOURCES)}`);
    assert.match(
      out,
      /The link now points to \/usr\/src\/linux-6\.1\.191-gentoo, without the AUFS patches\./,
    );
    assert.match(out, /Before, it pointed to \/usr\/src\/linux-6\.1\.192-gentoo, which has them\./);
    machine.events();
    history();
  });

  test('sources that are not selected and lose their patch are reported as well', () => {
    const { out } = machine.emerge(SOURCES);
    assert.match(
      out,
      /A kernel that is compiled from \/usr\/src\/linux-6\.1\.192-gentoo now is without AUFS\./,
    );
    assert.equal(newEvents().at(-1), 'gentoo-sources-6.1.192 postinst unpatched 6.1.192');
    history();
  });

  test('a setup phase that dies when half of the patches are applied', () => {
    machine.run(': >/var/tmp/die-after-mmap');
    const { status: ended, out } = machine.emerge(AUFS);
    assert.equal(ended, 1);
    assert.equal(
      out.match(/The kernel sources in \/usr\/src\/linux-6\.1\.191-gentoo may be only partly patched\./g)
        ?.length,
      1,
    );
    assert.deepEqual(newEvents(), ['aufs6-0_pre20230828 setup patched']);
    assert.deepEqual(
      history()[0],
      '/usr/src/linux-6.1.191-gentoo carries some of the AUFS patches: sys-fs/aufs6-0_pre20230828',
    );
    machine.run('rm /var/tmp/die-after-mmap');
  });

  test('a setup phase that dies in a helper, as linux-mod-r1 prepares the sources', () => {
    machine.run(': >/var/tmp/no-modules');
    const { status: ended, out } = machine.emerge(AUFS);
    assert.equal(ended, 1);
    assert.match(out, /emake failed/);
    assert.equal(out.match(/failed while it patched them\./g)?.length, 1);
    assert.deepEqual(newEvents(), ['aufs6-0_pre20230828 setup patched']);
    machine.run('rm /var/tmp/no-modules');
    history();
  });

  test('an emerge that is killed while it patches, and is resumed', () => {
    assert.equal(machine.emerge(OLD_SOURCES).status, 0);
    machine.events();
    history();
    machine.run(': >/var/tmp/kill-after-base');
    assert.notEqual(machine.emerge(AUFS).status, 0);
    assert.deepEqual(newEvents(), []);
    machine.run('rm /var/tmp/kill-after-base');
    const { status: ended, out } = machine.emerge('--resume');
    assert.equal(ended, 0, out);
    assert.match(out, /An earlier merge of sys-fs\/aufs6-0_pre20230828 was interrupted while it patched/);
    assert.deepEqual(newEvents().slice(0, 2), [
      'aufs6-0_pre20230828 setup patched',
      'aufs6-0_pre20230828 setup patched',
    ]);
  });

  test("the user's hooks run as well as ours, wherever they are defined", () => {
    const hooks = ['pre', 'post'].map((when) => `${when}_pkg_postinst() { echo "own ${when}"; }`).join('\n');
    machine.run(`printf '%s\\n' '${hooks}' >>/etc/portage/bashrc`);
    const { out } = machine.emerge(SOURCES);
    assert.deepEqual(out.match(/own \w+/g), ['own pre', 'own post']);
    assert.equal(newEvents().length, 4);
    const kept = machine.run('bzcat /var/db/pkg/sys-kernel/gentoo-sources-6.1.192/environment.bz2').out;
    assert.doesNotMatch(kept, /__aufswatch/);
  });

  test('an unmerge is a removal', () => {
    history();
    machine.events();
    assert.equal(machine.emerge('--unmerge', 'sys-fs/aufs6').status, 0);
    assert.deepEqual(newEvents(), ['aufs6-0_pre20230828 prerm none', 'aufs6-0_pre20230828 postrm none']);
    assert.ok(history().includes('sys-fs/aufs6-0_pre20230828 removed'));
    assert.equal(machine.run('ls -A /var/lib/aufswatch/merges').out, '', 'old events are forgotten');
  });
});
