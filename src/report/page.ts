import { commandText } from '../model/command-text.ts';
import type { Link } from '../model/verdict.ts';
import type { LoadAnswer } from '../verdict/load-answer.ts';
import { type Html, html, NOTHING, trusted } from './html.ts';
import type { Past, PastEvent, Report } from './report.ts';
import { STYLE } from './style.ts';
import { timeline } from './timeline.ts';

/** The number of events in the table, newest first. The drawing shows all of them. */
const EVENTS_LISTED = 60;

const MARKS: Readonly<Record<Link['mark'], readonly [sign: string, words: string]>> = {
  ok: ['✓', 'in order'],
  behind: ['!', 'behind'],
  broken: ['✗', 'broken'],
  unknown: ['?', 'not known'],
  none: ['·', 'not there'],
};

/** A self-contained page, without network or script. */
export function reportPage(report: Report): string {
  const { host, program, takenAt, headline, links, time } = report;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>aufswatch: ${host}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<header>
<p class="host">${host}</p>
<h1>${headline}</h1>
<p class="meta">${time(takenAt)}, aufswatch ${program}</p>
</header>
<main>
<section aria-label="The five links">
<ol class="links">${links.map(linkItem)}</ol>
</section>
${planPart(report)}
${findingsPart(report)}
${pastPart(report)}
${matrixPart(report)}
</main>
</body>
</html>
`.html;
}

function linkItem({ name, mark, identity, reason }: Link): Html {
  const [sign, words] = MARKS[mark];
  return html`
<li class="link ${mark}"><h2>${name}</h2><p class="mark"><span aria-hidden="true">${sign}</span> ${words}</p><p class="identity">${identity}</p><p>${reason}</p></li>`;
}

function planPart({ plan }: Report): Html {
  if (plan.length === 0) return NOTHING;
  const steps = plan.map((step) => {
    const { why, resolves } = step;
    const command = commandText(step);
    const what = command === null ? html`<p>${capital(why)}.</p>` : html`<pre>${command}</pre><p>${why}</p>`;
    return html`<li>${what}<p class="meta">${resolves.join(', ')}</p></li>\n`;
  });
  return html`<section><h2>What to do</h2><ol class="plan">${steps}</ol></section>`;
}

function findingsPart({ findings, time }: Report): Html {
  if (findings.length === 0) return NOTHING;
  const items = findings.map(
    ({ severity, title, text, code, since }) =>
      html`<li class="finding ${severity}"><p class="meta"><b>${severity}</b> ${code}${since === null ? '' : `, since ${time(since)}`}</p><h3>${title}</h3><p>${text}</p></li>\n`,
  );
  return html`<section><h2>What was found</h2><ul class="findings">${items}</ul></section>`;
}

function pastPart(report: Report): Html {
  const { past } = report;
  if (past === null) {
    return html`<section><h2>What happened</h2><p>There is no ledger: the service writes it.</p></section>`;
  }
  if (past.events.length === 0)
    return html`<section><h2>What happened</h2><p>Nothing is on record.</p></section>`;
  return html`<section><h2>What happened</h2>
<div class="wide" tabindex="0">${timeline(past, report)}</div>
${leftOut(past)}${eventTable(past, report)}</section>`;
}

function leftOut({ events, leftOut }: Past): Html {
  if (leftOut === 0) return NOTHING;
  return html`<p class="meta">The newest ${events.length} are shown. ${leftOut} older ones are left out; aufswatch history lists them.</p>
`;
}

function eventTable({ events }: Past, { time }: Report): Html {
  const newest = events.toSorted((a, b) => b.at - a.at).slice(0, EVENTS_LISTED);
  const row = ({ at, text }: PastEvent): Html =>
    html`<tr><td class="when">${time(at)}</td><td>${text}</td></tr>\n`;
  return html`<table class="events"><tbody>${newest.map(row)}</tbody></table>`;
}

const ANSWERS = { yes: 'loads', no: 'refused', unknown: 'unknown' } as const;

function matrixPart({ matrix }: Report): Html {
  if (matrix.kernels.length === 0 || matrix.rows.length === 0) return NOTHING;
  const heads = matrix.kernels.map(
    ({ name, roles }) => html`<th scope="col">${name}<span class="meta">${roles.join(', ')}</span></th>`,
  );
  const rows = matrix.rows.map(
    ({ module, answers }) => html`<tr><th scope="row">${module}</th>${answers.map(answerCell)}</tr>\n`,
  );
  return html`<section><h2>Which module loads on which kernel</h2>
<div class="wide" tabindex="0"><table class="matrix"><thead><tr><td></td>${heads}</tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function answerCell(answer: LoadAnswer): Html {
  const word = answer.missing && answer.is === 'no' ? 'missing' : ANSWERS[answer.is];
  const why = answer.is === 'yes' ? NOTHING : html`<span class="meta">${answer.why}</span>`;
  return html`<td class="answer ${answer.is}">${word}${why}</td>`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
