import type { EntryTarget, LoaderFile, LoaderKind } from '../../model/boot.ts';
import { known } from '../../model/fact.ts';
import { sourceOfFile } from '../bytes.ts';
import { looksLikeKernel } from '../images/identify.ts';
import { readPeSections } from '../images/pe-sections.ts';
import type { Root } from '../root.ts';

/** The names that installers give their loaders. shim starts the GRUB in its directory. */
const BY_NAME: readonly (readonly [RegExp, LoaderKind])[] = [
  [/^(grub|shim)[^/]*\.efi$/i, 'grub'],
  [/^systemd-boot[^/]*\.efi$/i, 'systemd-boot'],
  [/^refind[^/]*\.efi$/i, 'refind'],
  [/^syslinux\.efi$/i, 'extlinux'],
];
/** A text in the program of each loader. */
const BY_TEXT: readonly (readonly [string, LoaderKind])[] = [
  ['#### LoaderInfo: systemd-boot', 'systemd-boot'],
  ['rEFInd', 'refind'],
  ['r\0E\0F\0I\0n\0d\0', 'refind'],
  ['grub_', 'grub'],
];
const LOOKED_AT = 4 * 1024 * 1024;

/** Tells whether an EFI program is a kernel with an EFI stub, a boot loader, or something else. */
export function loaderOfProgram(root: Root, program: LoaderFile): EntryTarget {
  if (!program.path.known) {
    const kind = kindByName(program.written);
    return kind === null ? { what: 'unknown', why: program.path.detail } : { what: 'loader', kind, program };
  }
  const path = program.path.value;
  const isKernel = root.withFile(path, (file) => known(looksLikeKernel(sourceOfFile(file))));
  if (!isKernel.known) return { what: 'unknown', why: isKernel.detail };
  if (isKernel.value) return { what: 'kernel', image: program, commandLine: known(''), initrds: [] };
  return { what: 'loader', kind: kindByName(path) ?? kindByContent(root, path), program };
}

/** The loader, by the name of its program; null: the name does not tell. */
export function kindByName(path: string): LoaderKind | null {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** The loader, by the content of its program: for a copy under another name, as EFI/BOOT/BOOTX64.EFI. */
export function kindByContent(root: Root, path: string): LoaderKind | null {
  const found = root.withFile(path, (file) => {
    if (readPeSections(sourceOfFile(file)) === null) return known(null);
    const bytes = file.read(0, LOOKED_AT);
    return known(BY_TEXT.find(([text]) => bytes.includes(text, 0, 'latin1'))?.[1] ?? null);
  });
  return found.known ? found.value : null;
}
