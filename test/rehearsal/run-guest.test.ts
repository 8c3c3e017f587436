import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type GuestResult, runGuest } from '../../src/rehearsal/run-guest.ts';
import { playedQemu } from '../support/played-qemu.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const KERNEL = `report('kernel 6.1.0 #1%20SMP logs');`;
const ALL = `${KERNEL} report('begin 0'); report('end 0 0'); report('done 1');`;
const HANGS = 'setInterval(() => {}, 1000);';

const skip = process.arch === 'x64' ? needs('setpriv', 'nice') : 'plays the QEMU of x86-64';

/** The rehearsal ends and reports the reason, whatever a guest does. */
suite('a guest that misbehaves', { skip }, () => {
  const directory = temporaryDirectory();
  let count = 0;

  /** `timeout`: far more than needed where the guest must end in time. */
  function run(does: string, timeout = 30_000, signal = new AbortController().signal): Promise<GuestResult> {
    return runGuest({
      arch: 'x64',
      kernel: Buffer.from('kernel'),
      init: Buffer.from('init'),
      files: [],
      job: ['load /m/0.ko'],
      words: [],
      path: playedQemu(directory, `qemu-${count++}`, does),
      timeout,
      signal,
      progress: () => {},
    });
  }

  function failure(result: GuestResult): string {
    return result.ok ? 'it succeeded' : `${result.failure.code}: ${result.failure.detail}`;
  }

  test('a guest that does its job is read to its end, and not waited for after that', async () => {
    const result = await run(`${ALL} ${HANGS}`);
    assert.ok(result.ok, failure(result));
    assert.deepEqual(result.reports.steps, [{ error: 0, log: [], aufs: null }]);
  });

  test('a panic is reported', async () => {
    const result = await run(
      `${KERNEL} report('begin 0'); print('[ 1.0] Kernel panic - not syncing: Oops\\r\\n[ 1.1] RIP\\r\\n');`,
    );
    assert.match(
      failure(result),
      /^kernel: the kernel stopped while it was at "load \/m\/0\.ko"; .*Kernel panic/,
    );
  });

  test('a hang is reported', async () => {
    const result = await run(`${KERNEL} report('begin 0'); ${HANGS}`, 4000);
    assert.match(failure(result), /^time: it had not ended after 4 s while it was at "load/);
  });

  test('garbage is reported', async () => {
    const result = await run(
      `for (let n = 0; n < 300; n++) print(require('node:crypto').randomBytes(4096));`,
    );
    assert.match(failure(result), /^kernel: it reported nothing/);
  });

  test('endless output is reported', async () => {
    const result = await run(`for (;;) print('x'.repeat(65536));`);
    assert.match(failure(result), /^kernel: it said more than \d+ bytes/);
  });

  test('an end in the middle of a report is reported', async () => {
    const result = await run(`${KERNEL} report('begin 0'); print('@aufswatch ' + nonce + ' 2 end 0');`);
    assert.match(failure(result), /^kernel: the kernel stopped while it was at/);
  });

  test('an end before the end of the job is reported', async () => {
    const result = await run(`${KERNEL} report('done 0');`);
    assert.equal(failure(result), 'kernel: it ended before the end of its job');
  });

  test('a QEMU that fails is reported with its message', async () => {
    const result = await run(`process.stderr.write('qemu: no memory\\n'); process.exitCode = 1;`);
    assert.match(failure(result), /it reported nothing \(exit status 1\): qemu: no memory/);
  });

  test('a QEMU without seccomp runs without its sandbox', async () => {
    const refuses = `if (process.argv.includes('-sandbox')) { process.stderr.write('qemu: seccomp support is disabled\\n'); process.exit(1); }`;
    const result = await run(`${refuses} ${ALL}`);
    assert.ok(result.ok, failure(result));
  });

  test('if KVM gives no output, it is tried without KVM', async () => {
    const result = await run(`if (process.argv.includes('kvm')) process.exit(1); ${ALL}`);
    assert.ok(result.ok, failure(result));
  });

  test('QEMU runs as an ordinary user without rights, and reads the files that it gets', async () => {
    const script = `const status = readFileSync('/proc/self/status', 'utf8'); const own = readFileSync('/dev/fd/3', 'utf8');
      print('\\n' + JSON.stringify([process.getuid() !== 0, /NoNewPrivs:\\t1/.test(status), /CapEff:\\t0+$/m.test(status), own]) + '\\n'); process.exit(3);`;
    assert.match(failure(await run(script)), /its last words: \[true,true,true,"kernel"\]/);
  });

  test('an interruption ends it', async () => {
    const abort = new AbortController();
    const result = run(`${KERNEL} ${HANGS}`, 30_000, abort.signal);
    setTimeout(() => abort.abort(), 300);
    assert.equal(failure(await result), 'interrupted: it was interrupted');
  });

  test('without QEMU the message says what to install', async () => {
    const result = await runGuest({
      arch: 'x64',
      kernel: Buffer.alloc(0),
      init: Buffer.alloc(0),
      files: [],
      job: [],
      words: [],
      path: directory,
      timeout: 1000,
      signal: new AbortController().signal,
      progress: () => {},
    });
    assert.match(failure(result), /^missing: qemu-system-x86_64 is not there: emerge app-emulation\/qemu/);
  });
});
