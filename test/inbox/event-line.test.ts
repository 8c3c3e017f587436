import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseEventLine } from '../../src/inbox/event-line.ts';

test('a line of an earlier version, with fewer fields, is understood', () => {
  const line = 'aufswatch1\tat=1760000000\tkind=portage\tphase=postinst\tcategory=sys-fs\tpf=aufs4-0';
  assert.deepEqual(parseEventLine(line), {
    kind: 'portage',
    at: 1_760_000_000_000,
    phase: 'postinst',
    category: 'sys-fs',
    pf: 'aufs4-0',
    root: '/',
    patchChange: 'none',
  });
});

test('fields of older hooks that are not needed any more are ignored', () => {
  const start = 'aufswatch2\tat=1760000000\tkind=portage\tphase=postinst\tcategory=sys-fs\tpf=aufs4-0';
  const line = `${start}\tslot=0/2\tuse=kernel-patch amd64\tmerge=source\troot=/\tchange=patched`;
  assert.deepEqual(parseEventLine(`${line}\tend=${line.length}`), {
    kind: 'portage',
    at: 1_760_000_000_000,
    phase: 'postinst',
    category: 'sys-fs',
    pf: 'aufs4-0',
    root: '/',
    patchChange: 'patched',
  });
});

test('a line of a later version of the same format is understood; its new fields are ignored', () => {
  const line =
    'aufswatch1\tat=1760000000.25\tkind=kernel-install\tby=kernel-install\taction=remove\trelease=6.1\timage=/boot/k\tnew=1';
  assert.deepEqual(parseEventLine(line), {
    kind: 'kernel-install',
    at: 1_760_000_000_250,
    by: 'kernel-install',
    release: '6.1',
  });
});

test('a line that is no event, or has an unknown format, is rejected', () => {
  const event = 'at=1\tkind=portage\tphase=setup\tcategory=a\tpf=b';
  for (const line of [
    '',
    'aufswatch1',
    `aufswatch2\t${event}`,
    `aufswatch1\t${event.replace('at=1', 'at=yesterday')}`,
    `aufswatch1\t${event.replace('phase=setup', 'phase=compile')}`,
    `aufswatch1\t${event.replace('pf=b', 'pf=')}`,
    'aufswatch1\tat=1\tkind=kernel-install\trelease=',
  ])
    assert.equal(parseEventLine(line), null, line);
});

test('a line of format 2 is an event only if it is complete', () => {
  const start =
    'aufswatch2\tat=1760000000\tkind=portage\tphase=postinst\tcategory=sys-fs\tpf=aufs4-ü\tcounter=12';
  const whole = `${start}\tbuild_time=1759999990\tend=${Buffer.byteLength(start) + 22}`;
  const event = parseEventLine(whole);
  assert.ok(event?.kind === 'portage', whole);
  assert.deepEqual([event.pf, event.counter, event.buildTime], ['aufs4-ü', 12, 1_759_999_990_000]);
  for (let length = 0; length < whole.length; length++)
    assert.equal(parseEventLine(whole.slice(0, length)), null, whole.slice(0, length));
  assert.equal(parseEventLine(whole.replace('aufs4', 'aufs')), null, 'of another length');
});

test('a removal names the package that replaces it', () => {
  const parsed = (by: string): string | undefined => {
    const line = `aufswatch1\tat=1\tkind=portage\tphase=postrm\tcategory=sys-fs\tpf=aufs4-1\tby=${by}`;
    const event = parseEventLine(line);
    assert.ok(event?.kind === 'portage');
    return event.replacedBy;
  };
  assert.equal(parsed('2-r1'), '2-r1');
  assert.equal(parsed(''), undefined);
});

test('no line makes the reader throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseEventLine(text);
      parseEventLine(`aufswatch1\t${text}`);
    }),
  );
});
