import { validate } from 'node-cron';
import * as z from 'zod';
import {
  DEFAULT_CRITICAL_WAITS,
  type NotifyPreferences,
  type QuietHours,
} from '../model/notify-preferences.ts';
import type { Preferences } from '../model/preferences.ts';
import { parseDuration } from './duration.ts';

/** The form of /etc/aufswatch.toml: each key is optional, others are refused. aufswatch.toml(5). */
export const fileSchema = z.strictObject({
  wanted: z.enum(['auto', 'yes', 'no']).default('auto'),
  sources: z
    .strictObject({
      kernel_directory: absolutePath().default('/usr/src/linux'),
      patch_directories: z.array(absolutePath()).default([]),
    })
    .prefault({}),
  boot: z.strictObject({ next_image: absolutePath().nullable().default(null) }).prefault({}),
  modules: z
    .strictObject({ optional: z.array(moduleName()).default([]), ignored: z.array(moduleName()).default([]) })
    .prefault({}),
  schedule: z
    .strictObject({
      reconcile: cronLine().default('*/15 * * * *'),
      nightly: cronLine().default('17 3 * * *'),
    })
    .prefault({}),
  settle: z.strictObject({ quiet: timer().default(1000), longest: timer().default(600_000) }).prefault({}),
  retention: z
    .strictObject({
      packages: duration().default(2 * 365 * 86_400_000),
      backups: z.int().min(1).max(365).default(7),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
      format: z.enum(['text', 'json']).default('text'),
    })
    .prefault({}),
  notify: z
    .strictObject({
      critical_every: duration().default(86_400_000),
      warning_every: duration().default(7 * 86_400_000),
      critical_waits: timer().default(DEFAULT_CRITICAL_WAITS),
      notices: z.boolean().default(false),
      quiet_hours: quietHours().nullable().default(null),
    })
    .prefault({}),
  exec: z
    .array(
      z.strictObject({
        command: z.array(word()).min(1),
        timeout: timer().default(30_000),
        from: z.enum(['critical', 'warning', 'notice']).default('warning'),
      }),
    )
    .default([]),
  rehearsal: z.strictObject({ when: z.enum(['never', 'after-install']).default('never') }).prefault({}),
  guard: z.strictObject({ reboot: z.enum(['off', 'warn', 'block']).default('off') }).prefault({}),
  metrics: z.strictObject({ textfile: absolutePath().nullable().default(null) }).prefault({}),
});

type File = z.output<typeof fileSchema>;

/** The configuration as the program uses it: every default filled in, and the unit in the name of each span. */
export interface Settings extends Pick<File, 'schedule' | 'log' | 'rehearsal' | 'guard' | 'metrics'> {
  /** The settings that facts and verdict depend on. */
  readonly preferences: Preferences;
  readonly settle: { readonly quietMs: number; readonly longestMs: number };
  /** How long the history of packages is kept, and how many backups are. */
  readonly retention: { readonly packagesMs: number; readonly backups: number };
  readonly notify: NotifyPreferences;
  readonly exec: readonly (Omit<File['exec'][number], 'timeout'> & { readonly timeoutMs: number })[];
}

/** From the names of the file to those of the program: here and nowhere else. */
export const settingsSchema = fileSchema.transform(
  ({ wanted, sources, boot, modules, settle, retention, notify, exec, ...same }): Settings => ({
    ...same,
    preferences: {
      wanted,
      kernelDirectory: sources.kernel_directory,
      patchDirectories: sources.patch_directories,
      nextBootImage: boot.next_image,
      optionalModules: modules.optional,
      ignoredModules: modules.ignored,
    },
    settle: { quietMs: settle.quiet, longestMs: settle.longest },
    retention: { packagesMs: retention.packages, backups: retention.backups },
    notify: {
      criticalEveryMs: notify.critical_every,
      warningEveryMs: notify.warning_every,
      criticalWaitsMs: notify.critical_waits,
      notices: notify.notices,
      quietHours: notify.quiet_hours,
    },
    exec: exec.map(({ timeout, ...channel }) => ({ ...channel, timeoutMs: timeout })),
  }),
);

export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({});

function absolutePath() {
  return z.string().regex(/^\/[^\0]*$/, 'an absolute path, as "/usr/src/linux"');
}

function word() {
  return z.string().regex(/^[^\0]+$/, 'words that are not empty and hold no NUL, as ["/usr/local/bin/tell"]');
}

/** A module as the kernel names it: `_` for `-`. */
function moduleName() {
  return z
    .string()
    .regex(/^[\w-]+$/, 'the name of a module, as "zfs"')
    .transform((name) => name.replaceAll('-', '_'));
}

/** Five fields: node-cron also takes six, with seconds first, and `@hourly`. */
function isCronLine(text: string): boolean {
  return text.trim().split(/\s+/).length === 5 && validate(text);
}

function cronLine() {
  return z.string().refine(isCronLine, 'five fields as in crontab(5), as "*/15 * * * *"');
}

/** A timer of Node that is longer than 24 days ends at once. A day is more than any of these needs. */
function timer() {
  return duration().refine((ms) => ms <= 86_400_000, 'at most 1d');
}

function duration() {
  return parsedBy(parseDuration, 'a number with its unit, as "90s", "15m", "3d" or "2y"');
}

function quietHours() {
  return parsedBy(parseQuietHours, 'a span of the day, as "22:00-07:00"');
}

/** `22:00-07:00`; null: not of that form. */
export function parseQuietHours(text: string): QuietHours | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match === null) return null;
  const [, fromHour, fromMinute, toHour, toMinute] = match.map(Number);
  const ms = (hour = 0, minute = 0): number => (hour * 60 + minute) * 60_000;
  return { fromMs: ms(fromHour, fromMinute), toMs: ms(toHour, toMinute) };
}

function parsedBy<T>(read: (text: string) => T | null, allowed: string) {
  return z.string().transform((text, context): T => {
    const value = read(text);
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message: allowed });
    return z.NEVER;
  });
}
