import { hostname } from 'node:os';
import { readSettings } from '../../config/read-settings.ts';
import { SEVERITIES, type Severity } from '../../model/finding.ts';
import { notificationServer } from '../../notify/desktop/server.ts';
import { show } from '../../notify/desktop/show.ts';
import { messageOf } from '../../notify/exec/message.ts';
import { channelName } from '../../notify/exec/outbox.ts';
import { runCommand } from '../../notify/exec/run-command.ts';
import type { Notice } from '../../notify/notice.ts';
import type { Invocation } from '../command.ts';

const CHANNELS = ['desktop', 'exec'] as const;
type Channel = (typeof CHANNELS)[number];

/** `aufswatch notify --test`: one notice of each severity by each channel; exit status 1 where one failed. */
export async function notify(invocation: Invocation): Promise<number> {
  const { terminal } = invocation;
  if (!invocation.flag('test')) return terminal.fail('notify does nothing but test: aufswatch notify --test');
  const asked = invocation.option('channel');
  const channels = CHANNELS.filter((channel) => asked === null || channel === asked);
  if (channels.length === 0) {
    return terminal.fail(`there is no channel "${asked}"; there are ${CHANNELS.join(' and ')}`);
  }
  let exit = 0;
  for (const channel of channels) {
    const mistakes = await TESTS[channel](invocation);
    for (const mistake of mistakes ?? []) exit = terminal.fail(`${channel}: ${mistake}`);
    if (mistakes?.length === 0) terminal.out(`${channel}: done\n`);
  }
  return exit;
}

/** What went wrong; null: there is nothing to try. */
const TESTS: Readonly<Record<Channel, (invocation: Invocation) => Promise<string[] | null>>> = {
  desktop: testDesktop,
  exec: testExec,
};

async function testDesktop({ env }: Invocation): Promise<string[]> {
  const capabilities = await notificationServer(env).capabilities();
  if (capabilities === null) {
    return ['no notification service answers; run this in a desktop session, with gdbus(1) installed'];
  }
  for (const severity of SEVERITIES) {
    const shown = await show(sample(severity), { env, capabilities, replaces: null, actions: [] });
    if (shown === null) return ['notify-send(1) failed; install libnotify'];
    shown.forget();
  }
  return [];
}

async function testExec(invocation: Invocation): Promise<string[] | null> {
  const settings = readSettings(invocation.option('config'), invocation.option('root') ?? '/');
  if (!settings.ok) return [...settings.mistakes];
  if (settings.value.exec.length === 0) {
    // Asked for by name, it is a mistake that there is none.
    if (invocation.option('channel') === 'exec')
      return ['no command is configured; see [[exec]] in aufswatch.toml(5)'];
    invocation.terminal.out('exec: no command is configured\n');
    return null;
  }
  const mistakes: string[] = [];
  const signal = new AbortController().signal;
  for (const channel of settings.value.exec) {
    const message = messageOf(sample(channel.from), hostname(), invocation.now(), channel.from);
    const failure = await runCommand(channel, message, signal);
    if (failure !== null) mistakes.push(`"${channelName(channel)}": ${failure}`);
  }
  return mistakes;
}

function sample(severity: Severity): Notice & { kind: 'tell' } {
  return {
    kind: 'tell',
    severity,
    title: `aufswatch test: ${severity}`,
    body: 'This is only a test. Nothing is wrong.',
    codes: [],
  };
}
