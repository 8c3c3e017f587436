import type { CommandDefinition, OptionDefinition } from './command.ts';

/** Options that every command takes. */
export const COMMON_OPTIONS: readonly OptionDefinition[] = [
  {
    flags: '--root <dir>',
    summary: 'look at the system under this directory instead of /',
    values: 'directory',
  },
  {
    flags: '--config <file>',
    summary: 'read this configuration instead of /etc/aufswatch.toml',
    values: 'file',
  },
  { flags: '--debug', summary: 'show a stack trace where something fails' },
];

const SNAPSHOT: OptionDefinition = {
  flags: '--snapshot <file>',
  summary: 'judge this saved snapshot instead of the machine',
  values: 'file',
};
const JSON_OUTPUT: OptionDefinition = { flags: '--json', summary: 'print JSON' };

/** Every command, in the order in which they are listed. */
export const COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'status',
    summary: 'show the five links, what is wrong, and what to do next',
    description:
      'Reads the machine and shows its five links (sources, build, image, running kernel, module), one line each, then the findings, worst first, then the next step. It changes nothing and needs no daemon.',
    args: [],
    options: [
      JSON_OUTPUT,
      { flags: '--after-emerge', summary: 'at most six lines, none when in sync; for the post_emerge hook' },
      {
        flags: '--line',
        summary: 'one short line from what the daemon published, none when in sync; for a prompt',
      },
      SNAPSHOT,
    ],
  },
  {
    name: 'watch',
    summary: 'show the same, and show it again when it changes',
    description:
      'Follows the machine by itself, with the daemon or without, and draws what status shows whenever something changes. q ends it. Where the output is no terminal, each new picture is printed below the last one.',
    args: [],
    options: [],
  },
  {
    name: 'check',
    summary: 'tell by exit status whether all is in sync',
    description:
      'Prints one line. Exit status 0: in sync; 1: a warning; 2: critical; 3: it cannot be told. With --before-reboot only what the next boot would lose counts.',
    args: [],
    options: [
      { flags: '--before-reboot', summary: 'ask only whether the next boot loses anything' },
      { flags: '--nagios', summary: 'print the line as monitoring plugins do' },
      SNAPSHOT,
    ],
  },
  {
    name: 'plan',
    summary: 'list the steps that put everything in sync again',
    description:
      'Lists the commands that mend what is wrong, in order, each with its reason. It runs none of them. With --shell it prints them as a script for sh -e.',
    args: [],
    options: [
      { flags: '--shell', summary: 'print a script' },
      { flags: '--reboot', summary: 'have the script ask whether to reboot at its end' },
      { flags: '--hold', summary: 'wait for Enter at the end, for a window that would close' },
      JSON_OUTPUT,
      SNAPSHOT,
    ],
  },
  {
    name: 'kernels',
    summary: 'show which module loads on which kernel',
    description:
      'Holds each out-of-tree module against the running kernel, the one that boots next, and each compiled one.',
    args: [
      { name: 'release', required: false, summary: 'only for kernels of this release', values: 'releases' },
    ],
    options: [JSON_OUTPUT, SNAPSHOT],
  },
  {
    name: 'boot',
    summary: "show the boot loader's entries, and which modules each would have",
    description:
      'Lists the entries of the boot loader in force: which one starts at the next boot and which is the default, its kernel and initramfs, and which of the modules of this machine it would have. Where another entry has them all, it tells the command that starts it once or makes it the default. It runs none of them. Exit status 3: it is not known, or a guess, what boots next.',
    args: [],
    options: [JSON_OUTPUT, SNAPSHOT],
  },
  {
    name: 'rehearse',
    summary: 'boot the next kernel in QEMU and load the modules into it',
    description:
      'Boots the kernel that boots next in QEMU, in front of nothing but a tiny initramfs, loads the modules of this machine into it, each with what it needs, mounts AUFS, and shows what the kernel said beside what was foretold. It changes nothing but the ledger, where what was seen is recorded: from then on it is known. Exit status 0: all load; 2: one is refused; 3: it cannot be told.',
    args: [],
    options: [
      {
        flags: '--kernel <image>',
        summary: 'this image, or the one of this release, instead of the one that boots next',
        values: 'releases',
      },
      { flags: '--module <name...>', summary: 'only these modules, also those of the kernel itself' },
      { flags: '--timeout <span>', summary: 'give up after this time; 3m' },
      JSON_OUTPUT,
    ],
  },
  {
    name: 'docker',
    summary: 'show whether dockerd starts, with which storage driver, and what each other one lacks',
    description:
      "Says whether dockerd starts with its configuration, its data and this kernel, with which storage driver and why; the same for the kernel that boots next, and for a newer engine that would not start. Then lists Docker's storage drivers with what holds against each on this kernel, this engine and this filesystem. Where podman or buildah is installed, the driver of their storage as well.",
    args: [],
    options: [JSON_OUTPUT, SNAPSHOT],
  },
  {
    name: 'report',
    summary: 'write everything on one page, for a browser or the printer',
    description:
      'One page of HTML that needs nothing else: the five links, the plan, the findings, what happened as a timeline, and which module loads on which kernel.',
    args: [],
    options: [
      { flags: '--out <file>', summary: 'write it there instead of to standard output', values: 'file' },
      { flags: '--since <when>', summary: 'how far back the timeline goes: 90d, 1y, 2026-11-23' },
      SNAPSHOT,
    ],
  },
  {
    name: 'metrics',
    summary: 'print what monitoring can be told',
    description:
      "In the text format of Prometheus, as node_exporter's textfile collector reads it. With [metrics] in the configuration the daemon keeps such a file itself.",
    args: [],
    options: [SNAPSHOT],
  },
  {
    name: 'explain',
    summary: 'explain a finding, or list all that there are',
    description: 'Says what a code means. Without one, lists the whole catalogue.',
    args: [
      {
        name: 'code',
        required: false,
        summary: 'the code of a finding, as next-boot-without-aufs',
        values: 'codes',
      },
    ],
    options: [],
  },
  {
    name: 'snapshot',
    summary: 'print everything that was read of the machine, as JSON',
    description:
      'The form for bug reports: status, check, plan, kernels, docker, report and metrics judge a saved one with --snapshot, on any machine.',
    args: [],
    options: [],
  },
  {
    name: 'demo',
    summary: 'lay out a small demonstration system in a directory',
    description:
      'Lays out a small Gentoo root in an empty or new directory, in the state that this program is for: patched again, not compiled since. Look at it with --root.',
    args: [
      {
        name: 'dir',
        required: true,
        summary: 'a directory that is empty or not there yet',
        values: 'directory',
      },
    ],
    options: [],
  },
  {
    name: 'history',
    summary: 'show what happened: merges, patches, builds, boots',
    description: 'A timeline from the ledger, newest last.',
    args: [],
    options: [
      { flags: '--since <when>', summary: 'only from then on: 30d, 12h, today, 2026-11-23' },
      {
        flags: '--kind <kinds>',
        summary: 'only these: package,patch,build,image,boot,module,finding,notice',
        values: ['package', 'patch', 'build', 'image', 'boot', 'module', 'finding', 'notice'],
      },
      { flags: '--tree <path>', summary: 'only what is about this kernel tree', values: 'trees' },
      JSON_OUTPUT,
    ],
  },
  {
    name: 'builds',
    summary: 'list each kernel build, and what became of it',
    description:
      'Each kernel build with the patch state that it was made of, when it was installed and booted.',
    args: [],
    options: [JSON_OUTPUT],
  },
  {
    name: 'findings',
    summary: 'list the open findings with since when',
    description: 'Findings that the daemon has recorded.',
    args: [],
    options: [{ flags: '--all', summary: 'the resolved ones as well' }, JSON_OUTPUT],
  },
  {
    name: 'ack',
    summary: 'be told no more of a finding',
    description: 'It stays in status, but no notice is sent of it.',
    args: [
      { name: 'code', required: true, summary: 'the code of the finding', values: 'open-codes' },
      { name: 'subject', required: false, summary: 'only for this subject' },
    ],
    options: [
      { flags: '--for <span>', summary: 'for so long, as 3d or 12h' },
      { flags: '--until-change', summary: 'until it says something else' },
    ],
  },
  {
    name: 'unack',
    summary: 'be told of a finding again',
    description: 'Takes an acknowledgement back.',
    args: [
      { name: 'code', required: true, summary: 'the code of the finding', values: 'open-codes' },
      { name: 'subject', required: false, summary: 'only for this subject' },
    ],
    options: [],
  },
  {
    name: 'config',
    summary: 'check the configuration',
    description: '"config check" prints one line for each mistake, with file, line and what is allowed.',
    args: [{ name: 'action', required: true, summary: 'check', values: ['check'] }],
    options: [],
  },
  {
    name: 'daemon',
    summary: 'follow the machine as a service',
    description:
      'Follows the machine, records what happens and publishes the verdict. SIGHUP reads the configuration again, SIGUSR1 looks at once, SIGUSR2 makes it say at once that it lives.',
    args: [],
    options: [{ flags: '--once', summary: 'one look, recorded and published, and no more' }],
  },
  {
    name: 'agent',
    summary: 'show notices on this desktop',
    description:
      'Runs in a desktop session and shows what the daemon finds, through the notification service of the session. It is started by the session itself; a second one ends at once.',
    args: [],
    options: [
      {
        flags: '--status <file>',
        summary: 'follow this file instead of /run/aufswatch/status.json',
        values: 'file',
      },
    ],
  },
  {
    name: 'notify',
    summary: 'try the ways in which you are told',
    description:
      'With --test, shows one notice of each severity on this desktop and hands one to each command of the configuration.',
    args: [],
    options: [
      { flags: '--test', summary: 'show one of each' },
      {
        flags: '--channel <channel>',
        summary: 'only by this one: desktop or exec',
        values: ['desktop', 'exec'],
      },
    ],
  },
  {
    name: 'reboot-ok',
    summary: 'let one reboot through the guard',
    description:
      'With [guard] in the configuration, or a shutdown wrapper that asks "check --before-reboot", a reboot that would lose AUFS is held up. This lets the next one through.',
    args: [],
    options: [{ flags: '--undo', summary: 'take it back' }],
  },
  {
    name: 'setup',
    summary: 'put the hooks and service files in place',
    description:
      'Installs the hooks of emerge, installkernel and kernel-install, the service file for the init system, and the files of the desktop; adds one marked block to /etc/portage/bashrc. Called twice, it does nothing. With --remove it takes out exactly that.',
    args: [],
    options: [
      { flags: '--dry-run', summary: 'only say what would be done' },
      { flags: '--remove', summary: 'take out what setup has put in place' },
    ],
  },
  {
    name: 'doctor',
    summary: 'check that everything that aufswatch needs is in place',
    description:
      'Goes through hooks, inbox, daemon, watches, ledger and tools, each with what to do. Exit status 1 where something is wrong.',
    args: [],
    options: [JSON_OUTPUT],
  },
  {
    name: 'check-install',
    summary: 'say whether a kernel that is being installed carries AUFS',
    hidden: true,
    description:
      'Called by the hooks of installkernel and kernel-install. Of what is not known it names the command that tries it.',
    args: [
      { name: 'release', required: true, summary: 'the kernel release' },
      { name: 'image', required: false, summary: 'where the image is' },
    ],
    options: [],
  },
  {
    name: 'completion',
    summary: 'print the completions of a shell',
    hidden: true,
    description: 'Prints what bash, zsh or fish needs to complete the commands of this program.',
    args: [{ name: 'shell', required: true, summary: 'bash, zsh or fish', values: ['bash', 'zsh', 'fish'] }],
    options: [],
  },
  {
    name: 'complete',
    summary: 'print the words that can be given, for the completions',
    hidden: true,
    description: 'Prints codes, open-codes, releases or trees, one a line.',
    args: [{ name: 'kind', required: true, summary: 'codes, open-codes, releases or trees' }],
    options: [],
  },
  {
    name: 'follow',
    summary: 'follow this machine in the foreground',
    description:
      'What `npm start` runs. On a system without Portage it lays out a demonstration system and looks at that.',
    args: [],
    options: [],
  },
];
