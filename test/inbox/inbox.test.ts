import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readInbox, readPortions } from '../../src/inbox/read-inbox.ts';
import { rotateInbox } from '../../src/inbox/rotate.ts';
import type { HookEvent, InboxPosition } from '../../src/model/event.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const LARGE = 256 * 1024;
const LATER = 120_000;

function line(pf: string): string {
  return `aufswatch1\tat=1760000000\tkind=portage\tphase=postinst\tcategory=sys-fs\tpf=${pf}\n`;
}

function names(events: readonly HookEvent[]): string[] {
  return events.map((event) => (event.kind === 'portage' ? event.pf : event.release));
}

/** Reads as the daemon does, from the positions that were kept the last time. */
function reader(state: string): { next(): string[]; positions(): readonly InboxPosition[] } {
  let positions: readonly InboxPosition[] = [];
  return {
    next: () => {
      const reading = readInbox(state, positions);
      positions = reading.positions;
      return names(reading.events);
    },
    positions: () => positions,
  };
}

test('each line is read once, over several readings', () => {
  const state = temporaryDirectory();
  const inbox = reader(state);
  assert.deepEqual(inbox.next(), []);
  appendFileSync(join(state, 'inbox'), line('a') + line('b'));
  assert.deepEqual(inbox.next(), ['a', 'b']);
  assert.deepEqual(inbox.next(), []);
  appendFileSync(join(state, 'inbox'), line('c'));
  assert.deepEqual(inbox.next(), ['c']);
});

test('an incomplete last line is read when it is complete', () => {
  const state = temporaryDirectory();
  const inbox = reader(state);
  const whole = line('b');
  appendFileSync(join(state, 'inbox'), line('a') + whole.slice(0, 30));
  assert.deepEqual(inbox.next(), ['a']);
  assert.deepEqual(inbox.next(), []);
  appendFileSync(join(state, 'inbox'), whole.slice(30));
  assert.deepEqual(inbox.next(), ['b']);
});

test('half a line that a full disk left does not spoil the next event', () => {
  const state = temporaryDirectory();
  appendFileSync(join(state, 'inbox'), `${line('lost').slice(0, 40)}${line('b')}\0\0\0${line('c')}`);
  const reading = readInbox(state, []);
  assert.deepEqual(names(reading.events), ['b', 'c']);
  assert.deepEqual(reading.torn, [line('lost').slice(0, 40)]);
  assert.deepEqual(reading.bad, []);
});

test('a truncated line of format 2 is kept aside as such, whatever follows it', () => {
  const state = temporaryDirectory();
  const start =
    'aufswatch2\tat=1760000000\tkind=portage\tphase=postinst\tcategory=sys-fs\tpf=aufs4-0_pre2018';
  const whole = `${start}\tend=${start.length}`;
  for (const [index, behind] of [`${whole}\n`, `\n${whole}\n`, `\0\0${line('b')}`].entries()) {
    writeFileSync(join(state, 'inbox'), `${start.slice(0, -4)}${behind}`);
    const reading = readInbox(state, []);
    assert.deepEqual(names(reading.events), [index === 2 ? 'b' : 'aufs4-0_pre2018']);
    assert.deepEqual([reading.torn, reading.bad], [[start.slice(0, -4)], []]);
  }
});

test('junk is kept aside, and the lines after it are read', () => {
  const state = temporaryDirectory();
  const junk = 'x'.repeat(300_000);
  appendFileSync(join(state, 'inbox'), `hello\n${line('a')}\xff\n${junk}\n${line('b')}`);
  const reading = readInbox(state, []);
  assert.deepEqual(names(reading.events), ['a', 'b']);
  assert.equal(reading.bad.length, 3);
  assert.deepEqual(readInbox(state, reading.positions).bad, []);
});

test('an endless line does not stop the events after it', () => {
  const state = temporaryDirectory();
  const inbox = reader(state);
  appendFileSync(join(state, 'inbox'), 'x'.repeat(100_000));
  assert.deepEqual(inbox.next(), []);
  appendFileSync(join(state, 'inbox'), `\n${line('a')}`);
  assert.deepEqual(inbox.next(), ['a']);
});

test('an inbox that was truncated is read from its beginning', () => {
  const state = temporaryDirectory();
  const inbox = reader(state);
  appendFileSync(join(state, 'inbox'), line('a') + line('b'));
  assert.deepEqual(inbox.next(), ['a', 'b']);
  writeFileSync(join(state, 'inbox'), line('c'));
  assert.deepEqual(inbox.next(), ['c']);
});

