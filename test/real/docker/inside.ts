/**
 * Runs in its own namespaces: writes a machine, predicts how dockerd starts on it, starts dockerd and prints the result
 * as JSON. Arguments: the configuration as JSON, the directory of disks, the directory of programs.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { known, mapFact, unknown } from '../../../src/model/fact.ts';
import { askFileTypes } from '../../../src/system/docker/file-types.ts';
import { readDocker } from '../../../src/system/docker/read-docker.ts';
import { mountOf, readMounts } from '../../../src/system/mounts.ts';
import { openRoot } from '../../../src/system/root.ts';
import { splitWords } from '../../../src/system/shell-assignments.ts';
import type { Start } from '../../../src/verdict/dockerd/answer.ts';
import { dockerStart } from '../../../src/verdict/dockerd/outlook.ts';
import type { Configuration, Outcome } from './configuration.ts';
import { mountDisk, run } from './disks.ts';
import { kernelHere } from './kernel-here.ts';

const SOCKET = '/run/aufswatch-test.sock';
/** The network is switched off, and everything that it writes is in /run. */
const QUIET = `--bridge=none --iptables=false --exec-root /run/exec --pidfile /run/test.pid -H unix://${SOCKET}`;
/** dockerd needs a second or two on an idle machine. */
const LIMIT = 60_000;

const [json = '{}', disks = '', programs = ''] = process.argv.slice(2);
const configuration = JSON.parse(json) as Configuration;
const options = `${QUIET} ${configuration.options ?? ''}`.trim();

layOut();
const start = await predicted();
const { driver, log } = await started();
const outcome: Outcome = {
  predicted: ending(start),
  words: start.is === 'refuses' ? start.refusal.words : null,
  driver,
  log,
};
process.stdout.write(JSON.stringify(outcome), () => process.exit(0));

function layOut(): void {
  run('mount', '-t', 'tmpfs', 'none', '/run');
  mkdirSync('/run/openrc');
  for (const part of ['upper', 'work']) mkdirSync(`/run/etc/${part}`, { recursive: true });
  run(
    'mount',
    '-t',
    'overlay',
    '-o',
    'lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work',
    'overlay',
    '/etc',
  );
  run('mount', '-t', 'tmpfs', 'none', '/var/lib');
  run('mount', '-t', 'tmpfs', 'none', '/usr/local/sbin');
  const {
    disk = 'tmpfs',
    home,
    data = [],
    empty = [],
    dataRoot = '/var/lib/docker',
    program,
  } = configuration;
  mountDisk(disk, '/var/lib/docker', disks, '/run/disks');
  if (home !== undefined) mountDisk(home.disk, `/var/lib/docker/${home.driver}`, disks, '/run/disks');
  for (const name of data) {
    mkdirSync(join(dataRoot, name, 'layer'), { recursive: true });
    writeFileSync(join(dataRoot, name, 'layer', 'file'), '');
  }
  for (const name of empty) mkdirSync(join(dataRoot, name), { recursive: true });
  if (program !== undefined) copyFileSync('/bin/true', `/usr/local/sbin/${program}`);
  writeInto('docker/daemon.json', configuration.daemonJson);
  for (const [name, text] of Object.entries(configuration.files ?? {})) writeInto(name, text);
  const variable =
    configuration.variable === undefined ? '' : `export DOCKER_DRIVER="${configuration.variable}"\n`;
  writeInto('conf.d/docker', `${variable}DOCKER_OPTS="${options}"\n`);
}

function writeInto(name: string, text: string | undefined): void {
  if (text === undefined) return;
  mkdirSync(join('/etc', name, '..'), { recursive: true });
  writeFileSync(join('/etc', name), text);
}

async function predicted(): Promise<Start> {
  const root = openRoot('/');
  const mounts = readMounts(root);
  const { docker } = await readDocker(
    root,
    { packages: [], mountOf: (path) => mapFact(mounts, (all) => mountOf(all, path)) },
    { info: async () => unknown('no-data', 'it does not run yet'), fileTypes: askFileTypes },
  );
  return dockerStart({ ...docker, engine: known('20.10.24') }, kernelHere());
}

async function started(): Promise<{ driver: string | null; log: string }> {
  const { variable } = configuration;
  const path = `${programs}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
  const env = { PATH: path, ...(variable === undefined ? {} : { DOCKER_DRIVER: variable }) };
  const daemon = spawn(join(programs, 'dockerd'), splitWords(options), { env });
  let log = '';
  let ended = false;
  for (const stream of [daemon.stdout, daemon.stderr]) stream.on('data', (text) => (log += text));
  daemon.on('close', () => (ended = true));
  const deadline = Date.now() + LIMIT;
  while (!ended && Date.now() < deadline) {
    const driver = existsSync(SOCKET) ? await driverInUse() : null;
    if (driver !== null) {
      daemon.kill('SIGTERM');
      return { driver, log };
    }
    await sleep(50);
  }
  if (!ended) throw new Error(`dockerd neither ends nor answers:\n${log}`);
  return { driver: null, log };
}

/** GET /info; null: it does not answer yet. */
function driverInUse(): Promise<string | null> {
  return new Promise((resolve) => {
    const info = request({ socketPath: SOCKET, path: '/info' }, (response) => {
      let body = '';
      response.on('data', (text) => (body += text));
      response.on('end', () => resolve(/"Driver":"([^"]+)"/.exec(body)?.[1] ?? null));
    });
    info.on('error', () => resolve(null));
    info.end();
  });
}

function ending(found: Start): string {
  if (found.is === 'starts') return found.driver;
  if (found.is === 'unknown') return `unknown: ${found.why}`;
  const { refusal } = found;
  if (refusal.kind === 'configuration') return `refuses configuration ${refusal.problem.is}`;
  return refusal.kind === 'lack' ? `refuses lack ${refusal.lack.of}` : `refuses ${refusal.kind}`;
}
