import { FREQUENT_COMMANDS } from './frequent.ts';
import type { Known, Listed } from './listed.ts';

/** All commands, in the order of the list. */
export const COMMANDS = {
  status: FREQUENT_COMMANDS.status,
  watch: {
    summary: 'show what status shows, and redraw it when it changes',
    load: async () => (await import('./commands/watch.ts')).watch,
  },
  check: FREQUENT_COMMANDS.check,
  plan: FREQUENT_COMMANDS.plan,
  foretell: {
    summary: 'show what a merge would do to the machine',
    load: async () => (await import('./commands/foretell.ts')).foretell,
  },
  kernels: {
    summary: 'show which module loads on which kernel',
    load: async () => (await import('./commands/kernels.ts')).kernels,
  },
  boot: {
    summary: "list the boot loader's entries, and the modules that load on each",
    load: async () => (await import('./commands/boot.ts')).boot,
  },
  rehearse: {
    summary: 'boot the next kernel in QEMU and load the modules into it',
    load: async () => (await import('./commands/rehearse.ts')).rehearse,
  },
  docker: {
    summary: 'show whether dockerd starts, with which storage driver, and why not the others',
    load: async () => (await import('./commands/docker.ts')).docker,
  },
  report: {
    summary: 'write everything on one page, for a browser or printer',
    load: async () => (await import('./commands/report.ts')).report,
  },
  metrics: {
    summary: 'print metrics for Prometheus',
    load: async () => (await import('./commands/metrics.ts')).metrics,
  },
  explain: {
    summary: 'explain a finding and what to do, or list all findings',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  snapshot: {
    summary: 'print everything that was read of the machine, as JSON',
    load: async () => (await import('./commands/snapshot.ts')).snapshot,
  },
  demo: {
    summary: 'lay out a small demonstration system in a directory',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  history: FREQUENT_COMMANDS.history,
  builds: {
    summary: 'list the kernel builds, when each was installed and booted',
    load: async () => (await import('./commands/builds.ts')).builds,
  },
  findings: {
    summary: 'list the open findings, and since when each is open',
    load: async () => (await import('./commands/findings.ts')).findings,
  },
  ack: {
    summary: 'turn the notices of a finding off',
    load: async () => (await import('./commands/ack.ts')).ack,
  },
  unack: {
    summary: 'turn the notices of a finding on again',
    load: async () => (await import('./commands/ack.ts')).unack,
  },
  pin: {
    summary: 'stay on a kernel: no reminder to reboot, a warning when it is removed',
    load: async () => (await import('./commands/pin.ts')).pin,
  },
  config: {
    summary: 'check the configuration',
    load: async () => (await import('./commands/config.ts')).config,
  },
  daemon: {
    summary: 'follow the machine as a service',
    load: async () => (await import('./commands/daemon.ts')).daemon,
  },
  agent: {
    summary: 'show notices on this desktop',
    load: async () => (await import('./commands/agent.ts')).agent,
  },
  notify: {
    summary: 'send test notices',
    load: async () => (await import('./commands/notify.ts')).notify,
  },
  'reboot-ok': {
    summary: 'let one reboot through the guard',
    load: async () => (await import('./commands/reboot-ok.ts')).rebootOk,
  },
  setup: {
    summary: 'install the hooks and service files',
    load: async () => (await import('./commands/setup.ts')).setup,
  },
  doctor: {
    summary: 'check that everything that aufswatch needs works',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  'check-install': {
    summary: 'say whether AUFS will work with a kernel that is being installed',
    hidden: true,
    load: async () => (await import('./commands/check-install.ts')).checkInstall,
  },
  completion: {
    summary: 'print the completions of a shell',
    hidden: true,
    load: async () => (await import('./commands/completion.ts')).completion(knownCommands),
  },
  complete: {
    summary: 'print the words for a completion',
    hidden: true,
    load: async () => (await import('./commands/complete.ts')).complete,
  },
  follow: {
    summary: 'follow this machine in the foreground',
    load: async () => (await import('./commands/follow.ts')).follow,
  },
} as const satisfies Readonly<Record<string, Listed>>;

/** All commands that are not hidden, with their definitions: for manual and completions. */
export function knownCommands(): Promise<Known[]> {
  const shown = Object.entries<Listed>(COMMANDS).filter(([, { hidden }]) => hidden !== true);
  return Promise.all(
    shown.map(async ([name, { load, ...listed }]) => ({ name, ...listed, ...(await load()) })),
  );
}
