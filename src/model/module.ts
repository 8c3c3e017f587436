import type { KernelAbi } from './abi.ts';
import type { AnyModuleCompression } from './compression.ts';
import type { Fact } from './fact.ts';
import type { PatchComponent } from './patch-component.ts';

/** One directory under /lib/modules. */
export interface ReleaseModules {
  readonly release: string;
  readonly directory: string;
  /** Where `build` and `source` lead inside the root; null: no such link, or a dangling one. */
  readonly build: string | null;
  readonly source: string | null;
  /** depmod's index: `due` where a module is newer than modules.dep, or none of its name is in it. */
  readonly depmod: Fact<'fresh' | 'due' | 'missing'>;
  /** Is anything in kernel/, where `make modules_install` puts the kernel's own modules? */
  readonly hasOwn: Fact<boolean>;
  /** Newest mtime among modules.order and modules.builtin: when modules_install last ran, ms. */
  readonly installedAt: Fact<number>;
  /** Is aufs compiled into the kernel (modules.builtin)? */
  readonly aufsBuiltin: Fact<boolean>;
  /** Names of interest found in modules.builtin (overlay, btrfs, dm-thin-pool …). */
  readonly builtin: readonly string[];
  /** Which of the requested modules exist (those of Docker's drivers, and those that others import from). */
  readonly available: readonly string[];
  /** aufs, each module of a linux-mod package, and those that neither a package nor the kernel's build installed. */
  readonly modules: readonly ModuleFile[];
  /**
   * The kernel's own modules that one of `modules` needs, and that in turn need one that is not the kernel's own. If the
   * kernel refuses that one, it refuses them too.
   */
  readonly between: readonly ModuleFile[];
  /** What is known of a kernel of this release apart from a build tree: its image, System.map, config in /boot. */
  readonly abi: KernelAbi;
  /** Does kmod hand packed modules to a kernel that can unpack them (since version 31)? */
  readonly handedOver: Fact<boolean>;
  /** The image that `abi` was read from; null: none. */
  readonly abiOf: string | null;
  readonly carries: Readonly<Record<PatchComponent, Fact<boolean>>>;
}

/**
 * Which of the kernel's own modules are installed in /lib/modules/RELEASE: those of this compilation (`of-this-build`), of an
 * earlier one (`older`), or none (`none`). `no-need`: the kernel was compiled without modules.
 */
export type OwnModules = 'of-this-build' | 'older' | 'none' | 'no-need';

export interface ModuleFile {
  /** Name as the kernel has it: `aufs`, with `_` for `-`. */
  readonly name: string;
  readonly path: string;
  readonly compression: 'none' | AnyModuleCompression;
  /** The checksum of a file that xz packed; null: another packing. */
  readonly packedCheck: 'none' | 'crc32' | 'crc64' | 'sha256' | null;
  readonly mtime: number;
  readonly size: number;
  /** CPV that owns it; null: none (a leftover, or made by hand or by the kernel's own build). */
  readonly owner: string | null;
  /** The kernel's own: under kernel/, owned by no package, and in modules.order where there is one. */
  readonly inTree: boolean;
  /** Does modules.dep list this file for its name, so that modprobe loads it? null: there is no modules.dep. */
  readonly indexed: boolean | null;
  /** The signature at its end; null: none. Unknown where the file is empty, or could not be read or unpacked. */
  readonly signature: Fact<ModuleSignature | null>;
  /** The kernel's message if the file itself is damaged, so that every kernel refuses it; null: it is not. */
  readonly defect: string | null;
  readonly info: Fact<ModuleInfo>;
}

export interface ModuleInfo {
  /** Its name inside the file, which the kernel uses, whatever the file's name is; null: it has none. */
  readonly name: string | null;
  readonly vermagic: string | null;
  readonly version: string | null;
  readonly srcversion: string | null;
  readonly license: string | null;
  readonly depends: readonly string[];
  readonly importNamespaces: readonly string[];
  readonly buildId: string | null;
  /** Has it a version table (`__versions`, or the extended form)? */
  readonly hasVersions: boolean;
  /** Has it `__versions`? Only with that section may its release differ from the kernel's. */
  readonly hasBasicVersions: boolean;
  /** Has it the extended form of it (6.14)? The kernel accepts symbols that it lacks. */
  readonly hasExtendedVersions: boolean;
  /** CRC of module_layout in the version table; null: not there. */
  readonly moduleLayout: number | null;
  readonly imports: readonly ModuleImport[];
  readonly exports: readonly ModuleExport[];
  /** ELF class, byte order and machine, as `64 little 62`: one of the kernel's first checks. */
  readonly elf: string;
  /** Size of its struct module, bytes; null: it has no such section. */
  readonly structSize: number | null;
  /** Is it a live patch? */
  readonly livepatch: boolean;
  /** Does it export symbols without CRCs? */
  readonly exportsWithoutCrc: boolean;
  /** Does its BTF refer to the types of the kernel that it was compiled against (`.BTF`, without `.BTF.base`)? */
  readonly btfOfKernel: boolean;
}

/** A module that DKMS built at least once: `dkms install NAME/VERSION -k RELEASE` builds it for another kernel. */
export interface DkmsModule {
  readonly name: string;
  readonly version: string;
  /** Names of its modules, as the kernel has them. */
  readonly modules: readonly string[];
}

/** The signature at the end of the file. */
export interface ModuleSignature {
  /** `x509`: the one kind that Linux knew up to 4.2. `unsupported`: of another kind than PKCS#7. */
  readonly form: 'sound' | 'malformed' | 'x509' | 'unsupported';
  /** Serial number and issuer of the certificate that it names; null: it names none. */
  readonly signer: string | null;
  /** What the key of that certificate can check; null: nothing (another kind of key, or the file is too large). */
  readonly seal: Seal | null;
}

/** A signature, and the digest of the signed bytes as they are in the file now, base64. */
export type Seal = RsaSeal | EcSeal;

/** PKCS #1 v1.5. */
export interface RsaSeal {
  readonly by: 'rsa';
  readonly hash: HashName;
  readonly digest: string;
  /** The signature itself, base64. */
  readonly value: string;
}

export interface EcSeal {
  readonly by: 'ecdsa';
  readonly digest: string;
  /** The two numbers of the signature, in hexadecimal digits. */
  readonly r: string;
  readonly s: string;
}

/** The hashes of CONFIG_MODULE_SIG_HASH, by Node's names. */
export const HASH_NAMES = [
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
  'sha3-256',
  'sha3-384',
  'sha3-512',
] as const;
export type HashName = (typeof HASH_NAMES)[number];

export interface ModuleImport {
  readonly name: string;
  /** null: no version recorded for it. */
  readonly crc: number | null;
  readonly weak: boolean;
}

export interface ModuleExport {
  readonly name: string;
  readonly crc: number | null;
  readonly gplOnly: boolean;
  readonly namespace: string;
}
