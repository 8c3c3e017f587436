import assert from 'node:assert/strict';
import { chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { startDaemon } from '../support/daemon.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/wait.ts';

const PACKAGE = join(import.meta.dirname, '../../..');
const UNIT = readFileSync(join(PACKAGE, 'systemd/aufswatch.service'), 'utf8');
const NOTICES = readFileSync(join(PACKAGE, 'doc/notices.md'), 'utf8');
/** The directory of node_exporter on Gentoo. */
const OWNER = 65_534;

/** The value of CapabilityBoundingSet= in a text, for setpriv(1). */
function capabilitiesIn(text: string): string[] {
  const names = [...text.matchAll(/^CapabilityBoundingSet=(.*)$/gm)].flatMap(([, all = '']) =>
    all.split(' '),
  );
  return names.map((name) => `+${name.replace('CAP_', '').toLowerCase()}`);
}

/** The part of notices.md that is about the metrics. */
const METRICS = NOTICES.slice(NOTICES.indexOf('## In Prometheus'));

for (const [what, text, isWritten] of [
  ['of the shipped unit alone: it is not written, and the log says why', UNIT, false],
  ['of the unit with the documented drop-in: it is written', UNIT + METRICS, true],
] as const) {
  test(`metrics in a directory of another user, with the capabilities ${what}`, {
    skip: needs('setpriv') || (process.getuid?.() === 0 ? false : 'needs root'),
  }, async () => {
    const root = join(temporaryDirectory(), 'root');
    mkdirSync(root);
    writeMachine(root, inSync(Date.now()));
    const file = '/var/lib/node_exporter/aufswatch.prom';
    layOut(root, { 'etc/aufswatch.toml': `[metrics]\ntextfile = "${file}"\n` });
    mkdirSync(join(root, 'var/lib/node_exporter'), { recursive: true, mode: 0o755 });
    chownSync(join(root, 'var/lib/node_exporter'), OWNER, OWNER);
    const only = `--bounding-set=-all,${capabilitiesIn(text).join(',')}`;
    const daemon = startDaemon(root, { under: ['setpriv', only] });
    await daemon.publishes('it runs', () => true);
    const complains = () =>
      daemon.log().some(({ msg }) => /aufswatch\.prom cannot be written: EACCES/.test(msg));
    await until('it was tried', () => existsSync(join(root, file)) || complains());
    assert.equal(existsSync(join(root, file)), isWritten);
    assert.equal(complains(), !isWritten);
  });
}
