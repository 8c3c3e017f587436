#!/usr/bin/env node
import { join } from 'node:path';
import { CHECKS, LOOKS } from '../daemon/helper-words.ts';
import { runApart } from './apart.ts';
import { quickCommand, reportBug } from './asked.ts';
import { loadCompiled } from './compiled.ts';
import { runLight } from './light.ts';
import { shortTerminal } from './terminal.ts';

void main(process.argv.slice(2));

/** In three steps, for Node takes longer to load a program than most of its commands take to run. */
async function main(words: readonly string[]): Promise<void> {
  if (words[0] === LOOKS) {
    process.exitCode = await serveLooks();
    return;
  }
  if (words[0] === CHECKS) {
    process.exitCode = await (await import('./run.js')).checkDatabase(words[1] ?? '');
    return;
  }
  const apart = await runApart(words, process.env);
  if (apart !== null) {
    process.exitCode = apart;
    return;
  }
  const light = await runLight(words);
  const quick = light === null ? await runQuick(words) : null;
  process.exitCode = light ?? quick ?? (await runAny(words));
  // V8 may still compile on the side what is not run any more, and Node would wait for that.
  if (quick !== null) process.exit();
}

/** Where the program is bundled (packaging/bundle-into.ts), what is asked often is compiled beforehand. */
async function runQuick(words: readonly string[]): Promise<number | null> {
  if (quickCommand(words) === null) return null;
  return callQuick('runQuick', words, process.env);
}

/** Looks at the machine for the daemon: its readers are those of what is asked often. */
async function serveLooks(): Promise<number> {
  return (await callQuick('serveLooks')) ?? (await import('./run.js')).serveLooks();
}

/** null: the program is not bundled, or it is not for that part. */
async function callQuick(
  name: 'runQuick' | 'serveLooks',
  ...args: readonly unknown[]
): Promise<number | null> {
  const call = loadCompiled(join(import.meta.dirname, 'quick.cjs'))?.exports[name];
  const status: unknown = typeof call === 'function' ? await call(...args) : null;
  return typeof status === 'number' ? status : null;
}

async function runAny(words: readonly string[]): Promise<number> {
  // By the name that it has beside the bundle as well.
  // Node opens all of its parts at once: where they are too many, there is no program yet that could say so.
  const loaded = await import('./run.js').catch((error: unknown) => ({ error }));
  if ('error' in loaded) return reportBug(loaded.error, words, shortTerminal(process.env));
  return loaded.run(words, process.env);
}
