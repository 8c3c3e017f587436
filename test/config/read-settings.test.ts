import assert from 'node:assert/strict';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseSettings, readSettings } from '../../src/config/read-settings.ts';
import { DEFAULT_SETTINGS } from '../../src/config/settings.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

function mistakes(text: string): readonly string[] {
  const result = parseSettings('x.toml', text);
  return result.ok ? [] : result.mistakes;
}

test('an empty configuration gives the defaults', () => {
  assert.deepEqual(parseSettings('x.toml', ''), { ok: true, value: DEFAULT_SETTINGS });
});

test('durations are read with their units', () => {
  const result = parseSettings('x.toml', '[settle]\nquiet = "90s"\nlongest = "2h"\n');
  assert.ok(result.ok);
  assert.deepEqual(result.value.settle, { quietMs: 90_000, longestMs: 7_200_000 });
});

test('an unknown key is reported with its line', () => {
  assert.deepEqual(mistakes('wanted = "yes"\n\n[settle]\nquite = "1s"\n'), [
    'x.toml:4: there is no setting "settle.quite"; see aufswatch.toml(5)',
  ]);
  assert.deepEqual(mistakes('[setle]\nquiet = "1s"\n'), [
    'x.toml:1: there is no setting "setle"; see aufswatch.toml(5)',
  ]);
});

test('a wrong value is reported with its line and the allowed values', () => {
  assert.deepEqual(mistakes('# mine\nwanted = "maybe"\n'), [
    'x.toml:2: "wanted" must be one of "auto", "yes", "no"',
  ]);
  assert.deepEqual(mistakes('[retention]\nbackups = "seven"\n'), [
    'x.toml:2: "retention.backups" must be a number',
  ]);
  assert.deepEqual(mistakes('[settle]\nquiet = "soon"\n'), [
    'x.toml:2: "settle.quiet" must be a number with its unit, as "90s", "15m", "3d" or "2y"',
  ]);
  assert.deepEqual(mistakes('sources.kernel_directory = "linux"\n'), [
    'x.toml:1: "sources.kernel_directory" must be an absolute path, as "/usr/src/linux"',
  ]);
});

test('a duration is at most as long as a timer can be', () => {
  const tables = [
    ['settle', '[settle]\nquiet = "SPAN"\n'],
    ['settle', '[settle]\nlongest = "SPAN"\n'],
    ['exec', '[[exec]]\ntimeout = "SPAN"\ncommand = ["true"]\n'],
  ] as const;
  for (const [table, text] of tables) {
    assert.deepEqual(mistakes(text.replace('SPAN', '1d')), []);
    const [mistake = '', ...more] = mistakes(text.replace('SPAN', '25h'));
    assert.match(mistake, new RegExp(`^x\\.toml:2: "${table}\\.\\w+" must be at most 1d$`));
    assert.deepEqual(more, []);
  }
  assert.deepEqual(mistakes('[retention]\npackages = "60d"\n[notify]\nwarning_every = "60d"\n'), []);
});

test('quiet hours are times of the day, in the form that the policy needs', () => {
  const result = parseSettings('x.toml', 'notify.quiet_hours = "22:30-07:00"\n');
  assert.ok(result.ok);
  assert.deepEqual(result.value.notify.quietHours, { fromMs: (22 * 60 + 30) * 60_000, toMs: 7 * 3_600_000 });
  for (const span of ['25:00-99:99', '24:00-07:00', '22:60-07:00', '22:00 - 07:00', '22-7']) {
    assert.deepEqual(mistakes(`[notify]\nquiet_hours = "${span}"\n`), [
      'x.toml:2: "notify.quiet_hours" must be a span of the day, as "22:00-07:00"',
    ]);
  }
});

test('a command consists of words that can be run', () => {
  const allowed = 'words that are not empty and hold no NUL, as ["/usr/local/bin/tell"]';
  for (const words of ['"/bin/a\\u0000b"', '"true", "a\\u0000"', '""']) {
    assert.deepEqual(mistakes(`[[exec]]\ncommand = [${words}]\n`), [
      `x.toml:2: "exec.command" must be ${allowed}`,
    ]);
  }
});

