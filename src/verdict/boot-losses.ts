import type { Finding } from '../model/finding.ts';

const LOST_BY_BOOT: ReadonlySet<string> = new Set([
  'next-boot-without-aufs',
  'module-missing',
  'module-will-not-load',
]);

/** The findings that tell of something that the next boot loses; those of the running kernel alone are gone with it. */
export function bootLosses<Found extends Pick<Finding, 'code' | 'subject'>>(
  findings: readonly Found[],
): Found[] {
  return findings.filter(
    ({ code, subject }) => LOST_BY_BOOT.has(code) && !subject.endsWith('on the running kernel'),
  );
}
