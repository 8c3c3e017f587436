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
  /** Does anything lie in kernel/, where `make modules_install` puts the kernel's own modules? */
  readonly hasOwn: Fact<boolean>;
  /** Newest mtime among modules.order and modules.builtin: when modules_install last ran, ms. */
  readonly installedAt: Fact<number>;
  /** Is aufs compiled into the kernel (modules.builtin)? */
  readonly aufsBuiltin: Fact<boolean>;
  /** Names of interest found in modules.builtin (overlay, btrfs, dm-thin-pool …). */
  readonly builtin: readonly string[];
  /** Of the modules asked for (those of Docker's drivers, and those that others import from): which there are. */
  readonly available: readonly string[];
  /** aufs, each module that a linux-mod package owns, and those that neither a package nor the kernel's build put there. */
  readonly modules: readonly ModuleFile[];
  /**
   * The kernel's own modules that one of those needs, and that in turn need one which is not the kernel's own: it may
   * be refused, and they with it.
   */
  readonly between: readonly ModuleFile[];
  /** What is known of a kernel of this release apart from a build tree: its image, System.map, config in /boot. */
  readonly abi: KernelAbi;
  /** Does kmod hand packed modules to a kernel that can unpack them (since version 31)? */
  readonly handedOver: Fact<boolean>;
  /** The image that told it; null: none did. */
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
  /** The check that stands in a file that xz has packed; null: it has not. */
  readonly packedCheck: 'none' | 'crc32' | 'crc64' | 'sha256' | null;
  readonly mtime: number;
  readonly size: number;
  /** CPV that owns it; null: none (a leftover, or made by hand or by the kernel's own build). */
  readonly owner: string | null;
  /** The kernel's own: under kernel/, owned by no package, and in modules.order where there is one. */
  readonly inTree: boolean;
  /** Is it the one of its name that modprobe takes, by modules.dep? null: there is no such index. */
  readonly indexed: boolean | null;
  /** The signature at its end; null: none. Unknown where there is nothing that could be signed. */
  readonly signature: Fact<ModuleSignature | null>;
  /** What is wrong with the file itself, so that every kernel refuses it, in the kernel's words; null: nothing. */
  readonly defect: string | null;
  readonly info: Fact<ModuleInfo>;
}

export interface ModuleInfo {
  /** As the kernel calls it once it has the file, whatever the file is called; null: it does not say. */
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
  /** Has it `__versions`? Only with that one its release need not be the kernel's. */
  readonly hasBasicVersions: boolean;
  /** Has it the extended form of it (6.14)? The kernel lets pass what that one lacks. */
  readonly hasExtendedVersions: boolean;
  /** CRC of module_layout in the version table; null: not there. */
  readonly moduleLayout: number | null;
  readonly imports: readonly ModuleImport[];
  readonly exports: readonly ModuleExport[];
  /** ELF class, byte order and machine, as `64 little 62`: one of the kernel's first checks. */
  readonly elf: string;
  /** Size of the struct module that it brings along, bytes; null: not known. */
  readonly structSize: number | null;
  /** Is it marked as a live patch? */
  readonly livepatch: boolean;
  /** Does it export symbols without CRCs? */
  readonly exportsWithoutCrc: boolean;
  /** Does it describe its types by those of the kernel that it was compiled against (`.BTF`, without `.BTF.base`)? */
  readonly btfOfKernel: boolean;
}

/** What DKMS has built at least once: `dkms install NAME/VERSION -k RELEASE` builds it for another kernel. */
export interface DkmsModule {
  readonly name: string;
  readonly version: string;
  /** Names of its modules, as the kernel has them. */
  readonly modules: readonly string[];
}

/** A signature behind the file. */
export interface ModuleSignature {
  /** `x509`: the one kind that Linux knew up to 4.2. `unsupported`: of another kind than PKCS#7. */
  readonly form: 'sound' | 'malformed' | 'x509' | 'unsupported';
  /** Serial number and issuer of the certificate that it names; null: it names none. */
  readonly signer: string | null;
  /** What can be checked with the key of that certificate; null: nothing (another kind of key, or the file is too large). */
  readonly seal: Seal | null;
}

/** A signature, and the digest of what is signed as it is in the file now, base64. */
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

/** What CONFIG_MODULE_SIG_HASH can name, as Node calls it. */
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
