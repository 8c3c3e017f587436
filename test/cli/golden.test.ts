import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { explain } from '../../src/cli/commands/explain.ts';
import { picture } from '../../src/cli/render/picture.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { runInside } from '../support/cli.ts';
import { SCENARIOS, type ScenarioName } from '../support/demo/scenarios.ts';
import { assertGolden } from '../support/golden.ts';
import { temporaryDirectory } from '../support/temporary.ts';

// Times are printed in the local time zone. With a fixed one the output is the same everywhere.
process.env.TZ = 'UTC';
const NOW = Date.UTC(2026, 10, 23, 9);
const NAMES = Object.keys(SCENARIOS).filter((name): name is ScenarioName => name in SCENARIOS);

function rootOf(name: ScenarioName): string {
  const root = join(temporaryDirectory(), 'root');
  writeMachine(root, SCENARIOS[name](NOW));
  return root;
}

/** The commands with their output, as in a terminal, and their exit status unless it is 0. */
async function session(...args: Parameters<typeof answers>): Promise<string> {
  return (await answers(...args)).join('\n');
}

/** The same, one text for each command. */
async function answers(
  root: string,
  calls: readonly string[],
  terminal: Parameters<typeof runInside>[1] = {},
): Promise<string[]> {
  const parts: string[] = [];
  for (const call of calls) {
    const { exit, out, err } = await runInside([...call.split(' '), '--root', root], terminal);
    // The directory of the machine is not part of the expected output.
    const output = `${out}${err}`
      .replaceAll(` --root ${root}`, '')
      .replaceAll(`chroot ${root}`, 'chroot DIR');
    parts.push(`$ aufswatch ${call}\n${output}${exit === 0 ? '' : `[exit status ${exit}]\n`}`);
  }
  return parts;
}

function assertFits(text: string, what: string): void {
  const wide = text.split('\n').filter((line) => line.length > 80);
  assert.deepEqual(wide, [], `${what}: lines of more than 80 columns`);
}

for (const name of NAMES) {
  test(`${name}: the output of each command`, async () => {
    const root = rootOf(name);
    const calls = ['status', 'plan', 'check', 'check --before-reboot', 'check --nagios', 'kernels', 'docker'];
    const outputs = await answers(root, calls);
    assertGolden(`${name}.txt`, outputs.join('\n'));
    // The line of check goes into a log.
    assertFits(outputs.filter((_, n) => !calls[n]?.startsWith('check')).join('\n'), name);
  });

  test(`${name}: the plan as a script`, async () => {
    const root = rootOf(name);
    const { out } = await runInside(['plan', '--shell', '--root', root]);
    execFileSync('sh', ['-n'], { input: out, timeout: 10_000 });
    assertGolden(`${name}.sh.txt`, out.replaceAll(`chroot ${root} `, 'chroot DIR '));
  });
}

test('boot prints the entries of the loader, and how to start one that works', async () => {
  const parts: string[] = [];
  for (const name of ['in-sync', 'story', 'reboot-pending'] as const) {
    parts.push(`${name}\n${await session(rootOf(name), ['boot'])}`);
  }
  assertGolden('boot.txt', parts.join('\n'));
});

test('without UTF-8 the output is ASCII only, in 80 columns', async () => {
  for (const name of NAMES) {
    const text = await session(rootOf(name), ['status', 'plan', 'kernels', 'docker'], { unicode: false });
    assert.match(text, /^[\n -~]*$/, name);
    assertFits(text, name);
  }
  assertGolden('ascii/story.txt', await session(rootOf('story'), ['status'], { unicode: false }));
});

