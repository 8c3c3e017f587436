import { lstatSync } from 'node:fs';
import { GUARD_UNIT, LOCKS_HOLD_ROOT_SINCE } from '../model/guard.ts';
import { runTool } from '../system/run-tool.ts';

/** The link that exists while GUARD_UNIT runs. */
const GUARD_STANDS =
  '/run/systemd/system/shutdown.target.requires/aufswatch-holds-this-up--run-aufswatch-plan-or-reboot-ok.service';

/** How long systemctl may take, ms. */
const TIMEOUT = 30_000;
const OUT_MAX = 64 * 1024;

/**
 * Starts GUARD_UNIT, which refuses a reboot by root, where a lock of logind does not. Returns a function that stops it.
 * `failed` receives the reason why root is not held.
 */
export function holdRoot(failed: (why: string) => void): () => void {
  let wanted = true;
  void raise();
  return () => {
    wanted = false;
    // This also cancels a start that is still queued.
    void systemctl(['stop', '--no-block', GUARD_UNIT]);
  };

  async function raise(): Promise<void> {
    const version = await systemdVersion();
    // Without systemd there is no lock either; the guard logs that.
    if (!wanted || version === null || version >= LOCKS_HOLD_ROOT_SINCE) return;
    const { ok, text } = await systemctl(['start', GUARD_UNIT]);
    if (!ok && wanted) failed(`systemd ${version} lets root reboot in spite of a lock, and ${text}`);
  }
}

/** Stops GUARD_UNIT and waits for its end. Does nothing if it does not run. */
export async function letRoot(): Promise<void> {
  // lstat: the link points to nothing.
  if (lstatSync(GUARD_STANDS, { throwIfNoEntry: false }) !== undefined) await systemctl(['stop', GUARD_UNIT]);
}

/** The version of the installed systemd, as 252; null: there is none, or it prints no version. */
export async function systemdVersion(): Promise<number | null> {
  const { text } = await systemctl(['--version']);
  const number = /^systemd (\d+)/.exec(text)?.[1];
  return number === undefined ? null : Number(number);
}

/** `text`: the first line that systemctl printed, or why it could not run. */
async function systemctl(words: readonly string[]): Promise<{ readonly ok: boolean; readonly text: string }> {
  const ran = await runTool('systemctl', words, { timeout: TIMEOUT, outMax: OUT_MAX });
  switch (ran.is) {
    case 'not-run':
      return { ok: false, text: ran.why };
    case 'overdue':
      return { ok: false, text: `systemctl took longer than ${TIMEOUT / 1000} s` };
    case 'too-long':
      return { ok: false, text: 'systemctl printed too much' };
    case 'ended': {
      const said = `${ran.out}${ran.said}`.trim().split('\n')[0] ?? '';
      return { ok: ran.code === 0, text: said === '' ? `systemctl: exit status ${ran.code}` : said };
    }
  }
}
