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

// Times are shown in the local zone, and the program says what it would say anywhere.
process.env.TZ = 'UTC';
const NOW = Date.UTC(2026, 10, 23, 9);
const NAMES = Object.keys(SCENARIOS).filter((name): name is ScenarioName => name in SCENARIOS);

function rootOf(name: ScenarioName): string {
  const root = join(temporaryDirectory(), 'root');
  writeMachine(root, SCENARIOS[name](NOW));
  return root;
}

/** Commands with their output and, where it is not 0, their exit status, as in a terminal. */
async function session(...args: Parameters<typeof answers>): Promise<string> {
  return (await answers(...args)).join('\n');
}

/** The same, each command by itself. */
async function answers(
  root: string,
  calls: readonly string[],
  terminal: Parameters<typeof runInside>[1] = {},
): Promise<string[]> {
  const parts: string[] = [];
  for (const call of calls) {
    const { exit, out, err } = await runInside([...call.split(' '), '--root', root], terminal);
    // Where the machine was laid out is no part of what is said.
    const said = `${out}${err}`.replaceAll(` --root ${root}`, '').replaceAll(`chroot ${root}`, 'chroot DIR');
    parts.push(`$ aufswatch ${call}\n${said}${exit === 0 ? '' : `[exit status ${exit}]\n`}`);
  }
  return parts;
}

function assertFits(text: string, what: string): void {
  const wide = text.split('\n').filter((line) => line.length > 80);
  assert.deepEqual(wide, [], `${what}: lines of more than 80 columns`);
}

for (const name of NAMES) {
  test(`${name}: what each command says`, async () => {
    const root = rootOf(name);
    const calls = ['status', 'plan', 'check', 'check --before-reboot', 'check --nagios', 'kernels', 'docker'];
    const said = await answers(root, calls);
    assertGolden(`${name}.txt`, said.join('\n'));
    // A line of check goes into a log.
    assertFits(said.filter((_, n) => !calls[n]?.startsWith('check')).join('\n'), name);
  });

  test(`${name}: the plan as a script`, async () => {
    const root = rootOf(name);
    const { out } = await runInside(['plan', '--shell', '--root', root]);
    execFileSync('sh', ['-n'], { input: out, timeout: 10_000 });
    assertGolden(`${name}.sh.txt`, out.replaceAll(`chroot ${root} `, 'chroot DIR '));
  });
}

test('boot: the entries of the loader, and how one that works is started', async () => {
  const parts: string[] = [];
  for (const name of ['in-sync', 'story', 'reboot-pending'] as const) {
    parts.push(`${name}\n${await session(rootOf(name), ['boot'])}`);
  }
  assertGolden('boot.txt', parts.join('\n'));
});

test('without UTF-8 there is nothing but ASCII, in 80 columns', async () => {
  for (const name of NAMES) {
    const text = await session(rootOf(name), ['status', 'plan', 'kernels', 'docker'], { unicode: false });
    assert.match(text, /^[\n -~]*$/, name);
    assertFits(text, name);
  }
  assertGolden('ascii/story.txt', await session(rootOf('story'), ['status'], { unicode: false }));
});

test('in colour the words are the same', async () => {
  const root = rootOf('story');
  const coloured = await session(root, ['status'], { colour: true });
  assertGolden('colour/story.txt', coloured.replaceAll('\u001b', '\\e'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
  assert.equal(coloured.replace(/\u001b\[\d+m/g, ''), await session(root, ['status']));
});

test('a reason that is longer than its column goes on below, on narrow terminals too', async () => {
  const root = rootOf('never-built');
  // What of it is loaded would tell that it loads.
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

test('explain: the whole catalogue, and one entry', async () => {
  const all = await runInside(['explain']);
  const one = await runInside(['explain', 'next-boot-without-aufs']);
  assertFits(all.out, 'explain');
  assert.ok(all.out.includes(one.out.slice(0, one.out.indexOf('\n\n'))));
  assertGolden('explain.txt', all.out);
});

test('explain: the steps for a finding that is open, in general for one that is not', async () => {
  const root = rootOf('story');
  const parts: string[] = [];
  for (const code of ['next-boot-without-aufs', 'module-not-reloaded', 'hook-missing'])
    parts.push(await session(root, [`explain ${code}`]));
  assertGolden('explain-story.txt', parts.join('\n'));
});

test('explain: a machine that cannot be read is no error, a root that was named is', async () => {
  const general = 'Where it is open, this lists the steps:';
  const said = { out: '', err: '' };
  const terminal = {
    colour: false,
    unicode: true,
    width: 80,
    interactive: false,
    out: (text: string) => {
      said.out += text;
    },
    fail: (message: string) => {
      said.err += message;
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
  assert.equal(said.err, '');
  assert.ok(said.out.includes(general));
  const nowhere = await runInside(['explain', 'depmod-due', '--root', '/nowhere']);
  assert.deepEqual([nowhere.exit, nowhere.err], [1, 'aufswatch: --root /nowhere: no such directory\n']);
  assert.ok(nowhere.out.includes(general));
});

test('at 40 columns paths stay whole where a line can hold them', async () => {
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

test('explain and check as JSON', async () => {
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
