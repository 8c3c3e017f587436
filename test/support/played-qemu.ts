import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The behaviour of a fake QEMU, as lines of JavaScript. `report(KIND)` makes the next report of the guest. */
export type Played = string;

const PROGRAM = 'qemu-system-x86_64';

/**
 * A fake QEMU that boots nothing: it finds the nonce in the archive and prints what the test specifies. `job` has the lines
 * of the job. Returns a PATH with it in front. All users must be able to enter `directory`, because it runs as an ordinary
 * user.
 */
export function playedQemu(directory: string, name: string, does: Played): string {
  const place = join(directory, name);
  mkdirSync(place, { recursive: true });
  for (const path of [directory, place]) chmodSync(path, 0o755);
  writeFileSync(join(place, PROGRAM), `#!${process.execPath}\n${PRELUDE}\n${does}\n`, { mode: 0o755 });
  chmodSync(join(place, PROGRAM), 0o755);
  return [place, process.env.PATH ?? ''].join(delimiter);
}

const PRELUDE = `
const { readFileSync, writeSync } = require('node:fs');
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => { for (let b = 0; b < 8; b++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1; return n; });
const crc = (text) => { let c = ~0; for (const byte of Buffer.from(text)) c = (c >>> 8) ^ TABLE[(c ^ byte) & 0xff]; return (~c >>> 0).toString(16).padStart(8, '0'); };
const archive = readFileSync('/dev/fd/4', 'latin1');
const nonce = /nonce ([0-9a-f]+)/.exec(archive)[1];
/** The lines of the job without the nonce. */
const job = /nonce [0-9a-f]+\\n([^\\0]*)/.exec(archive)[1].split('\\n').filter((line) => /^(load|unload|aufs)/.test(line));
let number = 0;
const print = (text) => writeSync(1, text);
const report = (kind) => { const line = '@aufswatch ' + nonce + ' ' + number++ + ' ' + kind; print('\\n' + line + ' ' + crc(line) + '\\n'); };
`;
