import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EntryTarget, LastBoot, Loader, LoaderEntry, LoaderKind } from '../../src/model/boot.ts';
import { known } from '../../src/model/fact.ts';
import { loaderInForce } from '../../src/verdict/loader-in-force.ts';
import { bootFacts } from '../support/boot-facts.ts';

const BOOTED = known(1_000);

test('the firmware’s choice comes before all traces of the last boot', () => {
  const grub = loader('grub', [kernel('/vmlinuz-a')]);
  const systemd = loader('systemd-boot', [kernel('/vmlinuz-b')]);
  const firmware = loader(
    'firmware',
    [entry('0001', program('systemd-boot')), entry('0002', program('grub'))],
    '0001',
  );
  assert.equal(
    inForce([firmware, grub, systemd], { commandLine: known('BOOT_IMAGE=/vmlinuz-a ro') }),
    'systemd-boot',
  );
});

test('an unknown program is identified by the last boot of the same entry', () => {
  const firmware = loader('firmware', [entry('0001', program(null))], '0001');
  const systemd = loader('systemd-boot', []);
  const loaders = [firmware, systemd, loader('grub', [])];
  const firmwareEntry = known('0001');
  assert.equal(inForce(loaders, { firmwareEntry, loader: known('systemd-boot 255') }), 'systemd-boot');
  assert.equal(inForce(loaders, { firmwareEntry, commandLine: known('BOOT_IMAGE=/x') }), 'grub');
  assert.equal(
    inForce(loaders, { firmwareEntry: known('0002'), loader: known('systemd-boot 255') }),
    'unknown',
  );
});

test('firmware that starts a kernel is the loader itself; if it starts another system, the loader is unknown', () => {
  const starts = kernel('/EFI/Gentoo/kernel.efi');
  assert.equal(
    inForce([loader('firmware', [{ ...starts, id: '0003' }], '0003'), loader('grub', [])]),
    'firmware',
  );
  const network = loader('firmware', [entry('0003', { what: 'other', name: 'PXE' })], '0003');
  assert.equal(inForce([network, loader('grub', [])]), 'closed');
});

test('without the firmware’s variables, BOOT_IMAGE or its absence decides', () => {
  const grub = loader('grub', [kernel('/vmlinuz-6.6.21')]);
  assert.equal(inForce([grub], { commandLine: known('BOOT_IMAGE=/vmlinuz-6.6.21 ro') }), 'grub');
  assert.equal(
    inForce([grub], { commandLine: known('(hd0) BOOT_IMAGE=(hd0,gpt2)/boot/vmlinuz-6.6.21 ro') }),
    'grub',
  );
  assert.equal(inForce([grub], { commandLine: known('root=/dev/sda3 ro') }), 'unknown');
  const systemd = loader('systemd-boot', [kernel('/vmlinuz-b')]);
  assert.equal(inForce([grub, systemd], { commandLine: known('root=/dev/sda3 ro') }), 'systemd-boot');
});

test('a menu without the entry of the last boot was not in force, unless it was written since', () => {
  const old = { ...loader('grub', [kernel('/vmlinuz-6.6.30')]), changedAt: 500 };
  const commandLine = known('BOOT_IMAGE=/vmlinuz-6.6.21 ro');
  assert.equal(inForce([old], { commandLine, at: BOOTED }), 'unknown');
  assert.equal(inForce([{ ...old, changedAt: 2_000 }], { commandLine, at: BOOTED }), 'grub');
});

test('a BIOS starts no EFI program', () => {
  const loaders = [loader('systemd-boot', []), loader('extlinux', [])];
  assert.equal(inForce(loaders, { uefi: known(false) }), 'extlinux');
});

test('several loaders leave it unknown; a single one is in force', () => {
  assert.equal(inForce([loader('systemd-boot', []), loader('extlinux', [])]), 'unknown');
  assert.equal(inForce([loader('extlinux', [])]), 'extlinux');
  assert.equal(inForce([]), 'unknown');
});

function inForce(loaders: readonly Loader[], left: Partial<LastBoot> = {}): string {
  const facts = bootFacts({ loaders });
  const answer = loaderInForce({ ...facts, lastBoot: { ...facts.lastBoot, ...left } });
  return answer.is === 'known' ? answer.loader.kind : answer.is;
}

function loader(kind: LoaderKind, entries: readonly LoaderEntry[], next?: string): Loader {
  const choice = known({ entry: next ?? entries[0]?.id ?? '', by: 'default' as const });
  return {
    kind,
    config: `/boot/${kind}`,
    changedAt: null,
    entries,
    next: choice,
    standing: choice,
    gaps: [],
    canSet: { once: false, standing: false },
  };
}

function entry(id: string, starts: EntryTarget): LoaderEntry {
  return { id, title: id, starts };
}

function kernel(path: string): LoaderEntry {
  const image = { written: path, path: known(`/boot${path}`) };
  return entry(path, { what: 'kernel', image, commandLine: known(''), initrds: [] });
}

function program(kind: LoaderKind | null): EntryTarget {
  return { what: 'loader', kind, program: { written: '\\x.efi', path: known('/efi/x.efi') } };
}
