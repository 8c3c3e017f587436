import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { inSync } from '../../src/demo/in-sync.ts';
import { cpvOf, type Package, plainPackage } from '../../src/demo/package.ts';
import { HOOK } from '../hooks/run-phase.ts';
import { mergePackage } from './demo/act-portage.ts';
import { type MachineInMotion, machineInMotion } from './machine-in-motion.ts';
import { endBeforeRemoval } from './temporary.ts';

const CATEGORY = 'app-storm';

/** For each line of input, a package: runs the shipped hook after its pkg_postinst. */
const HOOKS = `
  while read -r PF; do
    EBUILD_PHASE=postinst PN=\${PF%-*}
    source "$1"
    post_pkg_postinst
  done
`;

/** Many merges of packages with modules, at a given rate. */
export interface Storm {
  /**
   * Merges this number of packages, evenly over `span` ms, and waits until the last hook has written its line. Of each four
   * one is new and its hook reports it, one is new without a hook, and two were installed in that version before, one with
   * and one without a hook. Returns how often each was merged.
   */
  blow(merges: number, span: number): Promise<ReadonlyMap<string, number>>;
}

/** The machine before a storm of this number of merges. The packages to be merged again are installed. */
export function beforeStorm(merges: number, directory?: string): MachineInMotion {
  const start = inSync(Date.now());
  const again = Array.from({ length: merges }, (_, n) => n).filter((n) => isAgain(n));
  const packages = again.map((n) => packageOf(n, start.now - 1000));
  return machineInMotion({ ...start, packages: [...start.packages, ...packages] }, directory);
}

/** A storm over a machine that `beforeStorm` laid out, and whose daemon has its state there. */
export function storm(machine: MachineInMotion): Storm {
  const state = join(machine.root, 'var/lib/aufswatch');
  mkdirSync(state, { recursive: true });
  return {
    blow: async (merges, span) => {
      const hooks = startHooks(machine.root, state);
      const merged = new Map<string, number>();
      const start = performance.now();
      for (let n = 0; n < merges; n++) {
        await at(start + (n * span) / merges);
        // Twice at once: the next scan finds only the second in the database.
        for (let times = isTwice(n) ? 2 : 1; times > 0; times--) {
          const pkg = packageOf(n, Date.now());
          machine.act((root, now) => mergePackage(root, now, pkg));
          if (hasHook(n)) hooks.report(`${pkg.name}-${pkg.version}`);
          merged.set(cpvOf(pkg), (merged.get(cpvOf(pkg)) ?? 0) + 1);
        }
      }
      await hooks.end();
      return merged;
    },
  };
}

/** How often the ledger of a state directory has a merge of each package of the storm. */
export function mergesIn(state: string): ReadonlyMap<string, number> {
  const database = new Database(join(state, 'ledger.sqlite3'), { readonly: true });
  const sql = `SELECT cpv, count(*) AS n FROM package_event WHERE what = 'merged' AND cpv LIKE '${CATEGORY}/%'
    GROUP BY cpv`;
  const rows = database.prepare<[], { cpv: string; n: number }>(sql).all();
  database.close();
  return new Map(rows.map(({ cpv, n }) => [cpv, n]));
}

/** The packages with a wrong number of merges in the ledger, with the number expected and the number found. */
export function wrongIn(state: string, merged: ReadonlyMap<string, number>): string[] {
  const recorded = mergesIn(state);
  const all = new Set([...merged.keys(), ...recorded.keys()]);
  return [...all]
    .filter((cpv) => merged.get(cpv) !== recorded.get(cpv))
    .map((cpv) => `${cpv}: merged ${merged.get(cpv) ?? 0}, recorded ${recorded.get(cpv) ?? 0}`);
}

function isAgain(n: number): boolean {
  return n % 4 >= 2;
}

function hasHook(n: number): boolean {
  return n % 2 === 0;
}

function isTwice(n: number): boolean {
  return n % 40 === 2;
}

function packageOf(n: number, at: number): Package {
  return { ...plainPackage(CATEGORY, `module${n}`, '1', at), inherited: ['linux-mod-r1'] };
}

interface Hooks {
  report(pf: string): void;
  /** Resolves when the last hook has written its line. */
  end(): Promise<void>;
}

function startHooks(root: string, state: string): Hooks {
  const bash = spawn('bash', ['--norc', '-c', HOOKS, 'bash', HOOK], {
    env: {
      PATH: process.env.PATH,
      AUFSWATCH_STATE: state,
      KERNEL_DIR: join(root, 'usr/src/linux'),
      CATEGORY,
      INHERITED: ' linux-mod-r1',
      ROOT: '/',
    },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  endBeforeRemoval(() => bash.kill('SIGKILL'));
  const ended = new Promise<void>((resolve) => bash.once('exit', () => resolve()));
  return {
    report: (pf) => void bash.stdin.write(`${pf}\n`),
    end: () => {
      bash.stdin.end();
      return ended;
    },
  };
}

function at(moment: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, moment - performance.now())));
}
