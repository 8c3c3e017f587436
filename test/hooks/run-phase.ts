import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
export const HOOK = join(REPOSITORY, 'hooks/portage/bashrc.d/aufswatch.bash');
const PHASE = join(REPOSITORY, 'test/hooks/phase.bash');

/** A package in one phase of its merge. */
export interface PhaseRun {
  readonly phase: string;
  /** CATEGORY, PN, INHERITED and so on. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The user's bashrc; `@hook@` stands for reading HOOK. */
  readonly bashrc?: string;
  /** The body of the phase function. */
  readonly body?: string;
  /** The text of the package's file in /etc/portage/env; it is read after bashrc. */
  readonly packageEnv?: string;
  /** Shell options that the user's bashrc set. */
  readonly options?: string;
  /** A command that runs bash: strace, unshare. */
  readonly through?: readonly string[];
}

export interface PhaseResult {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
  /** Names of the variables and functions, and the options, after the phase. */
  readonly state: string;
}

export const AUFS4 = {
  CATEGORY: 'sys-fs',
  PN: 'aufs4',
  PF: 'aufs4-0_pre20180312',
  SLOT: '0',
  USE: 'kernel-patch amd64',
  MERGE_TYPE: 'source',
  INHERITED: ' linux-mod toolchain-funcs',
  ROOT: '/',
};

/** Runs a phase in a new bash; `work` contains the package's T and the daemon's state directory. */
export function runPhase(work: string, run: PhaseRun): PhaseResult {
  const bashrc = join(work, 'bashrc');
  const state = join(work, 'after');
  const text = run.bashrc ?? 'source @hook@';
  writeFileSync(bashrc, text.replaceAll('@hook@', HOOK));
  const packageEnv = join(work, 'package-env');
  writeFileSync(packageEnv, run.packageEnv ?? '');
  const command = [...(run.through ?? []), 'bash', PHASE, run.phase, bashrc, state];
  const result: SpawnSyncReturns<string> = spawnSync(command[0] ?? 'bash', command.slice(1), {
    encoding: 'utf8',
    timeout: 30_000,
    env: {
      PATH: process.env.PATH ?? '',
      AUFSWATCH_STATE: join(work, 'state'),
      KERNEL_DIR: join(work, 'linux'),
      T: join(work, 'T'),
      PHASE_BODY: run.body ?? ':',
      OPTIONS: run.options ?? ':',
      PACKAGE_ENV: run.packageEnv === undefined ? '' : packageEnv,
      ...AUFS4,
      ...run.variables,
    },
  });
  return {
    status: result.status,
    output: result.stdout,
    errors: result.stderr,
    state: readFileSync(state, { encoding: 'utf8', flag: 'a+' }),
  };
}
