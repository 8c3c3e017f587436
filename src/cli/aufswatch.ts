#!/usr/bin/env node
import { join } from 'node:path';
import { CHECKS, SCANS } from '../daemon/helper-words.ts';
import { VERSION } from '../version.ts';
import { runApart } from './apart.ts';
import type { Command, GetMatrix, GetVerdict, Outside, Program } from './command.ts';
import { type CommandLine, frequentName, readCommandLine } from './command-line.ts';
import { check } from './commands/check.ts';
import { kernels } from './commands/kernels.ts';
import { plan } from './commands/plan.ts';
import { status } from './commands/status.ts';
import { promptLine } from './commands/status-line.ts';
import { loadCompiled } from './compiled.ts';
import { publishedMatrix, publishedVerdict } from './published-verdict.ts';
import { reportBug } from './report-bug.ts';
import { runCommand } from './run-command.ts';
import { setV8Flag } from './set-v8-flag.ts';
import { processTerminal, shortTerminal, type Terminal } from './terminal.ts';

void main(process.argv.slice(2));

/** Three steps, each of which loads more: Node takes longer to load a program than most commands take to run. */
async function main(words: readonly string[]): Promise<void> {
  if (words[0] === SCANS) {
    process.exitCode = await serveScans();
    return;
  }
  if (words[0] === CHECKS) {
    process.exitCode = await (await import('./run.js')).checkDatabase(words[1] ?? '');
    return;
  }
  const asked = readCommandLine(words);
  const debug = words.includes('--debug');
  if (debug) process.setSourceMapsEnabled(true);
  const early =
    (await runApart(asked, words, process.env)) ?? (await runLight(asked)) ?? (await runFromPublished(asked));
  // The compiled form has no line numbers for a stack trace.
  const quick =
    early === null && !debug && isFrequent(asked)
      ? await callQuick('runQuick', words, process.env, undefined, program())
      : null;
  process.exitCode = early ?? quick ?? (await runAny(words));
  // V8 may still be compiling in the background code that no longer runs, and Node would wait for it.
  if (quick !== null) process.exit();
}

/** Commands that load few modules: one runs before every prompt, one for days. null: it is none of these. */
async function runLight(asked: CommandLine): Promise<number | null> {
  const { env } = process;
  if (asked.kind === 'version') {
    shortTerminal(env).out(`aufswatch ${VERSION}\n`);
    return 0;
  }
  if (asked.kind === 'help') return null;
  if (asked.name === 'status' && asked.words.includes('--line'))
    return runCommand('status', promptLine, asked.words, outside(shortTerminal(env), neverPublished));
  if (asked.name !== 'agent') return null;
  const { agent } = await import('./commands/agent.ts');
  return runCommand('agent', agent, asked.words, outside(processTerminal(env), neverPublished));
}

/**
 * Runs a command on the verdict that the daemon published, where it still holds. Then nothing else is loaded. Returns
 * null and does nothing where the machine has to be scanned, or for another command.
 */
async function runFromPublished(asked: CommandLine): Promise<number | null> {
  const command = asked.kind === 'command' ? SHOW_PUBLISHED[asked.name] : undefined;
  if (asked.kind !== 'command' || command === undefined) return null;
  // It waits until the daemon has scanned.
  if (asked.words.includes('--after-emerge')) return null;
  const terminal = shortTerminal(process.env);
  try {
    return await runCommand(
      asked.name,
      command,
      asked.words,
      outside(terminal, fromPublished, matrixFromPublished),
    );
  } catch (error) {
    return error instanceof NothingPublished ? null : reportBug(error, asked.words, terminal);
  }
}

/** Commands that print what the daemon has published, where it holds. */
const SHOW_PUBLISHED: Readonly<Record<string, Command>> = { status, check, plan, kernels };

class NothingPublished extends Error {}

const fromPublished: GetVerdict = async (invocation) => {
  const told = publishedVerdict(invocation);
  if (told === null) throw new NothingPublished();
  return { ok: true, value: told };
};

const matrixFromPublished: GetMatrix = async (invocation) => {
  const matrix = publishedMatrix(invocation);
  if (matrix === null) throw new NothingPublished();
  return { ok: true, value: matrix };
};

const neverPublished = async (): Promise<never> => {
  throw new NothingPublished();
};

/** Where the program is bundled (packaging/bundle-into.ts), these commands are compiled in advance. */
function isFrequent(asked: CommandLine): boolean {
  return asked.kind === 'command' && frequentName(asked.name) !== null;
}

/** Scans the machine for the daemon, with the readers of the frequent commands. */
async function serveScans(): Promise<number> {
  return (await callQuick('serveScans')) ?? (await import('./run.js')).serveScans();
}

/** Calls a function of the compiled part. null: the program is not bundled, or the command is not in that part. */
async function callQuick(
  name: 'runQuick' | 'serveScans',
  ...args: readonly unknown[]
): Promise<number | null> {
  const call = loadCompiled(join(import.meta.dirname, 'quick.cjs'))?.exports[name];
  const status: unknown = typeof call === 'function' ? await call(...args) : null;
  return typeof status === 'number' ? status : null;
}

async function runAny(words: readonly string[]): Promise<number> {
  // `./run.js` is its name in the bundle as well.
  // Node opens all parts at once. Where that exceeds the limit of open files, no code of the program is loaded yet.
  const loaded = await import('./run.js').catch((error: unknown) => ({ error }));
  if ('error' in loaded) return reportBug(loaded.error, words, shortTerminal(process.env));
  const { env } = process;
  return loaded.run(words, env, processTerminal(env), program());
}

function outside(terminal: Terminal, getVerdict: GetVerdict, getMatrix: GetMatrix = neverPublished): Outside {
  const { env } = process;
  const now = () => Date.now();
  return { terminal, env, now, program: program(), getVerdict, getMatrix, setFlag: setV8Flag };
}

function program(): Program {
  return [process.execPath, process.argv[1] ?? ''];
}
