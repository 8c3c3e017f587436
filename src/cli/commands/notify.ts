import { hostname } from 'node:os';
import { readSettings } from '../../config/read-settings.ts';
import { SEVERITIES, type Severity } from '../../model/finding.ts';
import { notificationServer } from '../../notify/desktop/server.ts';
import { show } from '../../notify/desktop/show.ts';
import { messageOf } from '../../notify/exec/message.ts';
import { channelName } from '../../notify/exec/outbox.ts';
import { runCommand } from '../../notify/exec/run-command.ts';
import type { Notice } from '../../notify/notice.ts';
import { command, type Invocation } from '../command.ts';
import { flag, value } from '../definition.ts';

const CHANNELS = ['desktop', 'exec'] as const;
type Channel = (typeof CHANNELS)[number];
type TestInvocation = Invocation<{ readonly channel: Channel | null }>;

/** `aufswatch notify --test`: test notices through each channel. Exit status 1 where one failed. */
export const notify = command(
  {
    description:
      'With --test, shows one notice of each severity on this desktop, and passes one to each command of the configuration.',
    args: {},
    options: {
      test: flag('send the test notices'),
      channel: value('channel', 'only this channel: desktop or exec', { oneOf: CHANNELS }),
    },
  },
  async (invocation) => {
    const { terminal } = invocation;
    if (!invocation.options.test)
      return terminal.fail('add --test to send the test notices: aufswatch notify --test');
    const asked = invocation.options.channel;
    const channels = CHANNELS.filter((channel) => asked === null || channel === asked);
    let exit = 0;
    for (const channel of channels) {
      const mistakes = await TESTS[channel](invocation);
      for (const mistake of mistakes ?? []) exit = terminal.fail(`${channel}: ${mistake}`);
      if (mistakes?.length === 0) terminal.out(`${channel}: done\n`);
    }
    return exit;
  },
);

/** The errors of each channel; null: it is not configured. */
const TESTS: Readonly<Record<Channel, (invocation: TestInvocation) => Promise<string[] | null>>> = {
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

async function testExec(invocation: TestInvocation): Promise<string[] | null> {
  const settings = readSettings(invocation.options.config, invocation.options.root ?? '/');
  if (!settings.ok) return [...settings.mistakes];
  if (settings.value.exec.length === 0) {
    // Requested by name, that is an error.
    if (invocation.options.channel === 'exec')
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
