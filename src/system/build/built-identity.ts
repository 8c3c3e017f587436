import type { KernelIdentity } from '../../model/build.ts';
import { type Fact, known, type Unknown, unknown } from '../../model/fact.ts';
import type { Tree } from '../../model/tree.ts';
import { sourceOfFile } from '../bytes.ts';
import { readBzImageVersion } from '../images/bzimage.ts';
import { identifyImage } from '../images/identify.ts';
import type { Root } from '../root.ts';
import type { BuildProducts } from './build-products.ts';
import type { BuiltImage } from './built-image.ts';
import type { GeneratedHeaders, Stamped } from './generated-headers.ts';
import { readVmlinuxBuildId } from './vmlinux.ts';

/**
 * The identity of the kernel whose image is in the build directory; without an image, of the kernel last linked
 * there. The image takes precedence over the generated headers: those are written before the image, and the tree of a
 * distribution kernel has only those of `make modules_prepare` (kernel-build.eclass). If the image shows no release,
 * the headers' release counts if they belong to this image. In the tree of a distribution kernel they do: the package
 * compiles before it installs.
 */
export function readBuiltIdentity(
  root: Root,
  { directory, kind }: { readonly directory: string; readonly kind: Tree['kind'] },
  headers: GeneratedHeaders,
  image: BuiltImage | null,
  products: Fact<BuildProducts>,
): KernelIdentity {
  return { ...versionOf(root, kind, headers, image), buildId: buildIdOf(root, directory, products) };
}

function versionOf(
  root: Root,
  kind: Tree['kind'],
  headers: GeneratedHeaders,
  image: BuiltImage | null,
): Pick<KernelIdentity, 'release' | 'utsVersion'> {
  if (image === null) return { release: textOf(headers.release), utsVersion: textOf(headers.utsVersion) };
  const header = root.withFile(image.path, (file) => {
    const version = readBzImageVersion(sourceOfFile(file));
    return version === null ? unknown('no-data', `${image.path} has no boot header`) : known(version);
  });
  if (header.known && header.value.utsVersion !== null) {
    return { release: known(header.value.release), utsVersion: known(header.value.utsVersion) };
  }
  // Searching other images for the banner takes a while, so the headers are read first.
  if (isOf(image, headers.release) && isOf(image, headers.utsVersion)) {
    return { release: textOf(headers.release), utsVersion: textOf(headers.utsVersion) };
  }
  const found = root.withFile(image.path, (file) => known(identifyImage(sourceOfFile(file)).identity));
  const identity = found.known ? found.value : { release: found, utsVersion: found };
  const stands = kind === 'distribution' || isOf(image, headers.release);
  return !identity.release.known && stands ? { ...identity, release: textOf(headers.release) } : identity;
}

/** Was the header written before the image, so that the image contains it? */
function isOf(image: BuiltImage, header: Fact<Stamped>): boolean {
  return header.known && header.value.mtime <= image.mtime;
}

function buildIdOf(root: Root, directory: string, products: Fact<BuildProducts>): Fact<string> {
  if (!products.known) return products;
  const { vmlinux, image } = products.value;
  const path = `${directory}/vmlinux`;
  if (vmlinux !== null && image !== null && vmlinux > image) return newerThanImage(path);
  return readVmlinuxBuildId(root, path);
}

function newerThanImage(path: string): Unknown {
  return unknown('no-data', `${path} is newer than the image, so its build ID is not the image's`);
}

function textOf(fact: Fact<Stamped>): Fact<string> {
  return fact.known ? known(fact.value.value) : fact;
}
