import type { FrequentName } from './command-line.ts';
import type { Listed } from './listed.ts';

/** The frequent commands. */
export const FREQUENT_COMMANDS: Readonly<Record<FrequentName, Listed>> = {
  status: {
    summary: 'show the five links, what is wrong, and what to do next',
    load: async () => (await import('./commands/status.ts')).status,
  },
  check: {
    summary: 'say by exit status whether all is in sync',
    load: async () => (await import('./commands/check.ts')).check,
  },
  plan: {
    summary: 'list the steps that bring everything in sync',
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  history: {
    summary: 'show what happened: merges, patches, builds, boots',
    load: async () => (await import('./commands/history.ts')).history,
  },
};
