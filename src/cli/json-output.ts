import { visibleJson } from '../model/visible.ts';

/**
 * The version of what each command prints with `--json`, as its first field `schema`. It goes up when a field changes its
 * meaning or its name, not when one is added. doc/json.md describes each.
 */
export const JSON_SCHEMAS = {
  boot: 1,
  builds: 1,
  check: 1,
  docker: 1,
  doctor: 1,
  explain: 1,
  findings: 1,
  foretell: 1,
  history: 1,
  kernels: 1,
  pin: 1,
  plan: 1,
  rehearse: 1,
  status: 1,
} as const;

export type JsonCommand = keyof typeof JSON_SCHEMAS;

/** What a command prints with `--json`. `indent`: 0 for one line. */
export function jsonOutput(command: JsonCommand, fields: object, indent = 2): string {
  return `${visibleJson({ schema: JSON_SCHEMAS[command], ...fields }, indent)}\n`;
}