test('a rotation while a hook has the file open loses no line and reads none twice', () => {
  const state = temporaryDirectory();
  const inbox = reader(state);
  const many = Math.ceil(LARGE / line('a').length);
  appendFileSync(join(state, 'inbox'), line('a').repeat(many));
  // The hook opens the file before it is moved aside, and writes afterwards.
  const fd = openSync(join(state, 'inbox'), 'a');
  assert.equal(inbox.next().length, many);
  rotateInbox(state, inbox.positions(), Date.now());
  assert.ok(!existsSync(join(state, 'inbox')));
  writeSync(fd, line('late'));
  closeSync(fd);
  appendFileSync(join(state, 'inbox'), line('next'));
  // It is not read to its end, so it stays, however old it is.
  rotateInbox(state, inbox.positions(), Date.now() + LATER);
  assert.deepEqual(inbox.next(), ['late', 'next']);
  // It is read, but a hook may still have it open.
  rotateInbox(state, inbox.positions(), Date.now());
  assert.ok(existsSync(join(state, 'inbox.old')));
  rotateInbox(state, inbox.positions(), Date.now() + LATER);
  assert.ok(!existsSync(join(state, 'inbox.old')));
  assert.deepEqual(inbox.next(), []);
});

test('an inbox that is small or not read to its end is not rotated', () => {
  const state = temporaryDirectory();
  const inbox = reader(state);
  appendFileSync(join(state, 'inbox'), line('a'));
  inbox.next();
  rotateInbox(state, inbox.positions(), Date.now());
  assert.ok(existsSync(join(state, 'inbox')));
  appendFileSync(join(state, 'inbox'), line('a').repeat(LARGE / 50));
  rotateInbox(state, inbox.positions(), Date.now());
  assert.ok(existsSync(join(state, 'inbox')));
});

const IN_THE_WAY: Readonly<Record<string, (path: string) => void>> = {
  'it is a symlink': (path) => symlinkSync('/etc/passwd', path),
  'it is not a regular file': (path) => mkdirSync(path),
};
for (const [detail, put] of Object.entries(IN_THE_WAY)) {
  test(`the path of the inbox is something else: ${detail}`, () => {
    const state = temporaryDirectory();
    const path = join(state, 'inbox');
    put(path);
    assert.deepEqual(readInbox(state, []).stuck, { path, detail });
  });
}

test('a FIFO instead of the inbox does not make the daemon wait', { skip: needs('mkfifo') }, () => {
  const state = temporaryDirectory();
  execFileSync('mkfifo', [join(state, 'inbox')]);
  assert.equal(readInbox(state, []).stuck?.detail, 'it is not a regular file');
});

test('an inbox that could not be read for a while is read on from its old position', () => {
  const state = temporaryDirectory();
  const inbox = reader(state);
  const [path, aside] = [join(state, 'inbox'), join(state, 'aside')];
  appendFileSync(path, line('a'));
  assert.deepEqual(inbox.next(), ['a']);
  renameSync(path, aside);
  mkdirSync(path);
  assert.deepEqual(inbox.next(), []);
  rmSync(path, { recursive: true });
  renameSync(aside, path);
  appendFileSync(path, line('b'));
  assert.deepEqual(inbox.next(), ['b']);
});

/** Lines of as many different events, numbered from this one. */
function lines(from: number, count: number): string {
  return Array.from({ length: count }, (_, n) => line(`event-${from + n}`)).join('');
}

test('a large inbox is read in portions, each event once and in order', async () => {
  const state = temporaryDirectory();
  appendFileSync(join(state, 'inbox.old'), lines(0, 30_000));
  appendFileSync(join(state, 'inbox'), lines(30_000, 30_000));
  const portions: string[][] = [];
  for await (const { events } of readPortions(state, [])) portions.push(names(events));
  assert.deepEqual(
    portions.flat(),
    Array.from({ length: 60_000 }, (_, n) => `event-${n}`),
  );
  const longest = Math.max(...portions.map(({ length }) => length));
  assert.ok(longest < 30_000, `${longest} events at once`);
});

test('while the rotated file is not read to its end, the new inbox is read on from its position', () => {
  const state = temporaryDirectory();
  const inbox = reader(state);
  appendFileSync(join(state, 'inbox'), line('a'));
  assert.deepEqual(inbox.next(), ['a']);
  appendFileSync(join(state, 'inbox.old'), lines(0, 20_000));
  appendFileSync(join(state, 'inbox'), line('b'));
  const events = [...inbox.next(), ...inbox.next(), ...inbox.next()];
  assert.equal(events.length, 20_001);
  assert.equal(events.at(-1), 'b');
});
