import type { PackageKind } from '../../model/portage.ts';

/** sys-fs/aufs, aufs2 … aufs6, and the names of the standalone module in overlays. */
const AUFS = /^aufs(\d*|-standalone|\d+-standalone)$/;

/** The kinds that the name alone determines. */
export function kindsByName(category: string, name: string): PackageKind[] {
  if (category === 'sys-fs') {
    if (AUFS.test(name)) return ['aufs'];
    if (/^aufs\d*-util$/.test(name)) return ['aufs-util'];
  }
  if (category === 'sys-kernel' && name === 'aufs-sources') return ['kernel-sources'];
  const docker = (category === 'app-containers' || category === 'app-emulation') && name === 'docker';
  return docker ? ['docker'] : [];
}

const BY_ECLASS: ReadonlyMap<string, PackageKind> = new Map<string, PackageKind>([
  ['kernel-2', 'kernel-sources'],
  ['kernel-build', 'dist-kernel'],
  ['kernel-install', 'dist-kernel'],
  ['linux-mod', 'module'],
  ['linux-mod-r1', 'module'],
]);

const ECLASSES_OR_NOT_PLAIN = new RegExp(`${[...BY_ECLASS.keys()].join('|')}|[^\\n -~]`);

/** Is it plain text in which kindsByEclass() finds nothing? One pattern, because it is tested for each package. */
export function isWithoutEclassOfKernels(inherited: string): boolean {
  return !ECLASSES_OR_NOT_PLAIN.test(inherited);
}

/** _modules_sanity_kernelbuilt() of linux-mod-r1.eclass. linux-mod.eclass needs only headers. */
export function asksForSymvers(inherited: string): boolean {
  return inherited.split(/\s+/).includes('linux-mod-r1');
}

/** The kinds by the eclasses in INHERITED. Headers for the C library use kernel-2.eclass too (ETYPE="headers"). */
export function kindsByEclass(name: string, inherited: string): PackageKind[] {
  if (name === 'linux-headers') return [];
  const kinds = inherited.split(/\s+/).flatMap((eclass) => {
    const kind = BY_ECLASS.get(eclass);
    return kind === undefined ? [] : [kind];
  });
  return [...new Set(kinds)];
}
