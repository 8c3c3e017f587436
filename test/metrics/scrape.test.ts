import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { aufswatch } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const skip = needs('prometheus', 'prometheus-node-exporter');
const DASHBOARD = join(import.meta.dirname, '../../../doc/examples/grafana-dashboard.json');
const BOUND = 60_000;

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: { metric: Record<string, string>; value: [number, string] }[] };
}

/** A real node_exporter reads the textfile, and a real Prometheus scrapes it. */
suite('Prometheus', { skip }, () => {
  const directory = temporaryDirectory();
  const children: ChildProcess[] = [];
  let server = '';

  before(async () => {
    const root = join(directory, 'root');
    mkdirSync(root);
    writeMachine(root, patchedAgainNotRebuilt(Date.now()));
    assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
    mkdirSync(join(directory, 'textfiles'));
    const { out } = aufswatch(['metrics', '--root', root]);
    writeFileSync(join(directory, 'textfiles/aufswatch.prom'), out);
    const [exporterPort, serverPort] = [await freePort(), await freePort()];
    writeFileSync(
      join(directory, 'prometheus.yml'),
      `global: {scrape_interval: 1s}\nscrape_configs:\n  - job_name: node\n    static_configs: [{targets: ['127.0.0.1:${exporterPort}']}]\n`,
    );
    start('prometheus-node-exporter', [
      `--web.listen-address=127.0.0.1:${exporterPort}`,
      '--collector.disable-defaults',
      '--collector.textfile',
      `--collector.textfile.directory=${join(directory, 'textfiles')}`,
    ]);
    start('prometheus', [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${serverPort}`,
    ]);
    server = `http://127.0.0.1:${serverPort}`;
    const deadline = Date.now() + BOUND;
    while ((await ask('aufswatch_info'))?.data.result.length !== 1) {
      assert.ok(Date.now() < deadline, 'Prometheus has the metrics');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });

  after(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  function start(command: string, words: readonly string[]): void {
    children.push(spawn(command, words, { stdio: 'ignore' }));
  }

  async function ask(query: string): Promise<Answer | null> {
    try {
      const response = await fetch(`${server}/api/v1/query?query=${encodeURIComponent(query)}`);
      return (await response.json()) as Answer;
    } catch {
      // It does not listen yet.
      return null;
    }
  }

  test('has the values of the machine', async () => {
    const critical = await ask('aufswatch_findings{severity="critical"}');
    assert.equal(critical?.data.result[0]?.value[1], '1');
    const since = await ask('aufswatch_finding_since_timestamp_seconds{code="kernel-not-rebuilt"}');
    assert.equal(since?.data.result[0]?.metric.subject, '/usr/src/linux-6.1.192-gentoo');
    const faults = await ask('node_textfile_scrape_error');
    assert.equal(faults?.data.result[0]?.value[1], '0');
  });

  test('answers every query of the dashboard', async () => {
    const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as {
      panels: { title: string; targets: { expr: string }[] }[];
    };
    const queries = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));
    assert.ok(queries.length >= panels.length);
    for (const { title, expr } of queries) {
      const answer = await ask(expr);
      assert.equal(answer?.status, 'success', `${title}: ${answer?.error}`);
      assert.ok((answer?.data.result.length ?? 0) > 0, `${title} shows nothing`);
    }
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : null;
      probe.close(() => (port === null ? reject(new Error('no port is free')) : resolve(port)));
    });
  });
}
