import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { patchedAgainNotRebuilt } from '../../../src/demo/story.ts';
import { nextMorning } from '../../../src/notify/desktop/snooze.ts';
import type { Published, PublishedFinding } from '../../../src/published/form.ts';
import type { Message } from '../../support/bus.ts';
import {
  DESKTOP_TOOLS,
  type Desktop,
  openDesktop,
  type Running,
  type Session,
} from '../../support/desktop.ts';
import { publishedOf, type StatusFile, statusFile } from '../../support/published.ts';
import { needs } from '../../support/tools.ts';
import { until } from '../../support/wait.ts';

const NOTIFY_OSD = '/usr/lib/x86_64-linux-gnu/notify-osd';

describe('the agent', { skip: DESKTOP_TOOLS }, () => {
  let published: Published;
  before(() => {
    published = publishedOf(patchedAgainNotRebuilt(Date.now()));
  });

  function found(code: string): PublishedFinding {
    const finding = published.findings.find((one) => one.code === code);
    assert.ok(finding !== undefined, code);
    return finding;
  }

  /** A separate desktop with a session in which dunst runs. */
  async function opened(): Promise<{
    desktop: Desktop;
    session: Session;
    status: StatusFile;
    dunst: Running;
  }> {
    const desktop = await openDesktop();
    const session = await desktop.session();
    const dunst = await session.dunst(`markup = full\ndmenu = ${desktop.bin}/dmenu`);
    return { desktop, session, status: statusFile(), dunst };
  }

  test('a finding that gets worse replaces its notification', async () => {
    const { session, status } = await opened();
    session.agent(status.path);
    status.write(published, [found('kernel-not-rebuilt')]);
    const first = await session.nth(1);
    assert.equal(first.hints.urgency, 1);
    assert.equal(first.expire, -1);
    status.write(published);
    const second = await session.nth(2);
    assert.equal(second.hints.urgency, 2);
    assert.equal(second.replaces, first.id);
    assert.equal(second.id, first.id);
    status.write(published, []);
    await until('it is withdrawn', () => session.messages().some(isClosed));
    assert.deepEqual(session.messages().filter(isClosed), [{ kind: 'closed', id: first.id, reason: 3 }]);
  });

  test('a name with markup is shown literally, whether the server supports markup or not', async () => {
    const { session, status, dunst } = await opened();
    const name = '/usr/src/linux-6.1-<b>&amp;"bold"</b>';
    const finding = { ...found('kernel-not-rebuilt'), title: `${name} is behind`, text: `Compile ${name}.` };
    session.agent(status.path);
    status.write(published, [finding]);
    const first = await session.nth(1);
    assert.equal(first.title, 'The kernel is older than its sources');
    assert.match(
      first.body,
      /^\/usr\/src\/linux-6\.1-&lt;b&gt;&amp;amp;"bold"&lt;\/b&gt; is behind\.\nCompile .*\nFirst step: /,
    );
    dunst.kill();
    await dunst.ended;
    await session.dunst('markup = no');
    status.write(published, [{ ...finding, severity: 'critical' }]);
    const second = await session.nth(2, 15_000);
    assert.ok(second.body.startsWith(`${name} is behind.\nCompile ${name}.\n`), second.body);
  });

  test('a title that begins with a dash is not taken for an option', async () => {
    const { session, status } = await opened();
    session.agent(status.path);
    status.write(published, [
      { ...found('kernel-not-rebuilt'), code: 'of-a-newer-one', title: '--urgency=low', text: '-x' },
    ]);
    const shown = await session.nth(1);
    assert.equal(shown.title, '--urgency=low');
    assert.match(shown.body, /^--urgency=low\.\n-x\n/);
  });

  test('a dismissed notification is not repeated, by this agent or the next one of the session', async () => {
    const { desktop, session, status } = await opened();
    const agent = session.agent(status.path);
    status.write(published, [found('kernel-not-rebuilt')]);
    const first = await session.nth(1);
    await until('the agent has stored it', () => remembered(desktop).shown !== null);
    session.run('dunstctl', 'close');
    await until('the agent has received it', () => remembered(desktop).shown === null);
    assert.deepEqual(session.messages().filter(isClosed), [{ kind: 'closed', id: first.id, reason: 2 }]);
    status.write({ ...published, heartbeatMs: Date.now() }, [found('kernel-not-rebuilt')]);
    agent.kill();
    assert.equal(await agent.ended, 0);
    session.agent(status.path);
    status.write(published);
    const second = await session.nth(2);
    assert.equal(second.hints.urgency, 2, 'only what is worse');
    assert.equal(second.replaces, 0);
  });

  test('after an agent was killed, the next one continues with its notification', async () => {
    const { desktop, session, status } = await opened();
    const agent = session.agent(status.path);
    status.write(published, [found('kernel-not-rebuilt')]);
    const first = await session.nth(1);
    await until('the agent has stored it', () => remembered(desktop).shown !== null);
    agent.kill('SIGKILL');
    await agent.ended;
    session.agent(status.path);
    status.write(published);
    assert.equal((await session.nth(2)).replaces, first.id);
  });

  test('at the next login a critical finding is shown again, and a warning is not', async () => {
    const { desktop, session, status } = await opened();
    const agent = session.agent(status.path);
    status.write(published);
    await session.nth(1);
    agent.kill();
    await agent.ended;
    const later = await desktop.session();
    await later.dunst();
    later.agent(status.path);
    const again = await later.nth(1);
    assert.equal(again.replaces, 0);
    assert.equal(again.hints.urgency, 2);
  });

  test('"Show plan" opens a terminal with the plan', async () => {
    const { desktop, session, status } = await opened();
    const words = join(desktop.home, 'opened');
    desktop.command('xdg-terminal-exec', `printf '%s\\n' "$@" >${words}`);
    desktop.command('dmenu', 'grep "Show plan"');
    session.agent(status.path);
    status.write(published);
    await session.nth(1);
    session.run('dunstctl', 'context');
    await until('a terminal is opened', () => existsSync(words) && readFileSync(words, 'utf8') !== '');
    assert.equal(readFileSync(words, 'utf8'), 'aufswatch\nplan\n--hold\n');
  });

  test('"Remind me tomorrow" hides a notification until then', async () => {
    const { desktop, session, status } = await opened();
    desktop.command('dmenu', 'grep "Remind me"');
    const agent = session.agent(status.path);
    status.write(published);
    const shown = await session.nth(1);
    session.run('dunstctl', 'context');
    await until('the agent has received it', () => Object.keys(remembered(desktop).snooze).length > 0);
    const { snooze } = remembered(desktop);
    assert.deepEqual(
      new Set(Object.keys(snooze).map((key) => key.split(' ')[0])),
      new Set(codesOf(published)),
    );
    for (const { until: end } of Object.values(snooze)) {
      assert.ok(Math.abs(end - nextMorning(shown.at)) <= 3_600_000, new Date(end).toISOString());
    }
    agent.kill();
    await agent.ended;
    // The next morning.
    const morning = JSON.stringify({
      ...remembered(desktop),
      snooze: {},
      told: { findings: {}, showing: false },
    });
    writeFileSync(memoryOf(desktop), morning);
    session.agent(status.path);
    assert.equal((await session.nth(2)).title, shown.title);
  });

  test('a notification that is put off in one session is put off in the other', async () => {
    const { desktop, session, status } = await opened();
    desktop.command('dmenu', 'grep "Remind me"');
    const other = await desktop.session();
    await other.dunst();
    session.agent(status.path);
    other.agent(status.path);
    status.write(published);
    await session.nth(1);
    const there = await other.nth(1);
    session.run('dunstctl', 'context');
    await until('the agent has received it', () => Object.keys(remembered(desktop).snooze).length > 0);
    status.write({ ...published, heartbeatMs: Date.now() });
    await until('it is withdrawn there', () =>
      other.messages().some((message) => message.kind === 'closed' && message.id === there.id),
    );
    assert.ok(Object.keys(remembered(desktop).snooze).length > 0, 'the notification is still put off');
  });

  test('it works with a server without actions', { skip: needs(NOTIFY_OSD) }, async () => {
    const desktop = await openDesktop();
    const session = await desktop.session();
    await session.serve(NOTIFY_OSD);
    const status = statusFile();
    session.agent(status.path);
    status.write(published);
    const shown = await session.nth(1);
    assert.deepEqual(shown.actions, []);
    status.write(published, []);
    await until('it is withdrawn', () =>
      session.messages().some((message) => message.kind === 'close' && message.id === shown.id),
    );
  });

  test('it works with a server that starts late, and with one that dies and starts again', async () => {
    const desktop = await openDesktop();
    const session = await desktop.session();
    const status = statusFile();
    session.agent(status.path);
    status.write(published);
    const dunst = await session.dunst();
    await session.nth(1, 15_000);
    dunst.kill('SIGKILL');
    await dunst.ended;
    await session.dunst();
    // Like the next heartbeat of the daemon.
    status.write({ ...published, heartbeatMs: Date.now() });
    const again = await session.nth(2);
    assert.equal(again.replaces, 0);
    status.write(published, []);
    await until('it is withdrawn', () =>
      session.messages().some((message) => message.kind === 'closed' && message.id === again.id),
    );
  });

  test('notify --test shows a notification of each kind', async () => {
    const { session } = await opened();
    const output = session.aufswatch('notify', '--test', '--channel', 'desktop');
    assert.equal(output, 'desktop: done\n');
    await session.nth(3);
    assert.deepEqual(
      session.notified().map(({ hints, title }) => [hints.urgency, title]),
      [
        [2, 'aufswatch test: critical'],
        [1, 'aufswatch test: warning'],
        [0, 'aufswatch test: notice'],
      ],
    );
  });

  test('notify --test reports that no server shows notifications', async () => {
    const session = await (await openDesktop()).session();
    assert.throws(
      () => session.aufswatch('notify', '--test', '--channel', 'desktop'),
      /desktop: no notification service answers/,
    );
  });

  test('a server that hangs gets each notification once, when it works again', async () => {
    const { session, status, dunst } = await opened();
    dunst.kill('SIGSTOP');
    session.agent(status.path);
    status.write(published);
    await until('it is called in vain', () => session.calls('GetCapabilities') > 1, 20_000);
    dunst.kill('SIGCONT');
    const shown = await session.nth(1, 20_000);
    status.write(published, []);
    await until('it is withdrawn', () => session.messages().some(isClosed));
    assert.deepEqual(session.messages().filter(isClosed), [{ kind: 'closed', id: shown.id, reason: 3 }]);
    assert.equal(session.notified().length, 1);
  });

  test('the second agent of a session ends at once, with success', async () => {
    const { session, status } = await opened();
    session.agent(status.path);
    status.write(published);
    await session.nth(1);
    assert.equal(await session.agent(status.path).ended, 0);
    status.write(published, []);
    await until('the first continues', () => session.messages().some(isClosed));
    assert.equal(session.notified().length, 1);
  });

  test('it works if it starts before the daemon, over a restart of the daemon, and with a new directory', async () => {
    const { session, status } = await opened();
    session.agent(status.path);
    await until('it runs', () => existsSync(join(session.env.XDG_RUNTIME_DIR ?? '', 'aufswatch-agent.lock')));
    status.write(published, [found('kernel-not-rebuilt')]);
    const first = await session.nth(1, 15_000);
    // RuntimeDirectory= of the service is removed with the daemon and created with it.
    rmSync(dirname(status.path), { recursive: true });
    status.write({ ...published, pid: 1 });
    const second = await session.nth(2, 15_000);
    assert.equal(second.replaces, first.id);
    rmSync(dirname(status.path), { recursive: true });
    status.write({ ...published, pid: 2 }, []);
    await until('it is withdrawn', () => session.messages().some(isClosed), 15_000);
  });

  test('a damaged status.json changes nothing', async () => {
    const { session, status } = await opened();
    session.agent(status.path);
    status.write(published, [found('kernel-not-rebuilt')]);
    const first = await session.nth(1);
    writeFileSync(status.path, '{"schema":1,');
    rmSync(status.path);
    status.write(published);
    const second = await session.nth(2);
    assert.equal(second.replaces, first.id);
    assert.deepEqual(session.messages().filter(isClosed), []);
  });

  test('a FIFO instead of status.json does not block the agent', async () => {
    const { session, status } = await opened();
    status.write(published, []);
    rmSync(status.path);
    assert.equal(spawnSync('mkfifo', ['-m', '644', status.path]).status, 0);
    session.agent(status.path);
    await until('it runs', () => existsSync(join(session.env.XDG_RUNTIME_DIR ?? '', 'aufswatch-agent.lock')));
    // A file never replaces something that is not a file.
    rmSync(status.path);
    status.write(published);
    await session.nth(1);
  });
});

function isClosed(message: Message): boolean {
  return message.kind === 'closed';
}

function codesOf({ findings }: Published): string[] {
  return findings.filter(({ severity }) => severity !== 'notice').map(({ code }) => code);
}

function memoryOf({ home }: Desktop): string {
  return join(home, '.local/state/aufswatch/agent.json');
}

interface Remembered {
  readonly shown: unknown;
  readonly snooze: Readonly<Record<string, { readonly until: number }>>;
}

function remembered(desktop: Desktop): Remembered {
  if (!existsSync(memoryOf(desktop))) return { shown: null, snooze: {} };
  return JSON.parse(readFileSync(memoryOf(desktop), 'utf8'));
}
