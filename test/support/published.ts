import { chmodSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Machine, writeMachine } from '../../src/demo/machine.ts';
import { replaceFile } from '../../src/files/replace-file.ts';
import type { Published, PublishedFinding } from '../../src/published/form.ts';
import { readStatus } from './daemon.ts';
import { aufswatch } from './program.ts';
import { temporaryDirectory } from './temporary.ts';

/** The daemon's status of a machine, published a minute ago. */
export function publishedOf(machine: Machine): Published {
  const root = join(temporaryDirectory(), 'root');
  mkdirSync(root);
  writeMachine(root, machine);
  aufswatch(['daemon', '--once', '--root', root]);
  const published = readStatus(join(root, 'run/aufswatch/status.json'));
  if (published === null) throw new Error('nothing was published');
  const sinceMs = Date.now() - 60_000;
  return { ...published, findings: published.findings.map((finding) => ({ ...finding, sinceMs })) };
}

/** A status.json that all users can read, written as the daemon writes it. */
export interface StatusFile {
  readonly path: string;
  write(published: Published, findings?: readonly PublishedFinding[]): void;
}

export function statusFile(): StatusFile {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o755);
  const path = join(directory, 'aufswatch/status.json');
  return {
    path,
    write: (published, findings = published.findings) => {
      mkdirSync(dirname(path), { recursive: true });
      replaceFile(path, `${JSON.stringify({ ...published, findings })}\n`, 0o644);
    },
  };
}
