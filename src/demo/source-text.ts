import { PATCH_COMPONENTS, type PatchComponent } from '../model/patch-component.ts';
import { TOUCHED, type TouchedFile } from './patch-set.ts';

/** The lines of a stand-in for one component's changes. Each has its own, so hunks of two components share no context. */
const LINES_A_PART = 8;
const INSERT_BEHIND = 4;
const CONTEXT = 3;

/**
 * Our stand-in for a kernel source file that the patch set changes, with the lines that `parts` add. null: there is no
 * such file, because a missing part would create it.
 */
export function sourceText(path: string, parts: readonly PatchComponent[]): string | null {
  const files = TOUCHED.filter((file) => file.path === path);
  const applied = files.filter((file) => parts.includes(file.component));
  if (files.some((file) => file.isNew)) return applied[0] === undefined ? null : text(applied[0].adds);
  const lines = PATCH_COMPONENTS.flatMap((component) => {
    const part = originalPart(path, component);
    const adds = applied.filter((file) => file.component === component).flatMap((file) => file.adds);
    return [...part.slice(0, INSERT_BEHIND), ...adds, ...part.slice(INSERT_BEHIND)];
  });
  return text(lines);
}

/** The component as a patch file, for `patch -p1`. */
export function patchText(component: PatchComponent): string {
  return TOUCHED.filter((file) => file.component === component)
    .map((file) => `${diffHead(file)}${hunk(file)}`)
    .join('');
}

/** The `.rej` file that patch(1) writes if a hunk does not apply. */
export function rejectText(file: TouchedFile): string {
  return `--- ${file.path}\n+++ ${file.path}\n${hunk(file)}`;
}

function diffHead(file: TouchedFile): string {
  return `--- ${file.isNew ? '/dev/null' : `a/${file.path}`}\n+++ b/${file.path}\n`;
}

function hunk(file: TouchedFile): string {
  const added = file.adds.map((line) => `+${line}`);
  if (file.isNew) return text([`@@ -0,0 +1,${added.length} @@`, ...added]);
  const part = originalPart(file.path, file.component);
  const before = part.slice(INSERT_BEHIND - CONTEXT, INSERT_BEHIND);
  const after = part.slice(INSERT_BEHIND, INSERT_BEHIND + CONTEXT);
  const first = PATCH_COMPONENTS.indexOf(file.component) * LINES_A_PART + INSERT_BEHIND - CONTEXT + 1;
  return text([
    `@@ -${first},${2 * CONTEXT} +${first},${2 * CONTEXT + added.length} @@`,
    ...before.map((line) => ` ${line}`),
    ...added,
    ...after.map((line) => ` ${line}`),
  ]);
}

function originalPart(path: string, component: PatchComponent): string[] {
  const part = PATCH_COMPONENTS.indexOf(component) + 1;
  return Array.from({ length: LINES_A_PART }, (_, at) => {
    const words = `stand-in for ${path}, part ${part}, line ${at + 1}`;
    return /\.[ch]$/.test(path) ? `/* ${words} */` : `# ${words}`;
  });
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
