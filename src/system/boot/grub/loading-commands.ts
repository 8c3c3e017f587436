import { type Fact, known, unknown } from '../../../model/fact.ts';
import { pathOf, type ScriptState } from './script-state.ts';

const SUCCESS = known(true);
const KINDS = new Map([
  ['search.fs_uuid', 'uuid'],
  ['search.fs_label', 'label'],
  ['search.file', 'file'],
]);

/**
 * `search --fs-uuid --set=root UUID` and its variants. The variable gets the search itself as name of the device:
 * `uuid=UUID`.
 */
export function search(name: string, args: readonly Fact<string>[], state: ScriptState): Fact<boolean> {
  let kind = KINDS.get(name) ?? null;
  let variable: string | null = null;
  const words: Fact<string>[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === undefined) continue;
    const text = arg.known ? arg.value : '';
    const set = /^(?:--set|-s)(?:=(.*))?$/.exec(text);
    if (set !== null) {
      const next = args[at + 1];
      // `--set` without a name sets `root`.
      if (set[1] !== undefined) variable = set[1];
      else if (next?.known && /^[A-Za-z_]\w*$/.test(next.value) && args.length > at + 2) {
        variable = next.value;
        at++;
      } else variable = 'root';
    } else if (text === '--fs-uuid' || text === '-u') kind = 'uuid';
    else if (text === '--label' || text === '-l') kind = 'label';
    else if (text === '--file' || text === '-f') kind = 'file';
    else if (text === '--hint') at++;
    else if (!text.startsWith('-')) words.push(arg);
  }
  if (name !== 'search') {
    const second = words[1];
    variable = second?.known ? second.value : 'root';
  }
  if (variable === null) return unknown('no-data', 'whether a device is found');
  const what = words[0];
  const found =
    what?.known && kind !== null ? known(`${kind}=${what.value}`) : unknown('no-data', 'a device');
  state.variables.set(variable, found);
  // On a machine that boots, GRUB finds it.
  return SUCCESS;
}

/**
 * The command line that GRUB passes to the kernel (grub_create_loader_cmdline() in its lib/cmdline.c): a word with a
 * blank gets quotes, and quotes and backslashes get a backslash. Red Hat's GRUB leaves `\xHH` as it is, this one does not.
 */
function commandLineOf(args: readonly Fact<string>[]): string {
  const words = args.flatMap((arg) => (arg.known ? [arg.value] : []));
  return words
    .map((word) => {
      const escaped = word.replace(/[\\'"]/g, (sign) => `\\${sign}`);
      return word.includes(' ') ? `"${escaped}"` : escaped;
    })
    .join(' ');
}

/** Executes a command that loads a kernel, an initramfs or a program; null: it is another command. */
export function load(name: string, args: readonly Fact<string>[], state: ScriptState): Fact<boolean> | null {
  const [first, ...rest] = args.filter((arg) => !(arg.known && arg.value.startsWith('--')));
  if (/^linux(16|efi)?$/.test(name)) {
    const doubt = rest.find((arg) => !arg.known);
    state.loaded = {
      what: 'linux',
      image: pathOf(first, state),
      commandLine: doubt ?? known(commandLineOf(args.slice(1))),
      initrds: [],
    };
    return SUCCESS;
  }
  if (/^initrd(16|efi)?$/.test(name) && state.loaded?.what === 'linux') {
    state.loaded = { ...state.loaded, initrds: args.map((arg) => pathOf(arg, state)) };
    return SUCCESS;
  }
  if (/^multiboot2?$/.test(name) || name === 'xen_hypervisor') {
    state.loaded = { what: 'multiboot', program: pathOf(first, state), modules: 0 };
    return SUCCESS;
  }
  if (/^module2?$/.test(name) || name === 'xen_module') return loadModule(first, rest, state);
  if (name === 'chainloader') {
    state.loaded = { what: 'chainloader', program: pathOf(first, state) };
    return SUCCESS;
  }
  return null;
}

/** After a hypervisor, the first module is the kernel and the second its initramfs. */
function loadModule(
  first: Fact<string> | undefined,
  rest: readonly Fact<string>[],
  state: ScriptState,
): Fact<boolean> {
  const { loaded } = state;
  if (loaded?.what === 'multiboot') {
    const doubt = rest.find((arg) => !arg.known);
    // `placeholder` replaces the name of the program.
    const [name] = rest;
    const line = commandLineOf(name?.known && name.value === 'placeholder' ? rest.slice(1) : rest);
    state.loaded = {
      what: 'linux',
      image: pathOf(first, state),
      commandLine: doubt ?? known(line),
      initrds: [],
    };
  } else if (loaded?.what === 'linux') {
    state.loaded = { ...loaded, initrds: [...loaded.initrds, pathOf(first, state)] };
  }
  return SUCCESS;
}

/** A command that is not executed here: the variables that it may set become unknown. */
export function otherCommand(name: string, args: readonly Fact<string>[], state: ScriptState): Fact<boolean> {
  for (const [at, arg] of args.entries()) {
    if (!arg.known) continue;
    const set = /^(?:--set|-s)(?:=(.*))?$/.exec(arg.value);
    const next = args[at + 1];
    const variable = set === null ? undefined : (set[1] ?? (next?.known ? next.value : undefined));
    const plain = variable?.replace(/^\d+:/, '');
    if (plain !== undefined) state.variables.set(plain, unknown('no-data', `what ${name} finds`));
  }
  if (name === 'read' || name === 'getline')
    for (const arg of args)
      if (arg.known) state.variables.set(arg.value, unknown('no-data', 'what is typed'));
  return unknown('no-data', `whether ${name} succeeds`);
}
