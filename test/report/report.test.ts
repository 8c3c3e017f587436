import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import fc from 'fast-check';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { html } from '../../src/report/html.ts';
import { fillLedger } from '../support/fill-ledger.ts';
import { aufswatch } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const ARTEFACTS = join(import.meta.dirname, '../../../artefacts');
const WIDTHS = { phone: 390, desktop: 1280 } as const;

suite('aufswatch report', () => {
  const directory = temporaryDirectory();
  const root = join(directory, 'root');
  const page = join(directory, 'report.html');

  before(() => {
    mkdirSync(root);
    writeMachine(root, patchedAgainNotRebuilt(Date.now()));
    assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
    assert.deepEqual(aufswatch(['report', '--root', root, '--out', page]), { status: 0, out: '', error: '' });
  });

  test('has everything that status, plan, history and kernels print', () => {
    const text = textOf(readFileSync(page, 'utf8'));
    for (const expected of [
      'The next boot will be without AUFS',
      'kernel-not-rebuilt',
      'make -C /usr/src/linux-6.1.192-gentoo modules_install',
      'sys-fs/aufs6-0_pre20240701 merged',
      'disagrees about version of symbol module_layout',
    ]) {
      assert.ok(text.includes(expected), expected);
    }
  });

  test('has one point for each event, and a band for each finding', () => {
    const text = readFileSync(page, 'utf8');
    const lanes = ['package', 'patch', 'build', 'image', 'boot'];
    const { out } = aufswatch(['history', '--json', '--root', root, '--kind', lanes.slice(1).join(',')]);
    const points = [...text.matchAll(/<circle class="event"/g)].length;
    assert.ok(points >= (JSON.parse(out).entries as unknown[]).length);
    const findings = JSON.parse(aufswatch(['findings', '--json', '--root', root]).out).findings as unknown[];
    assert.equal([...text.matchAll(/<rect class="band /g)].length, findings.length);
  });

  test('stays small with a ledger of many years, and says what it leaves out', () => {
    const old = join(directory, 'old');
    mkdirSync(old);
    writeMachine(old, patchedAgainNotRebuilt(Date.now()));
    const state = join(old, 'var/lib/aufswatch');
    mkdirSync(state, { recursive: true });
    fillLedger(join(state, 'ledger.sqlite3'), 30_000);
    const { status, out } = aufswatch(['report', '--root', old, '--since', '9y']);
    assert.equal(status, 0);
    assert.ok(out.length < 5_000_000, `${out.length}`);
    assert.match(out, /The newest 4000 are shown\. 26000 older ones are left out/);
  });

  test('needs no other file', () => {
    const text = readFileSync(page, 'utf8');
    assert.doesNotMatch(text, /<script|<link|<img|https?:|url\(|@import/);
    assert.match(text, /default-src 'none'/);
    assert.ok(statSync(page).size < 200_000);
  });

  for (const [name, width] of Object.entries(WIDTHS)) {
    for (const dark of [false, true]) {
      const shown = `${name}${dark ? ', dark' : ''}`;
      test(`fits a browser: ${shown}`, { skip: needs('chromium') }, () => {
        mkdirSync(ARTEFACTS, { recursive: true });
        const picture = join(ARTEFACTS, `report-${name}${dark ? '-dark' : ''}.png`);
        chromium(page, width, dark, `--screenshot=${picture}`);
        assert.ok(statSync(picture).size > 20_000, 'it shows something');
        const [inner, scroll] = measured(width, dark);
        assert.equal(inner, String(width));
        assert.equal(scroll, inner, 'nothing is wider than the window');
      });
    }
  }

  test('works without a ledger and for a saved snapshot, without the past, and says so', () => {
    const bare = join(directory, 'bare');
    mkdirSync(bare);
    writeMachine(bare, inSync(Date.now()));
    const { out } = aufswatch(['report', '--root', bare]);
    assert.match(textOf(out), /All in sync\.|All in sync, with/);
    assert.match(textOf(out), /There is no ledger: the service writes it\./);
    const saved = join(directory, 'snapshot.json');
    writeFileSync(saved, aufswatch(['snapshot', '--root', root]).out);
    assert.match(
      textOf(aufswatch(['report', '--snapshot', saved]).out),
      /The next boot will be without AUFS/,
    );
  });

  test('a path that cannot be written is named in one line', () => {
    const { status, error } = aufswatch(['report', '--root', root, '--out', '/nowhere/at/all.html']);
    assert.equal(status, 1);
    assert.match(error, /^aufswatch: \/nowhere\/at\/all\.html cannot be written \(ENOENT\).*\n$/);
  });

  test('names are escaped, whatever is in them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { html: page } = html`<p title="${text}">${text}</p>`;
        const inner = /^<p title="([^"<>]*)">([^<>]*)<\/p>$/s.exec(page);
        assert.ok(inner !== null, page);
        assert.equal(inner[1], inner[2]);
      }),
    );
  });

  /**
   * Widths of the window and of its content. The page forbids scripts, so a copy without that line measures them. The copy is
   * in a frame, since a window cannot be as narrow as a phone.
   */
  function measured(width: number, dark: boolean): string[] {
    const copy = readFileSync(page, 'utf8').replace(/<meta http-equiv.*?>/, '');
    const measure =
      '<script>parent.postMessage([innerWidth, document.documentElement.scrollWidth].join(), "*")</script>';
    writeFileSync(join(directory, 'inner.html'), copy.replace('</body>', `${measure}</body>`));
    const outer = join(directory, 'outer.html');
    writeFileSync(
      outer,
      `<script>onmessage = ({ data }) => { document.title = data }</script>
<iframe src="inner.html" style="border: 0; width: ${width}px; height: 2000px"></iframe>`,
    );
    const dom = chromium(outer, width + 100, dark, '--virtual-time-budget=5000', '--dump-dom');
    return /<title>(\d+),(\d+)<\/title>/.exec(dom)?.slice(1) ?? [];
  }

  function chromium(file: string, width: number, dark: boolean, ...words: readonly string[]): string {
    const usual = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
    const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
    const options = ['--hide-scrollbars', `--window-size=${width},2600`];
    const scheme = dark ? ['--blink-settings=preferredColorScheme=0'] : [];
    const profile = [`--user-data-dir=${join(directory, `profile-${width}-${dark}`)}`];
    return execFileSync(
      'chromium',
      [...usual, ...quiet, ...options, ...scheme, ...profile, ...words, `file://${file}`],
      { encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'pipe', 'ignore'] },
    );
  }
});

function textOf(page: string): string {
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return page
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => entities[name] ?? whole)
    .replaceAll(/\s+/g, ' ');
}
