import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checksum, type Heard, listenTo } from '../../src/rehearsal/listen.ts';

const NONCE = 'abc';
const KERNEL = 'kernel 6.1.0 #1%20SMP logs';

/** Reports as the guest makes them, counted from 0. */
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

function hear(...chunks: readonly string[]): Heard {
  const listener = listenTo(NONCE);
  for (const chunk of chunks) listener.hear(Buffer.from(chunk, 'latin1'));
  return listener.heard();
}

suite('listening to a guest', () => {
  test('a whole report', () => {
    const heard = hear(...WHOLE);
    assert.deepEqual(heard.kernel, { release: '6.1.0', utsVersion: '#1 SMP', logs: true });
    assert.deepEqual(heard.steps, [
      { error: 2, log: ['zfs: no'], aufs: null },
      { error: 0, log: [], aufs: null },
    ]);
    assert.deepEqual([heard.whole, heard.trouble, heard.doing], [true, null, null]);
  });

  test('it may come a byte at a time', () => {
    assert.deepEqual(hear(...[...WHOLE.join('')]), hear(...WHOLE));
  });

  test('it may come by a serial line', () => {
    assert.deepEqual(hear(...WHOLE.map((report) => report.replaceAll('\n', '\r\n'))), hear(...WHOLE));
  });

  test('what the kernel prints between the reports is passed over', () => {
    const noisy = WHOLE.flatMap((report) => [`\u0007[    1.0] noise \r`, report, 'no end of a line']);
    assert.deepEqual(hear(...noisy).steps, hear(...WHOLE).steps);
    assert.ok(hear(...noisy).whole);
  });

  test('a report of another boot is none', () => {
    assert.deepEqual(hear('@aufswatch other 0 done 0 12345678\n').whole, false);
  });

  test('one that is missing spoils all', () => {
    for (let missing = 0; missing < WHOLE.length - 1; missing++) {
      const heard = hear(...WHOLE.filter((_, index) => index !== missing));
      assert.equal(heard.whole, false, `without report ${missing}`);
      assert.match(heard.trouble ?? '', /was lost/);
    }
    assert.equal(hear(...WHOLE.slice(0, -1)).whole, false, 'without its end');
  });

  test('so does one that was damaged, whichever byte it is', () => {
    const [first = '', ...others] = WHOLE;
    const at = first.indexOf('6.1.0');
    const heard = hear(`${first.slice(0, at)}7${first.slice(at + 1)}`, ...others);
    assert.deepEqual([heard.whole, heard.trouble], [false, 'a report was damaged on its way']);
  });

  test('and steps that are not in their order', () => {
    assert.match(hear(...reports(KERNEL, 'begin 0', 'end 1 0')).trouble ?? '', /order/);
    assert.match(hear(...reports(KERNEL, 'end 0 0')).trouble ?? '', /order/);
    assert.match(hear(...reports(KERNEL, 'begin 0', 'end 0 0', 'done 3')).trouble ?? '', /order/);
  });

  test('a guest that never stops talking is cut off', () => {
    const listener = listenTo(NONCE);
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let sent = 0; sent < 40; sent++) listener.hear(chunk);
    assert.match(listener.heard().trouble ?? '', /more than/);
  });

  test('of a kernel that dies the panic is kept, not the registers after it', () => {
    const { lastWords } = hear(
      ...WHOLE.slice(0, 3),
      '[ 2.0] Kernel panic - not syncing: Fatal exception\r\n[ 2.1] CPU: 0\r\n---[ end ]---\r\n',
    );
    assert.equal(lastWords, '[ 2.0] Kernel panic - not syncing: Fatal exception');
  });

  test('control characters of the guest reach nobody', () => {
    const [log] = hear(...reports(KERNEL, 'begin 0', 'log ;%1b[31mred%0d', 'end 0 1')).steps[0]?.log ?? [];
    assert.equal(log, '[31mred');
  });
});