test('commands are tables in double brackets; any other form gets that advice', () => {
  const advice = '"exec" must be a table in double brackets, [[exec]]';
  assert.deepEqual(mistakes('wanted = "yes"\n[exec]\ncommand = ["true"]\n'), [`x.toml:2: ${advice}`]);
  assert.deepEqual(mistakes('exec = ["true"]\n'), [`x.toml:1: ${advice}`]);
  assert.deepEqual(mistakes('[[exec]]\ncommand = "true"\n'), [
    'x.toml:2: "exec.command" must be a list, as ["…"]',
  ]);
});

test('a schedule has five fields, none for seconds', () => {
  for (const line of ['* * * * * *', '@hourly', '* * * *']) {
    assert.deepEqual(mistakes(`[schedule]\nreconcile = "${line}"\n`), [
      'x.toml:2: "schedule.reconcile" must be five fields as in crontab(5), as "*/15 * * * *"',
    ]);
  }
  assert.deepEqual(mistakes('[schedule]\nnightly = "0 3 * * mon"\n'), []);
});

test('a file that is not UTF-8 is refused with the line', () => {
  const path = join(temporaryDirectory(), 'latin1.toml');
  for (const [text, line] of [
    ['# Schlüssel\nwanted = "yes"\n', 1],
    ['wanted = "yes"\n\n[sources]\nkernel_directory = "/usr/src/für"', 4],
  ] as const) {
    writeFileSync(path, text, 'latin1');
    assert.deepEqual(readSettings(path), {
      ok: false,
      mistakes: [`${path}:${line}: it is not all UTF-8; save the file in that encoding`],
    });
    writeFileSync(path, text);
    assert.ok(readSettings(path).ok);
  }
});

test('text that is not TOML is reported with its line', () => {
  assert.match(mistakes('wanted = "yes"\n[settle\n')[0] ?? '', /^x\.toml:2: /);
});

test('a file that the user names must exist; the standard one need not', () => {
  assert.deepEqual(readSettings('/no/such/file'), {
    ok: false,
    mistakes: ['/no/such/file cannot be read: no such file'],
  });
  assert.ok(readSettings(null).ok);
});

test('module names are compared as the kernel spells them', () => {
  const result = parseSettings('x.toml', 'modules.ignored = ["nvidia-drm"]\n');
  assert.ok(result.ok);
  assert.deepEqual(result.value.preferences.ignoredModules, ['nvidia_drm']);
});

test('the configuration of another root sets what is wanted of that root, and nothing that runs here', () => {
  const work = temporaryDirectory();
  const root = join(work, 'root');
  const text = `wanted = "no"
[[exec]]
command = ["/bin/touch", "/owned"]
[guard]
reboot = "block"
[metrics]
textfile = "/etc/passwd"
`;
  layOut(work, { 'root/etc/aufswatch.toml': text, 'outside.toml': 'wanted = "yes"\n' });
  const own = readSettings(null, root);
  assert.ok(own.ok);
  assert.equal(own.value.preferences.wanted, 'no');
  const preferences = { ...DEFAULT_SETTINGS.preferences, wanted: 'no' };
  assert.deepEqual(own.value, { ...DEFAULT_SETTINGS, preferences });
  const named = readSettings(join(root, 'etc/aufswatch.toml'), root);
  assert.ok(named.ok && named.value.exec.length === 1 && named.value.guard.reboot === 'block');
  rmSync(join(root, 'etc/aufswatch.toml'));
  symlinkSync(join(work, 'outside.toml'), join(root, 'etc/aufswatch.toml'));
  const led = readSettings(null, root);
  assert.ok(
    led.ok && led.value.preferences.wanted === DEFAULT_SETTINGS.preferences.wanted,
    'it leads out of the root',
  );
});
