import type { BuildFacts, BuildState, KernelIdentity } from '../../model/build.ts';
import type { KernelConfig } from '../../model/config.ts';
import { chainFact, type Fact, known, mapFact, orElse, unknown } from '../../model/fact.ts';
import type { Tree } from '../../model/tree.ts';
import { unknownKernel } from '../../model/unknown-kernel.ts';
import type { BuiltKernel } from '../abi/build-abi.ts';
import { readKernelConfig } from '../config.ts';
import { hashFile, NOT_HASHED } from '../images/hash-file.ts';
import { readOwnModules } from '../modules/own-modules.ts';
import type { Root } from '../root.ts';
import { readKernelImage } from '../vmlinux/kernel-image.ts';
import { readBuildProducts } from './build-products.ts';
import { type BuildActivity, buildState } from './build-state.ts';
import { configsOfBuild } from './built-config.ts';
import { readBuiltIdentity } from './built-identity.ts';
import { type BuiltImage, findBuiltImage } from './built-image.ts';
import { readGeneratedHeaders } from './generated-headers.ts';
import { staleObjects } from './stale-objects.ts';
import { readTouchedSources } from './touched-sources.ts';

export interface BuildInput {
  readonly tree: string;
  /** Symlinks resolved; the tree itself, or an O= directory. */
  readonly directory: string;
  readonly kind: Tree['kind'];
  /** Files of the tree that the patch set touches, relative to it. */
  readonly touched: readonly string[];
  /** The tree's `.config`. The one of an O= directory is read here. */
  readonly config: Fact<KernelConfig>;
  readonly hashImages: boolean;
  readonly activity: BuildActivity;
  /** The configuration of this kernel from outside its build directory. */
  configOf(identity: KernelIdentity): Fact<KernelConfig>;
  /** The properties of the kernel built here that decide which modules it loads, and the patches that it has. */
  readAbi(built: BuiltKernel): Pick<BuildFacts, 'abi' | 'carries'>;
}

/** Reads everything about the kernel built in one directory. */
export function readBuild(root: Root, input: BuildInput): BuildFacts {
  const { tree, directory, kind } = input;
  const headers = readGeneratedHeaders(root, directory);
  const image = findBuiltImage(root, directory, headers.machine.known ? headers.machine.value : null);
  const prepared = readKernelConfig(root, `${directory}/include/config/auto.conf`);
  const touched =
    kind === 'sources' ? readTouchedSources(root, tree, directory, input.touched, prepared) : [];
  const products = readBuildProducts(root, directory, touched, image?.mtime ?? null);
  const state: Fact<BuildState> =
    kind === 'sources'
      ? mapFact(products, (all) => buildState(root, directory, all, input.activity))
      : stateOfDistribution(directory, image !== null);
  const identity = readBuiltIdentity(root, input, headers, image, products);
  const config = directory === tree ? input.config : readKernelConfig(root, `${directory}/.config`);
  const kernelAt = image?.mtime ?? (products.known ? products.value.vmlinux : null);
  const configs = configsOfBuild(root, {
    directory,
    config,
    prepared,
    // A package installs both, with mtimes of its own.
    kernelAt: kind === 'distribution' ? null : kernelAt,
    elsewhere: () => orElse(input.configOf(identity), () => configInImage(root, image, identity)),
  });
  const linkedAt = products.known
    ? (products.value.vmlinux ?? products.value.image ?? products.value.objects)
    : null;
  return {
    directory,
    state,
    identity,
    number: readNumber(root, directory, identity.utsVersion),
    builtAt: image === null ? unknown('missing', `${directory} has no kernel image`) : known(image.mtime),
    compiler: headers.compiler.known ? headers.compiler : compilerOf(configs.built),
    image: image?.path ?? null,
    imageHash: image !== null && input.hashImages ? hashFile(root, image.path) : NOT_HASHED,
    builtConfig: configs.built,
    configChanged: configs.changed,
    preparedAsBuilt: configs.preparedAsBuilt,
    ownModules: readOwnModules(root, {
      directory,
      isDistribution: kind === 'distribution',
      release: identity.release,
      config: configs.built,
      linkedAt: (products.known ? products.value.vmlinux : null) ?? kernelAt,
    }),
    stale: state.known && state.value === 'never' ? [] : staleObjects(touched, linkedAt),
    ...input.readAbi({ tree, directory, config: configs.built, release: identity.release }),
  };
}

/** With IKCONFIG the image contains the configuration that it was compiled with. */
function configInImage(
  root: Root,
  image: BuiltImage | null,
  { release }: KernelIdentity,
): Fact<KernelConfig> {
  if (image === null) return unknown('missing', 'there is no image');
  return chainFact(release, (name) =>
    chainFact(readKernelImage(root, image.path, name), ({ config }) => config),
  );
}

/** Reads only which kernel was built in a directory. */
export function readBuildOutline(
  root: Root,
  { directory, kind }: Pick<BuildInput, 'directory' | 'kind'>,
): BuildFacts {
  const headers = readGeneratedHeaders(root, directory);
  const image = findBuiltImage(root, directory, headers.machine.known ? headers.machine.value : null);
  const products = readBuildProducts(root, directory, [], image?.mtime ?? null);
  return {
    directory,
    state: NOT_ASKED,
    identity: readBuiltIdentity(root, { directory, kind }, headers, image, products),
    number: NOT_ASKED,
    builtAt: image === null ? NOT_ASKED : known(image.mtime),
    compiler: headers.compiler,
    image: image?.path ?? null,
    imageHash: NOT_HASHED,
    builtConfig: NOT_ASKED,
    configChanged: NOT_ASKED,
    preparedAsBuilt: NOT_ASKED,
    ownModules: NOT_ASKED,
    stale: [],
    ...unknownKernel(NOT_ASKED),
  };
}

const NOT_ASKED = unknown('no-data', 'not read: nobody asked about this kernel');

/** The package never installs the objects, so only the image counts. */
function stateOfDistribution(directory: string, hasImage: boolean): Fact<BuildState> {
  return hasImage
    ? known('complete')
    : unknown('missing', `${directory} is of a distribution kernel and its image is gone`);
}

/** From UTS_VERSION if possible: `.version` is incremented before each link, also a failed one. */
function readNumber(root: Root, directory: string, utsVersion: Fact<string>): Fact<number> {
  const fromVersion = chainFact(utsVersion, (text) => parseNumber(/^#(\d{1,9})\b/.exec(text)?.[1]));
  if (fromVersion.known) return fromVersion;
  return chainFact(root.readText(`${directory}/.version`), (text) =>
    parseNumber(/^(\d{1,9})\s*$/.exec(text)?.[1]),
  );
}

function parseNumber(digits: string | undefined): Fact<number> {
  return digits === undefined
    ? unknown('malformed', 'there is no build number in it')
    : known(Number(digits));
}

function compilerOf(builtConfig: Fact<KernelConfig>): Fact<string> {
  return chainFact(builtConfig, ({ path, options }) => {
    const text = options.CC_VERSION_TEXT;
    return text === undefined ? unknown('no-data', `${path} does not name the compiler`) : known(text);
  });
}
