import type { Loader, LoaderFile } from '../model/boot.ts';
import type { KernelIdentity } from '../model/build.ts';
import { unknown } from '../model/fact.ts';
import type { BootFacts, BootLink } from '../model/image.ts';
import type { BootEntryName, KnownBoot, NextBoot, Started } from '../model/verdict.ts';
import { guessBoot } from './guess-boot.ts';
import { loaderInForce } from './loader-in-force.ts';

/** The evidence. */
export interface NextBootQuestion {
  readonly boot: BootFacts;
  /** `boot.next_image` of the configuration; null: it names none. */
  readonly configured: string | null;
  readonly selectedRelease: string | null;
  readonly running: KernelIdentity;
}

/**
 * Which image boots next: the one that the user configured; else that of the entry of the boot loader in force; where no loader
 * can be read, a guess that the last boot does not refute.
 */
export function nextBoot(question: NextBootQuestion): NextBoot {
  const { boot, configured } = question;
  if (!boot.images.known) return nothing(boot.images.detail);
  if (configured !== null) return configuredBoot(boot, configured);
  const inForce = loaderInForce(boot);
  switch (inForce.is) {
    case 'known':
      return chosenBy(inForce.loader, boot);
    case 'closed':
      return nothing(inForce.why);
    case 'unknown':
      return guessBoot(question, inForce.why);
  }
}

function nothing(why: string): NextBoot {
  return { kind: 'unknown', why, refuted: null };
}

function configuredBoot(boot: BootFacts, configured: string): NextBoot {
  const paths = boot.images.known ? boot.images.value.map(({ path }) => path) : [];
  const image = namesOf(configured, boot.links).find((path) => paths.includes(path));
  if (image === undefined) return nothing(`the configured image ${configured} is not there`);
  return { kind: 'known', by: 'configured', entry: null, ...startedWith(boot, image) };
}

/** The command line and initramfs of the first entry for this image. */
function startedWith({ loaders }: BootFacts, image: string): Started {
  const targets = loaders.flatMap(({ entries }) =>
    entries.flatMap(({ starts }) =>
      starts.what === 'kernel' && starts.image.path.known && starts.image.path.value === image
        ? [starts]
        : [],
    ),
  );
  const [first] = targets;
  const none = unknown('no-data', `no entry of a boot loader starts ${image}`);
  return { image, commandLine: first?.commandLine ?? none, initrds: first?.initrds ?? [] };
}

/** What the loader in force starts by itself. */
function chosenBy(loader: Loader, boot: BootFacts): NextBoot {
  if (!loader.next.known) return nothing(loader.next.detail);
  const choice = loader.next.value;
  const entry = loader.entries.find(({ id }) => id === choice.entry);
  if (entry === undefined) return nothing(`${loader.config} has no entry ${choice.entry}`);
  const { starts, title } = entry;
  const name = `the entry that starts next, ‘${title}’ of ${loader.config},`;
  switch (starts.what) {
    case 'unknown':
      return nothing(`${name} cannot be followed: ${starts.why}`);
    case 'other':
    case 'loader':
      return nothing(`${name} starts no kernel of this machine`);
    case 'kernel':
      return kernelOf(
        boot,
        starts,
        loader.kind,
        { id: entry.id, title, config: loader.config, by: choice.by },
        name,
      );
  }
}

function kernelOf(
  { images }: BootFacts,
  { image, commandLine, initrds }: { image: LoaderFile } & Pick<Started, 'commandLine' | 'initrds'>,
  by: KnownBoot['by'],
  entry: BootEntryName,
  name: string,
): NextBoot {
  const path = image.path;
  if (!path.known) return nothing(`${name} starts ${image.written}: ${path.detail}`);
  const isThere = images.known && images.value.some((candidate) => candidate.path === path.value);
  if (!isThere) return nothing(`${name} starts ${path.value}, which is no kernel`);
  return { kind: 'known', by, entry, image: path.value, commandLine, initrds };
}

/** A path and its targets: images have their own names, and people configure a link, or a path below one. */
function namesOf(path: string, links: readonly BootLink[]): string[] {
  const led = links.flatMap((link) =>
    link.target !== null && (path === link.path || path.startsWith(`${link.path}/`))
      ? [`${link.target}${path.slice(link.path.length)}`]
      : [],
  );
  return [path, ...led];
}
