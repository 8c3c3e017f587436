import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDaemon } from '../../support/daemon.ts';
import { DESKTOP_TOOLS, openDesktop } from '../../support/desktop.ts';
import { machineInMotion, TREE } from '../../support/machine-in-motion.ts';
import { until } from '../../support/wait.ts';

/** A directory that git ignores. */
const SCREENSHOT = join(process.cwd(), 'artefacts/notification.png');

const LOOK = `
  font = DejaVu Sans 10
  width = 616
  origin = top-center
  offset = 0x12
  padding = 14
  horizontal_padding = 18
  frame_width = 1
  corner_radius = 8
  markup = full
  show_indicators = false
[urgency_critical]
  background = "#2d2a2e"
  foreground = "#f4f0ef"
  frame_color = "#e5484d"
`;

test('a merge that breaks a link gives one notification, which is withdrawn after the repair', {
  skip: DESKTOP_TOOLS,
}, async () => {
  const machine = machineInMotion();
  const daemon = startDaemon(machine.root);
  await daemon.publishes('all is well', ({ findings }) =>
    findings.every(({ severity }) => severity === 'notice'),
  );
  const desktop = await openDesktop();
  const session = await desktop.session();
  await session.dunst(LOOK);
  session.agent(join(machine.root, 'run/aufswatch/status.json'));
  const emerge = machine.startEmerge();
  machine.mergeAufs();
  daemon.signal('SIGUSR1');
  // A scan during the merge sees that the sources changed, but not yet which merge did it.
  const meanwhile = await daemon.publishes('it is broken, and by whom', ({ findings }) =>
    findings.some(({ code, title }) => code === 'kernel-not-rebuilt' && title.includes('by sys-fs/aufs6')),
  );
  assert.equal(meanwhile.busy, true);
  const end = Date.now();
  emerge.end();
  const shown = await session.nth(1);
  assert.ok(shown.at >= end, 'not before emerge has ended');
  assert.equal(shown.title, 'Next boot: no AUFS');
  assert.match(shown.body, /^\/usr\/src\/linux-6\.1\.192-gentoo was changed .* by sys-fs\/aufs6/);
  assert.match(shown.body, /The next boot will be without AUFS/);
  assert.match(shown.body, new RegExp(`\nFirst step: make -C ${TREE}.*\nAll steps: aufswatch plan`));
  assert.equal(shown.hints.urgency, 2);
  assert.equal(shown.hints.category, 'device.error');
  assert.equal(shown.hints['desktop-entry'], 'aufswatch');
  assert.equal(shown.app, 'aufswatch');
  assert.equal(shown.expire, 0);
  assert.deepEqual(shown.actions, ['plan', 'Show plan', 'tomorrow', 'Remind me tomorrow']);
  desktop.screenshot(SCREENSHOT);
  machine.mend();
  await until('it is withdrawn', () => session.messages().some(({ kind }) => kind === 'closed'));
  assert.deepEqual(
    session.messages().filter(({ kind }) => kind !== 'notify'),
    [
      { kind: 'close', id: shown.id },
      { kind: 'closed', id: shown.id, reason: 3 },
    ],
  );
  assert.equal(session.notified().length, 1, 'one notification, and no more');
});
