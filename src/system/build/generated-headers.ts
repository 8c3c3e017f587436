import { type Fact, known, orElse, unknown } from '../../model/fact.ts';
import { isReleaseName } from '../../model/release-name.ts';
import type { Root } from '../root.ts';

/** A value from a generated file, and the file's mtime (ms). */
export interface Stamped {
  readonly value: string;
  readonly mtime: number;
}

/** The generated files of a build directory, about the kernel that is, or was last, built there. */
export interface GeneratedHeaders {
  /**
   * UTS_RELEASE in utsrelease.h, as in `uname -r` and the vermagic; else include/config/kernel.release. They differ
   * in Debian's headers, and after `make KERNELRELEASE=…`.
   */
  readonly release: Fact<Stamped>;
  /** UTS_VERSION in include/generated/utsversion.h (Linux 5.19 on) or compile.h (before). */
  readonly utsVersion: Fact<Stamped>;
  /** LINUX_COMPILER in compile.h. */
  readonly compiler: Fact<string>;
  /** UTS_MACHINE in compile.h: `x86_64`, `um` … */
  readonly machine: Fact<string>;
}

const LIMIT = 64 * 1024;

/**
 * Reads them. The link of the kernel writes them (init/Makefile) before the image. So after an interrupted link they
 * belong to a kernel that does not exist; `mtime` shows that.
 */
export function readGeneratedHeaders(root: Root, directory: string): GeneratedHeaders {
  const generated = `${directory}/include/generated`;
  const compile = readStamped(root, `${generated}/compile.h`);
  const separate = readStamped(root, `${generated}/utsversion.h`);
  const release = macro(readStamped(root, `${generated}/utsrelease.h`), 'UTS_RELEASE', ANY);
  const listed = readStamped(root, `${directory}/include/config/kernel.release`);
  return {
    release: orElse(release.known ? oneWord(release.value) : release, () =>
      listed.known ? oneWord(listed.value) : listed,
    ),
    utsVersion: macro(separate.known ? separate : compile, 'UTS_VERSION', UTS_VERSION),
    compiler: textOf(macro(compile, 'LINUX_COMPILER', COMPILER)),
    machine: textOf(macro(compile, 'UTS_MACHINE', MACHINE)),
  };
}

function readStamped(root: Root, path: string): Fact<Stamped> {
  return root.withFile(path, (file) => {
    const text = file.read(0, LIMIT).toString('utf8');
    return known({ value: text, mtime: file.stat.mtime });
  });
}

function oneWord({ value, mtime }: Stamped): Fact<Stamped> {
  const word = value.trim();
  if (!isReleaseName(word)) return unknown('malformed', 'the release is none that a kernel can have');
  return known({ value: word, mtime });
}

/** scripts/mkcompile_h, scripts/gen-utsversion: `#3 SMP PREEMPT_DYNAMIC Mon Nov 23 02:40:58 UTC 2026`. */
const UTS_VERSION = /^#[ -~]{1,160}$/;
const COMPILER = /^[ -~]{1,512}$/;
const ANY = /^/;
const MACHINE = /^[\w.-]{1,64}$/;

/** A build never writes a value of another form. */
function macro(header: Fact<Stamped>, name: string, form: RegExp): Fact<Stamped> {
  if (!header.known) return header;
  const { value: text, mtime } = header.value;
  const value = new RegExp(`^#define[ \\t]+${name}[ \\t]+"(.*)"`, 'm').exec(text)?.[1];
  return value === undefined || !form.test(value)
    ? unknown('malformed', `the generated header has no ${name}`)
    : known({ value, mtime });
}

function textOf(fact: Fact<Stamped>): Fact<string> {
  return fact.known ? known(fact.value.value) : fact;
}
