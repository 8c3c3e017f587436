import { configuredDrivers } from '../../model/docker-configuration.ts';
import { NO_MEMORY } from '../../model/memory.ts';
import { type StorageStart, storageStart, storageText } from '../../verdict/containers/storage-start.ts';
import { type DockerOutlook, dockerDrivers, dockerOutlook } from '../../verdict/docker-outlook.ts';
import type { FailingUpgrade } from '../../verdict/dockerd/outlook.ts';
import type { DriverRow } from '../../verdict/dockerd/table.ts';
import { refusalText, startText } from '../../verdict/dockerd/words.ts';
import { runningSupport } from '../../verdict/kernel-support.ts';
import { assess, type Situation } from '../../verdict/situation.ts';
import { command } from '../command.ts';
import { JSON_OUTPUT, SNAPSHOT } from '../definition.ts';
import { plain } from '../render/style.ts';
import { wrap } from '../render/wrap.ts';
import { showScan } from '../show-scan.ts';
import type { Terminal } from '../terminal.ts';

/** `aufswatch docker`: whether dockerd starts, with which storage driver and why, and what prevents each other driver. */
export const docker = command(
  {
    description:
      "Shows whether dockerd starts with its configuration, its data and this kernel, with which storage driver and why; the same for the kernel that boots next, and for a newer engine that would not start. Then lists Docker's storage drivers and what prevents each on this kernel, engine and file system. Where podman or buildah is installed, it also shows the driver of their storage.",
    args: {},
    options: {
      json: JSON_OUTPUT,
      snapshot: SNAPSHOT,
    },
  },
  async (invocation) => {
    const { terminal } = invocation;
    return showScan('docker', invocation, (snapshot) => {
      const situation = assess(snapshot, NO_MEMORY);
      const outlook = dockerOutlook(situation);
      const drivers = dockerDrivers(situation);
      const storage = containersOf(situation);
      const lines = [...linesOf(outlook), ...(storage === null ? [] : [storage.text])];
      return {
        json: { ...asData(outlook, drivers), containers: storage?.start ?? null },
        text: () => `${wrapped(lines, terminal)}\n\n${driversText(drivers, outlook, terminal)}`,
        exit: 0,
      };
    });
  },
);

/** null where there is none: Docker, another kernel that boots next, an engine that would not start. */
function asData(outlook: DockerOutlook | null, drivers: readonly DriverRow[]): object {
  const next = outlook?.next ?? null;
  return {
    start: outlook?.start ?? null,
    next: next === null ? null : { kernel: next.kernel.name, start: next.start },
    upgrade: outlook?.upgrade ?? null,
    drivers,
  };
}

function wrapped(lines: readonly string[], terminal: Terminal): string {
  return lines.map((line) => plain(terminal, wrap(line, terminal.width, ''))).join('\n');
}

/** The storage of podman and buildah; null: neither is installed. */
function containersOf(situation: Situation): { start: StorageStart; text: string } | null {
  const { containers } = situation.snapshot;
  if (containers.programs.length === 0) return null;
  const start = storageStart(containers, runningSupport(situation));
  return { start, text: storageText(containers.programs.join(' and '), start) };
}

function linesOf(outlook: DockerOutlook | null): string[] {
  if (outlook === null) return ['Docker is not installed. What it could use here:'];
  const { facts, start, next, upgrade } = outlook;
  const { dataRoot, engine } = facts;
  const subject = engine.known ? `dockerd ${engine.value}` : 'dockerd';
  const lines = [startText(subject, start, dataRoot)];
  if (next !== null)
    lines.push(startText(`With ${next.kernel.name}, which boots next, it`, next.start, dataRoot));
  if (upgrade !== null) lines.push(upgradeText(upgrade, dataRoot));
  return lines;
}

function upgradeText({ version, isOffered, start }: FailingUpgrade, dataRoot: string): string {
  const offered = isOffered ? ', which is offered,' : '';
  return `Engine ${version}${offered} will not start: ${refusalText(start.refusal, dataRoot)}.`;
}

const INDENT = ' '.repeat(25);

function driversText(rows: readonly DriverRow[], outlook: DockerOutlook | null, terminal: Terminal): string {
  const asked = outlook === null ? null : configuredDrivers(outlook.facts.configuration)[0]?.driver;
  const lines = rows.map(({ driver, possible, why }) => {
    const head = `  ${driver.padEnd(14)} ${possible.padEnd(7)} `;
    const mark = driver === asked ? ['configured'] : [];
    const reasons = [...mark, ...why].join('; ');
    return reasons === '' ? head.trimEnd() : head + wrap(reasons, terminal.width, INDENT).trimStart();
  });
  return `${plain(terminal, lines.join('\n'))}\n`;
}
