import { FINDING_CODES } from '../../model/finding.ts';
import type { CatalogueEntry } from '../../verdict/catalogue/entry.ts';
import { CATALOGUE } from '../../verdict/catalogue.ts';
import { listed } from '../../verdict/words.ts';
import { command, type MachineInvocation } from '../command.ts';
import { JSON_OUTPUT, optional, SNAPSHOT } from '../definition.ts';
import { jsonOutput } from '../json-output.ts';
import { nearest } from '../near.ts';
import { publishedVerdict } from '../published-verdict.ts';
import { hint } from '../render/hint.ts';
import { planText } from '../render/steps.ts';
import { plain } from '../render/style.ts';
import { wrap } from '../render/wrap.ts';
import type { Result } from '../result.ts';
import type { Terminal } from '../terminal.ts';
import type { VerdictView } from '../verdict-view.ts';

const INDENT = '    ';
/** A finding about modules can be open for dozens of them. */
const SHOWN_MAX = 5;

/** `aufswatch explain [CODE]`: what a finding means and what to do, or the whole catalogue. */
export const explain = command(
  {
    description:
      'Says what the code of a finding means. Where the finding is open on this machine, it also prints the steps that resolve it. Without a code, it lists all codes.',
    args: {
      code: optional('the code of a finding, such as next-boot-without-aufs', { offer: 'codes' }),
    },
    options: { json: JSON_OUTPUT, snapshot: SNAPSHOT },
  },
  async (invocation) => {
    const { terminal } = invocation;
    const { code } = invocation.args;
    const entries = CATALOGUE.filter((entry) => code === null || entry.code === code);
    if (entries.length === 0) {
      return terminal.fail(noSuchCode(code ?? ''));
    }
    if (invocation.options.json) {
      const catalogue = entries.map(({ code, severities, meaning, dependsOn, followsFrom }) => ({
        code,
        severities,
        meaning,
        dependsOn,
        followsFrom,
      }));
      terminal.out(jsonOutput('explain', { catalogue }));
      return 0;
    }
    const narrow = { ...terminal, width: Math.min(80, terminal.width) };
    terminal.out(entries.map((entry) => entryText(entry, narrow)).join('\n'));
    if (code === null) return 0;
    const judged = await judge(invocation);
    terminal.out(`\n${whatToDo(code, judged, invocation, narrow)}`);
    // The user named a root or a snapshot: that it cannot be read is an error. The machine itself need not be readable.
    const { root, snapshot } = invocation.options;
    return judged.ok || (root === null && snapshot === null) ? 0 : terminal.fail(judged.message);
  },
);

function entryText(
  { code, severities, meaning, dependsOn, followsFrom }: CatalogueEntry,
  { width }: Terminal,
): string {
  const paragraphs = [meaning];
  if (dependsOn.length > 0)
    paragraphs.push(
      `Left out beside ${listed(dependsOn)}, which ${dependsOn.length > 1 ? 'say' : 'says'} the same.`,
    );
  if (followsFrom.length > 0) paragraphs.push(`May follow from ${followsFrom.join(', ')}.`);
  const lines = paragraphs.map((text) => `${wrap(text, width, INDENT)}\n`);
  return `${code} (${severities.join(' or ')})\n${lines.join('')}`;
}

/** The published verdict where it still holds, which takes no time; else from a scan. */
async function judge(invocation: MachineInvocation): Promise<Result<VerdictView>> {
  const told = publishedVerdict(invocation);
  return told === null ? invocation.getVerdict(invocation) : { ok: true, value: told };
}

/** The steps that resolve the finding where it is open; else the command that lists them. */
function whatToDo(
  code: string,
  judged: Result<VerdictView>,
  invocation: MachineInvocation,
  terminal: Terminal,
): string {
  // A command is to be copied, so it stays on one line.
  const general = `${INDENT}${plain(terminal, hint('plan', invocation))}\n`;
  if (!judged.ok) return `${paragraph('Where it is open, this lists the steps:', terminal)}${general}`;
  const { verdict } = judged.value;
  const open = verdict.findings.filter((finding) => finding.code === code);
  if (open.length === 0)
    return `${paragraph('It is not open now. Where it is, this lists the steps:', terminal)}${general}`;
  // The code was typed: naming it at the last step would only repeat it.
  const steps = verdict.plan
    .filter(({ resolves }) => resolves.some((resolved) => resolved === code))
    .map((step) => ({ ...step, resolves: [] }));
  const shown = open.slice(0, SHOWN_MAX).map(({ title, text }) => {
    const what = paragraph(`${title}.`, terminal);
    return steps.length > 0 ? what : `${what}${paragraph(text, terminal)}`;
  });
  const more = open.length - shown.length;
  const others = more > 0 ? [paragraph(`And ${more} more.`, terminal)] : [];
  const head = `Open now:\n${[...shown, ...others].join('')}`;
  if (steps.length === 0) return `${head}${paragraph('No command resolves it.', terminal)}`;
  return `${head}\n${planText(steps, terminal, invocation.options.root ?? '/')}`;
}

function paragraph(text: string, terminal: Terminal): string {
  return `${wrap(plain(terminal, text), terminal.width, INDENT)}\n`;
}

/** The error message for a code that does not exist. */
export function noSuchCode(code: string): string {
  const meant = nearest(code, FINDING_CODES);
  const hint = meant === null ? '' : `did you mean ${meant}? `;
  return `no finding has the code "${code}"; ${hint}"aufswatch explain" lists all codes`;
}
