import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CACHE } from '../../support/debian.ts';
import { debianHeaders, unpackedPackage } from '../../support/debian-kernels.ts';
import { layOut } from '../../support/temporary.ts';

/** Packages with sources of modules that build unchanged, with a Makefile that kbuild accepts. */
export const SOURCES = [
  'acpi-call-dkms',
  'bbswitch-dkms',
  'ddcci-dkms',
  'librem-ec-acpi-dkms',
  'lime-forensics-dkms',
  'rapiddisk-dkms',
  'tp-smapi-dkms',
  'v4l2loopback-dkms',
  'vpoll-dkms',
  'digimend-dkms',
  'nat-rtsp-dkms',
  'openrazer-driver-dkms',
  'dm-writeboost-dkms',
  'apfs-dkms',
] as const;

/** A module that was compiled, or copied from another kernel. */
export interface Candidate {
  readonly name: string;
  readonly path: string;
  /** The release that it was made for. */
  readonly madeFor: string;
}

/**
 * The modules of these packages, compiled for a Debian kernel. They are kept beside the downloaded packages. Those that
 * do not build for that kernel are left out.
 */
export function compileFor(release: string, packages: readonly string[], directory: string): Candidate[] {
  let headers: string | null = null;
  return packages.flatMap((name) => {
    const kept = join(CACHE, `built-${release}`, name);
    if (!existsSync(kept)) {
      headers ??= buildDirectory(release, join(directory, `headers-${release}`));
      compilePackage(name, headers, join(directory, `${name}-${release}`), kept);
    }
    return readdirSync(kept)
      .sort()
      .map((file) => candidate(join(kept, file), release));
  });
}

/** Compiles modules of these sources, one of each name: the files, in their order. */
export function compileSources(
  release: string,
  sources: Readonly<Record<string, string>>,
  directory: string,
): Candidate[] {
  const headers = buildDirectory(release, join(directory, `headers-${release}`));
  const work = join(directory, 'modules');
  const names = Object.keys(sources);
  const makefile = `obj-m := ${names.map((name) => `${name}.o`).join(' ')}\n`;
  const files = names.map((name) => [`${name}.c`, sources[name] ?? ''] as const);
  layOut(work, { Makefile: makefile, ...Object.fromEntries(files) });
  makeModules(work, headers);
  return names.map((name) => candidate(join(work, `${name}.ko`), release));
}

function compilePackage(name: string, headers: string, work: string, kept: string): void {
  const sources = join(unpackedPackage(name), 'usr/src');
  const [source = ''] = readdirSync(sources);
  cpSync(join(sources, source), work, { recursive: true });
  // Some have the module in a separate directory, and a Makefile above it that needs the running kernel.
  const places = ['', 'driver', 'src', 'ddcci', 'ddcci-backlight'].map((place) => join(work, place));
  mkdirSync(dirname(kept), { recursive: true });
  const partial = mkdtempSync(`${kept}.new-`);
  for (const path of places.flatMap((place) => compileIn(place, headers)))
    copyFileSync(path, join(partial, basename(path)));
  try {
    renameSync(partial, kept);
  } catch (error) {
    // Another test was faster.
    rmSync(partial, { recursive: true });
    if (!existsSync(kept)) throw error;
  }
}

function compileIn(place: string, headers: string): string[] {
  const makefile = ['Kbuild', 'Makefile'].map((name) => join(place, name)).find((path) => existsSync(path));
  if (makefile === undefined || !/obj-(?:m|\$\()/.test(readFileSync(makefile, 'utf8'))) return [];
  try {
    makeModules(place, headers);
  } catch {
    return [];
  }
  return readdirSync(place)
    .filter((name) => name.endsWith('.ko'))
    .map((name) => join(place, name));
}

function makeModules(place: string, headers: string): void {
  execFileSync('make', ['-s', '-C', headers, `M=${place}`, 'modules'], { stdio: 'pipe', timeout: 300_000 });
}

function candidate(path: string, madeFor: string): Candidate {
  return { name: path.slice(path.lastIndexOf('/') + 1, -'.ko'.length), path, madeFor };
}

/**
 * The build directory of a kernel, in which modules are compiled: Debian has it in three packages, which refer to each
 * other by the paths of their installed files.
 */
function buildDirectory(release: string, directory: string): string {
  const headers = debianHeaders(release);
  const common = /linux-headers-\S+-common(?:-rt)?/.exec(
    readFileSync(join(headers, 'Makefile'), 'utf8'),
  )?.[0];
  if (common === undefined) throw new Error(`the headers of ${release} do not name what they have in common`);
  const kbuild = /^linux-kbuild-\S+$/m.exec(
    execFileSync('apt-cache', ['depends', `linux-headers-${release}`], { encoding: 'utf8' }).replace(
      /^.*Depends: /gm,
      '',
    ),
  )?.[0];
  if (kbuild === undefined) throw new Error(`the headers of ${release} do not depend on linux-kbuild`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'usr'), { recursive: true });
  const packages = [`linux-headers-${release}`, common, kbuild].map((name) =>
    join(unpackedPackage(name), 'usr'),
  );
  for (const from of packages) execFileSync('cp', ['-a', `${from}/.`, join(directory, 'usr')]);
  const place = join(directory, 'usr/src', `linux-headers-${release}`);
  writeFileSync(join(place, 'Makefile'), `include ${join(directory, 'usr/src', common)}/Makefile\n`);
  return place;
}
