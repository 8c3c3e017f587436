import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { losesAtBoot } from '../model/leading-findings.ts';
import { visible } from '../model/visible.ts';
import type { PublishedFinding } from '../published/form.ts';
import type { Log } from './log.ts';
import { type Paths, rebootOkPath } from './paths.ts';
import { holdRoot } from './root-guard.ts';

/** Blocks or delays a reboot that would lose something, if the configuration says so. */
export interface Guard {
  update(findings: readonly PublishedFinding[]): void;
  stop(): void;
}

export interface GuardOptions {
  readonly paths: Paths;
  settings(): Settings;
  readonly log: Log;
}

/** How long a message to all terminals may take, ms. */
const WALL_TIMEOUT = 5000;

export function createGuard({ paths, settings, log }: GuardOptions): Guard {
  let findings: readonly PublishedFinding[] = [];
  let standing: { readonly key: string; end(): void } | null = null;
  let watcher: FSWatcher | null = null;
  let complained = false;
  return {
    update: (next) => {
      findings = next;
      check();
    },
    stop: () => {
      watcher?.close();
      standing?.end();
      standing = null;
    },
  };

  function check(): void {
    const mode = settings().guard.reboot;
    if (mode !== 'off') followRebootOk();
    const lost = findings.find((finding) => finding.severity === 'critical' && losesAtBoot(finding));
    const letThrough = existsSync(rebootOkPath(paths));
    const key = mode === 'off' || lost === undefined || letThrough ? null : `${mode} ${lost.title}`;
    if (key === (standing?.key ?? null)) return;
    standing?.end();
    standing = null;
    if (key === null || lost === undefined || mode === 'off') return;
    standing = { key, end: mode === 'block' ? block(lost.title) : warn(lost.title) };
  }

  /** systemctl(1) refuses to reboot and prints `why`; `aufswatch reboot-ok` or its option -i lets the reboot through. */
  function block(title: string): () => void {
    const unlock = inhibit('block', `${title}; aufswatch plan, or aufswatch reboot-ok`);
    const letRoot = holdRoot((why) => complain(`does not stop root: ${why}`));
    return () => {
      unlock();
      letRoot();
    };
  }

  /** Delays the reboot for a moment, in which wall(1) writes to every terminal. */
  function warn(title: string): () => void {
    const release = inhibit('delay', title);
    const target = ['--dest', 'org.freedesktop.login1', '--object-path', '/org/freedesktop/login1'];
    const monitor = start('gdbus', ['monitor', '--system', ...target], (child) => child.kill());
    monitor.child.stdout?.on('data', (data: Buffer) => {
      if (!data.toString().includes('PrepareForShutdown (true,)')) return;
      const text = `aufswatch: ${visible(title)}. What to do: aufswatch plan`;
      const wall = spawn('wall', [text], { stdio: 'ignore', timeout: WALL_TIMEOUT });
      wall.on('error', () => {});
      wall.on('close', release);
    });
    return () => {
      release();
      monitor.end();
    };
  }

  /** systemd-inhibit(1) holds the lock while its command lives, and cat ends when this process does. */
  function inhibit(mode: 'block' | 'delay', why: string): () => void {
    const words = ['--what=shutdown', `--mode=${mode}`, '--who=aufswatch', `--why=${visible(why)}`, 'cat'];
    return start('systemd-inhibit', words, (holder) => holder.stdin?.end()).end;
  }

  /** Starts a process that runs until `end`. */
  function start(
    command: string,
    words: readonly string[],
    end: (child: ChildProcess) => void,
  ): { readonly child: ChildProcess; end(): void } {
    const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'ignore'] });
    let ended = false;
    child.stdin?.on('error', () => {});
    child.on('error', (error) => failed(`${command}: ${error.message}`));
    child.on('exit', (code, signal) => {
      if (!ended) failed(`${command} ended (${code ?? signal})`);
    });
    return {
      child,
      end: () => {
        ended = true;
        end(child);
      },
    };
  }

  /** logind may have restarted: the next heartbeat tries again. Logged once. */
  function failed(why: string): void {
    standing?.end();
    standing = null;
    complain(`has no effect: ${why}`);
  }

  function complain(what: string): void {
    if (!complained) log.warn(`[guard] of the configuration ${what}`);
    complained = true;
  }

  function followRebootOk(): void {
    if (watcher !== null) return;
    try {
      watcher = watch(paths.runtime, { persistent: false }, (_event, name) => {
        if (name === basename(rebootOkPath(paths))) check();
      });
      watcher.on('error', () => {
        watcher = null;
      });
    } catch {
      // Out of watches: each heartbeat checks for the file.
    }
  }
}
