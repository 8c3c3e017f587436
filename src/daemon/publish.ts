import { dirname } from 'node:path';
import { makeDirectory } from '../files/make-directory.ts';
import { replaceFile } from '../files/replace-file.ts';
import { andOthers, leadingUnsilenced } from '../model/leading-findings.ts';
import { visible, visibleJsonText } from '../model/visible.ts';
import type { Published } from '../published/form.ts';
import { publishedText } from '../published/write.ts';
import { motdPath, type Paths, statusPath } from './paths.ts';

const READABLE_BY_ALL = 0o644;

/** Writes status.json and motd, each whole. Throws the operating system's error, as of a full disk. */
export function publish(paths: Paths, published: Published): void {
  makeDirectory(dirname(statusPath(paths)), 0o755);
  // status.json last: when it is there, the line for the login is there too.
  replaceFile(motdPath(paths), motd(published), READABLE_BY_ALL);
  replaceFile(statusPath(paths), `${visibleJsonText(publishedText(published))}\n`, READABLE_BY_ALL);
}

/** What is printed at login: what is wrong and what to do; '' if nothing is wrong. */
export function motd(published: Published): string {
  const lead = leadingUnsilenced(published.findings, published.heartbeatMs);
  if (lead === null) return '';
  const { severity, title } = lead.worst;
  return `aufswatch: ${severity}: ${visible(title)}${andOthers(lead)}\n  What to do: aufswatch plan\n`;
}
