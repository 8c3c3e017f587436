import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checksum, type GuestReports, listenTo } from '../../src/rehearsal/listen.ts';

const NONCE = 'abc';
const KERNEL = 'kernel 6.1.0 #1%20SMP logs';

/** Reports as the guest sends them, numbered from 0. */
function reports(...kinds: readonly string[]): string[] {
  return kinds.map((kind, number) => {
    const line = `@aufswatch ${NONCE} ${number} ${kind}`;
    return `\n${line} ${checksum(line)}\n`;
  });
}

const WHOLE = reports(
  KERNEL,
  'begin 0',
  'log 4,12,99,-;zfs:%20no%0a%20KEY=x',
  'end 0 2',
  'begin 1',
  'end 1 0',
  'done 2',
);

function receive(...chunks: readonly string[]): GuestReports {
  const listener = listenTo(NONCE);
  for (const chunk of chunks) listener.receive(Buffer.from(chunk, 'latin1'));
  return listener.reports();
}

suite('reading the reports of a guest', () => {
  test('a complete report is read', () => {
    const received = receive(...WHOLE);
    assert.deepEqual(received.kernel, { release: '6.1.0', utsVersion: '#1 SMP', logs: true });
    assert.deepEqual(received.steps, [
      { error: 2, log: ['zfs: no'], aufs: null },
      { error: 0, log: [], aufs: null },
    ]);
    assert.deepEqual([received.whole, received.problem, received.doing], [true, null, null]);
  });

  test('it may arrive byte by byte', () => {
    assert.deepEqual(receive(...[...WHOLE.join('')]), receive(...WHOLE));
  });

  test('it may arrive over a serial line', () => {
    assert.deepEqual(receive(...WHOLE.map((report) => report.replaceAll('\n', '\r\n'))), receive(...WHOLE));
  });

  test('output of the kernel between the reports is ignored', () => {
    const noisy = WHOLE.flatMap((report) => [`\u0007[    1.0] noise \r`, report, 'no end of a line']);
    assert.deepEqual(receive(...noisy).steps, receive(...WHOLE).steps);
    assert.ok(receive(...noisy).whole);
  });

  test('a report of another boot is ignored', () => {
    assert.deepEqual(receive('@aufswatch other 0 done 0 12345678\n').whole, false);
  });

  test('one missing report makes the whole incomplete', () => {
    for (let missing = 0; missing < WHOLE.length - 1; missing++) {
      const received = receive(...WHOLE.filter((_, index) => index !== missing));
      assert.equal(received.whole, false, `without report ${missing}`);
      assert.match(received.problem ?? '', /was lost/);
    }
    assert.equal(receive(...WHOLE.slice(0, -1)).whole, false, 'without its end');
  });

  test('a damaged report does too, whichever byte is damaged', () => {
    const [first = '', ...others] = WHOLE;
    const at = first.indexOf('6.1.0');
    const received = receive(`${first.slice(0, at)}7${first.slice(at + 1)}`, ...others);
    assert.deepEqual([received.whole, received.problem], [false, 'a report was damaged on its way']);
  });

  test('and so do steps in the wrong order', () => {
    assert.match(receive(...reports(KERNEL, 'begin 0', 'end 1 0')).problem ?? '', /order/);
    assert.match(receive(...reports(KERNEL, 'end 0 0')).problem ?? '', /order/);
    assert.match(receive(...reports(KERNEL, 'begin 0', 'end 0 0', 'done 3')).problem ?? '', /order/);
  });

  test('a guest that never stops sending is cut off', () => {
    const listener = listenTo(NONCE);
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let sent = 0; sent < 40; sent++) listener.receive(chunk);
    assert.match(listener.reports().problem ?? '', /more than/);
  });

  test('after a crash of the kernel the panic is kept, not the registers after it', () => {
    const { lastWords } = receive(
      ...WHOLE.slice(0, 3),
      '[ 2.0] Kernel panic - not syncing: Fatal exception\r\n[ 2.1] CPU: 0\r\n---[ end ]---\r\n',
    );
    assert.equal(lastWords, '[ 2.0] Kernel panic - not syncing: Fatal exception');
  });

  test('control characters of the guest are removed', () => {
    const [log] = receive(...reports(KERNEL, 'begin 0', 'log ;%1b[31mred%0d', 'end 0 1')).steps[0]?.log ?? [];
    assert.equal(log, '[31mred');
  });
});
