import { type ChildProcess, spawn } from 'node:child_process';
import type { Severity } from '../../model/finding.ts';
import { visible, visibleLines } from '../../model/visible.ts';
import type { Notice } from '../notice.ts';

/** A notification that is shown. */
export interface Shown {
  /** The server's number for it; null: the server returned none. */
  readonly id: number | null;
  /** Resolves when it ends: by an action of the user, or closed by the user, the server or us. */
  readonly ended: Promise<Ending>;
  /** Stops waiting for the end; the notification itself stays. */
  forget(): void;
}

export type Ending = { readonly kind: 'action'; readonly name: string } | { readonly kind: 'closed' };

export interface ShowOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly capabilities: ReadonlySet<string>;
  /** Number of the notification that it replaces; null: none. */
  readonly replaces: number | null;
  readonly actions: readonly { readonly name: string; readonly label: string }[];
}

const URGENCY: Readonly<Record<Severity, string>> = {
  critical: 'critical',
  warning: 'normal',
  notice: 'low',
};

/** How long notify-send may take to deliver the notification, ms. */
const HANDOVER = 5000;

/** Shows a notice with notify-send(1); null if it could not be delivered. */
export async function show(notice: Notice & { kind: 'tell' }, options: ShowOptions): Promise<Shown | null> {
  const { capabilities, replaces, env } = options;
  const withActions = capabilities.has('actions') && options.actions.length > 0;
  const text = visibleLines(notice.body);
  const body = capabilities.has('body-markup') ? escapeMarkup(text) : text;
  const words = [
    '--print-id',
    `--urgency=${URGENCY[notice.severity]}`,
    '--app-name=aufswatch',
    '--icon=dialog-warning',
    '--category=device.error',
    '--hint=string:desktop-entry:aufswatch',
    ...(replaces === null ? [] : [`--replace-id=${replaces}`]),
    // A critical notification stays until it is dismissed. Servers may ignore the urgency, so the expiry is set too.
    ...(notice.severity === 'critical' ? ['--expire-time=0'] : []),
    ...(withActions ? options.actions.map(({ name, label }) => `--action=${name}=${label}`) : ['--wait']),
    '--',
    visible(notice.title),
    body,
  ];
  // To a pipe notify-send prints only when it ends, unless stdbuf(1) makes it print each line at once.
  const all = ['--output=L', 'notify-send', ...words];
  return handover(spawn('stdbuf', all, { env, stdio: ['ignore', 'pipe', 'ignore'] }));
}

/** Escapes text for a notification body with markup (a subset of HTML). */
export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** notify-send prints the number at once; when the user chooses an action, it prints the name of that and ends. */
function handover(child: ChildProcess): Promise<Shown | null> {
  let output = '';
  const ended = new Promise<Ending>((resolve) => {
    child.on('close', () => {
      const name = output.split('\n')[1] ?? '';
      resolve(name === '' ? { kind: 'closed' } : { kind: 'action', name });
    });
    child.on('error', () => resolve({ kind: 'closed' }));
  });
  const forget = (): void => {
    child.kill();
  };
  return new Promise((resolve) => {
    const giveUp = setTimeout(() => {
      child.kill();
      resolve(null);
    }, HANDOVER);
    const settle = (shown: Shown | null): void => {
      clearTimeout(giveUp);
      resolve(shown);
    };
    child.stdout?.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.includes('\n')) settle({ id: numberOf(output), ended, forget });
    });
    child.on('error', () => settle(null));
    child.on('close', (code) => settle(code === 0 ? { id: numberOf(output), ended, forget } : null));
  });
}

function numberOf(output: string): number | null {
  const match = /^(\d+)$/m.exec(output);
  return match === null ? null : Number(match[1]);
}
