import { dirname } from 'node:path';
import { tellOfAcknowledgement } from '../../ledger/acks-file.ts';
import { deletePin, readPin, writePin } from '../../ledger/pin.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { listed } from '../../verdict/words.ts';
import { command } from '../command.ts';
import { flag, JSON_OUTPUT, optional } from '../definition.ts';
import { jsonOutput } from '../json-output.ts';
import { withLedger } from '../ledger-access.ts';
import { scan } from '../machine.ts';
import { nearest } from '../near.ts';
import { hint } from '../render/hint.ts';
import { plain } from '../render/style.ts';

/** `aufswatch pin [RELEASE]`: the kernel that the user stays on while others are installed. */
export const pin = command(
  {
    description:
      'Pins a kernel that you stay on while a newer one is installed. While the pinned kernel runs, no notice reminds you to reboot. A warning comes when another kernel boots next, or when its image or its modules are removed. Without a release, the running kernel is pinned. The pin is kept in the ledger.',
    args: { release: optional('the kernel release; default: the running kernel', { offer: 'releases' }) },
    options: {
      undo: flag('remove the pin'),
      show: flag('only show which kernel is pinned'),
      json: JSON_OUTPUT,
    },
  },
  async (invocation) => {
    const { terminal, options, args } = invocation;
    if (options.undo && args.release !== null)
      return terminal.fail('--undo takes no release: one kernel is pinned');
    const say = (pinned: string | null, text: string): number => {
      terminal.out(options.json ? jsonOutput('pin', { pinned }, 0) : `${plain(terminal, text)}\n`);
      return 0;
    };
    if (options.show) {
      return withLedger(invocation, 'read', (ledger) => {
        const pinned = readPin(ledger);
        return say(pinned, pinned === null ? 'No kernel is pinned.' : `${pinned} is pinned.`);
      });
    }
    if (options.undo) {
      return withLedger(invocation, 'write', (ledger) => {
        const was = readPin(ledger);
        if (!deletePin(ledger)) return terminal.fail('no kernel is pinned');
        tellOfAcknowledgement(dirname(ledger.path));
        return say(null, `${was} is no longer pinned.`);
      });
    }
    const snapshot = await scan(invocation, { of: 'verdict' });
    if (!snapshot.ok) return terminal.fail(snapshot.message);
    const release = args.release ?? runningRelease(snapshot.value);
    if (release === null)
      return terminal.fail(
        `which kernel runs is not known; name its release: ${hint('pin', invocation)} RELEASE`,
      );
    const there = releasesOf(snapshot.value);
    if (!there.includes(release)) return terminal.fail(noSuchRelease(release, there));
    return withLedger(invocation, 'write', (ledger) => {
      writePin(ledger, release);
      tellOfAcknowledgement(dirname(ledger.path));
      return say(release, `${release} is pinned. Take it back with: ${hint('pin', invocation)} --undo`);
    });
  },
);

function runningRelease({ running }: Snapshot): string | null {
  return running.identity.release.known ? running.identity.release.value : null;
}

/** The releases that this machine has: of the running kernel, images and directories of modules. */
function releasesOf({ boot, modules, running }: Snapshot): string[] {
  const images = boot.images.known ? boot.images.value : [];
  const identities = [running.identity, ...images.map(({ identity }) => identity)];
  const named = identities.flatMap(({ release }) => (release.known ? [release.value] : []));
  return [...new Set([...named, ...modules.map(({ release }) => release)])];
}

function noSuchRelease(release: string, there: readonly string[]): string {
  const meant = nearest(release, there);
  const hint = meant === null ? `there are ${listed(there)}` : `did you mean ${meant}?`;
  return `there is no kernel ${release} on this machine; ${there.length === 0 ? 'none was found' : hint}`;
}