test('the words are the same in colour', async () => {
  const root = rootOf('story');
  const coloured = await session(root, ['status'], { colour: true });
  assertGolden('colour/story.txt', coloured.replaceAll('\u001b', '\\e'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours consist of them
  assert.equal(coloured.replace(/\u001b\[\d+m/g, ''), await session(root, ['status']));
});

test('a reason that is longer than its column continues below, on narrow terminals too', async () => {
  const root = rootOf('never-built');
  // A loaded module would prove that it loads.
  rmSync(join(root, 'sys/module/aufs'), { recursive: true });
  for (const width of [40, 60, 80, 120]) {
    const { out } = await runInside(['status', '--root', root], { width });
    const words = out.replace(/[│\s]+/g, ' ');
    assert.ok(
      words.includes("not known: the kernel's symbol versions are gone"),
      `${width} columns:\n${out}`,
    );
    assert.doesNotMatch(out, /…/);
  }
});

test('explain prints the whole catalogue, and one entry', async () => {
  const all = await runInside(['explain']);
  const one = await runInside(['explain', 'next-boot-without-aufs']);
  assertFits(all.out, 'explain');
  assert.ok(all.out.includes(one.out.slice(0, one.out.indexOf('\n\n'))));
  assertGolden('explain.txt', all.out);
});

test('explain prints the steps for an open finding, and general advice for any other', async () => {
  const root = rootOf('story');
  const parts: string[] = [];
  for (const code of ['next-boot-without-aufs', 'module-not-reloaded', 'hook-missing'])
    parts.push(await session(root, [`explain ${code}`]));
  assertGolden('explain-story.txt', parts.join('\n'));
});

test('explain prints the general steps if the machine cannot be read; a named root that is missing is an error', async () => {
  const general = 'Where it is open, this lists the steps:';
  const printed = { out: '', err: '' };
  const terminal = {
    colour: false,
    unicode: true,
    width: 80,
    interactive: false,
    out: (text: string) => {
      printed.out += text;
    },
    fail: (message: string) => {
      printed.err += message;
      return 1;
    },
  };
  const getVerdict = async () => ({ ok: false as const, message: 'it hangs' });
  const read = explain.read(['depmod-due']);
  assert.ok(read.ok);
  const outside = {
    terminal,
    env: {},
    now: () => NOW,
    program: null,
    getVerdict,
    getMatrix: getVerdict,
    setFlag: () => {},
  };
  assert.equal(await read.run(outside), 0);
  assert.equal(printed.err, '');
  assert.ok(printed.out.includes(general));
  const nowhere = await runInside(['explain', 'depmod-due', '--root', '/nowhere']);
  assert.deepEqual([nowhere.exit, nowhere.err], [1, 'aufswatch: --root /nowhere: no such directory\n']);
  assert.ok(nowhere.out.includes(general));
});

test('at 40 columns a path stays whole if a line can hold it', async () => {
  const { out } = await runInside(['status', '--root', rootOf('story')], { width: 40 });
  assert.match(out, /^ {2}│ {3}\/boot\/vmlinuz-6\.1\.192-gentoo/m);
});

test('at 40 columns a path that is longer than a line stays whole', () => {
  const path = '/boot/EFI/Linux/gentoo-6.1.192-gentoo-x86_64.efi';
  const terminal = {
    colour: false,
    unicode: true,
    width: 40,
    interactive: false,
    out: () => {},
    fail: () => 1,
  };
  const link = {
    name: 'image',
    mark: 'ok',
    identity: '6.1.192-gentoo #3',
    atMs: null,
    reason: `${path} (by hand)`,
  } as const;
  assert.ok(picture([link], terminal).split('\n').includes(`      ${path}`));
});

test('the plan names each finding once, at the step that resolves it', async () => {
  const { out } = await runInside(['plan', '--root', rootOf('story')]);
  const named = [...out.matchAll(/Resolves ([\s\S]*?)\.\n/g)].flatMap(([, codes = '']) =>
    codes.split(/,\s+/),
  );
  assert.ok(named.length > 0);
  assert.deepEqual([...new Set(named)], named);
});

test('explain and check print JSON', async () => {
  const one = JSON.parse((await runInside(['explain', 'depmod-due', '--json'])).out);
  assert.deepEqual(
    one.catalogue.map(({ code }: { code: string }) => code),
    ['depmod-due'],
  );
  const { exit, out } = await runInside(['check', '--json', '--root', rootOf('story')]);
  const answer = JSON.parse(out);
  assert.deepEqual([exit, answer.answer], [2, 'critical']);
  assert.equal(answer.findings[0].code, 'next-boot-without-aufs');
});
