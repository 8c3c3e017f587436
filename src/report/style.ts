/** The style sheet of the page. No information is in the colours alone. */
export const STYLE = `
:root {
  --ground: #fbfaf8; --sheet: #ffffff; --ink: #1d1c1a; --soft: #6a665f; --line: #e4e0d8;
  --ok: #2f7a4d; --behind: #9a6200; --broken: #b3261e; --other: #6a665f;
  --band-critical: #b3261e2e; --band-warning: #c9820038; --band-notice: #6a665f1f; --point: #2c5d8f;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #161513; --sheet: #1e1d1b; --ink: #edeae4; --soft: #a39e94; --line: #34322e;
    --ok: #7ccf9b; --behind: #eab04f; --broken: #ff8a80; --other: #a39e94;
    --band-critical: #ff8a8038; --band-warning: #eab04f33; --band-notice: #a39e9426; --point: #8fbdec;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 68rem; padding: 2.5rem 1.25rem 4rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; font-variant-numeric: tabular-nums;
}
h1 { margin: .15rem 0 .35rem; font-size: 1.75rem; line-height: 1.25; font-weight: 650; text-wrap: balance; }
h2 { margin: 3rem 0 .9rem; font-size: 1.1rem; font-weight: 650; }
h3 { margin: .1rem 0 .25rem; font-size: 1rem; font-weight: 600; }
p { margin: 0; overflow-wrap: anywhere; }
.host { color: var(--soft); font-weight: 600; }
.meta { color: var(--soft); font-size: .85rem; }
pre, .identity { font-family: ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace; font-size: .9rem; }
pre { margin: 0 0 .3rem; white-space: pre-wrap; overflow-wrap: anywhere; }
ol, ul { margin: 0; padding: 0; list-style: none; }
.links { display: grid; grid-template-columns: repeat(5, 1fr); gap: .75rem; margin-top: 2rem; }
.link {
  padding: .9rem 1rem 1rem; background: var(--sheet); border: 1px solid var(--line);
  border-top: 3px solid var(--other); border-radius: .4rem; font-size: .92rem;
}
.link h2 { margin: 0; font-size: .85rem; font-weight: 600; color: var(--soft); }
.link .mark { font-size: 1.05rem; font-weight: 650; color: var(--other); }
.link .identity { margin: .5rem 0 .35rem; }
.link.ok { border-top-color: var(--ok); } .link.ok .mark { color: var(--ok); }
.link.behind { border-top-color: var(--behind); } .link.behind .mark { color: var(--behind); }
.link.broken { border-top-color: var(--broken); } .link.broken .mark { color: var(--broken); }
.plan { counter-reset: step; }
.plan li {
  counter-increment: step; position: relative; padding: .8rem 1rem .8rem 3rem; background: var(--sheet);
  border: 1px solid var(--line); border-bottom-width: 0;
}
.plan li:first-child { border-radius: .4rem .4rem 0 0; }
.plan li:last-child { border-bottom-width: 1px; border-radius: 0 0 .4rem .4rem; }
.plan li:only-child { border-radius: .4rem; }
.plan li::before { content: counter(step); position: absolute; left: 1.2rem; color: var(--soft); font-weight: 650; }
.finding { padding: .2rem 0 .2rem 1rem; border-left: 3px solid var(--other); }
.finding + .finding { margin-top: 1.25rem; }
.finding.critical { border-color: var(--broken); } .finding.critical b { color: var(--broken); }
.finding.warning { border-color: var(--behind); } .finding.warning b { color: var(--behind); }
.wide { overflow-x: auto; background: var(--sheet); border: 1px solid var(--line); border-radius: .4rem; }
.timeline { display: block; min-width: 46rem; width: 100%; height: auto; padding: .75rem 1rem; }
.timeline text { font-size: 13px; fill: var(--soft); }
.timeline .lane { fill: var(--ink); }
.timeline .date { text-anchor: middle; }
.rail { stroke: var(--line); stroke-width: 2; }
.tick { stroke: var(--line); stroke-dasharray: 2 4; }
.event { fill: var(--point); stroke: var(--sheet); stroke-width: 1.5; }
.band.critical { fill: var(--band-critical); } .band.warning { fill: var(--band-warning); }
.band.notice { fill: var(--band-notice); }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { padding: .5rem .75rem; text-align: left; vertical-align: top; font-weight: inherit; }
.events { margin-top: 1rem; }
.events td { padding: .2rem 0; overflow-wrap: anywhere; }
.events .when { width: 10.5rem; color: var(--soft); white-space: nowrap; padding-right: 1rem; }
.matrix th { font-weight: 600; }
.matrix tr + tr > *, .matrix tbody tr > * { border-top: 1px solid var(--line); }
.matrix .meta { display: block; font-weight: 400; max-width: 24rem; }
.answer { min-width: 11rem; font-weight: 600; }
.answer.yes { color: var(--ok); } .answer.no { color: var(--broken); } .answer.unknown { color: var(--other); }
@media (max-width: 60rem) {
  body { padding-top: 1.5rem; }
  h1 { font-size: 1.4rem; }
  .links { grid-template-columns: 1fr; gap: .5rem; margin-top: 1.25rem; }
  .link { border-top-width: 1px; border-left: 3px solid var(--other); padding: .7rem .9rem; }
  .link.ok { border-left-color: var(--ok); border-top-color: var(--line); }
  .link.behind { border-left-color: var(--behind); border-top-color: var(--line); }
  .link.broken { border-left-color: var(--broken); border-top-color: var(--line); }
  .link .identity { margin: .2rem 0; }
  .events .when { width: 8.6rem; padding-right: .6rem; }
}
@media print {
  :root { --ground: #fff; --sheet: #fff; --ink: #000; --soft: #444; --line: #bbb; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .wide { overflow: visible; } .timeline { min-width: 0; }
  .link, .plan li, .finding, tr { break-inside: avoid; }
}
`;
