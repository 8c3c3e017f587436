import type { LastBoot } from '../../model/boot.ts';
import { type Fact, known, mapFact, unknown } from '../../model/fact.ts';
import type { Root } from '../root.ts';
import { runningHere } from '../running/running-here.ts';
import { GLOBAL, LOADER, readTextVariable, readVariable } from './efi-variables.ts';

/** How the running kernel was started, from /proc and the firmware's variables. */
export function readLastBoot(root: Root): LastBoot {
  const here = runningHere(root);
  if (!here.known)
    return { at: here, commandLine: here, uefi: here, firmwareEntry: here, loader: here, entry: here };
  return {
    at: bootTime(root),
    commandLine: mapFact(root.readText('/proc/cmdline'), (text) => text.trim()),
    uefi: startedByUefi(root),
    firmwareEntry: mapFact(readVariable(root, 'BootCurrent', GLOBAL), (bytes) =>
      bytes.length < 2 ? '' : bytes.readUInt16LE(0).toString(16).toUpperCase().padStart(4, '0'),
    ),
    loader: readTextVariable(root, 'LoaderInfo', LOADER),
    entry: readTextVariable(root, 'LoaderEntrySelected', LOADER),
  };
}

function startedByUefi(root: Root): Fact<boolean> {
  if (root.lstat('/sys/firmware/efi').known) return known(true);
  return root.lstat('/sys/firmware').known ? known(false) : unknown('no-data', '/sys/firmware is not there');
}

function bootTime(root: Root): Fact<number> {
  const stat = root.readText('/proc/stat', 4 * 1024 * 1024);
  if (!stat.known) return stat;
  const seconds = /^btime (\d{1,12})$/m.exec(stat.value)?.[1];
  return seconds === undefined
    ? unknown('malformed', '/proc/stat has no btime')
    : known(Number(seconds) * 1000);
}
