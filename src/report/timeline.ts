import { type Html, html } from './html.ts';
import { LANES, type Lane, type Past, type PastEvent, type PastSpan, type Report } from './report.ts';

const LANE_NAMES: Readonly<Record<Lane, string>> = {
  package: 'merges',
  patch: 'patches',
  build: 'builds',
  image: 'installs',
  boot: 'boots',
};

/** Sizes, in units of the drawing. */
const WIDTH = 1000;
const LEFT = 88;
const RIGHT = 16;
const TOP = 30;
const ROW = 34;
const BOTTOM = TOP + LANES.length * ROW;
const DAY = 86_400_000;

/** A drawing of the lanes: events are points, findings are bands across all lanes. */
export function timeline(past: Past, { takenAt, time }: Pick<Report, 'takenAt' | 'time'>): Html {
  const until = Math.max(takenAt, past.from + DAY);
  const x = (at: number): string => {
    const share = (Math.min(Math.max(at, past.from), until) - past.from) / (until - past.from);
    return (LEFT + share * (WIDTH - LEFT - RIGHT)).toFixed(1);
  };
  return html`<svg class="timeline" viewBox="0 0 ${WIDTH} ${BOTTOM + 30}" role="img" aria-label="What happened, by time">
${past.spans.map((span) => band(span, x, until, time))}
${LANES.map((lane, index) => laneRow(lane, index))}
${ticks(past.from, until).map((at) => tick(at, x, time))}
${past.events.map((event) => point(event, x, time))}
</svg>`;
}

type Place = (at: number) => string;

function band({ title, severity, from, to }: PastSpan, x: Place, until: number, time: Report['time']): Html {
  const [start, end] = [Number(x(from)), Number(x(to ?? until))];
  const span = `${time(from)} – ${to === null ? 'now' : time(to)}`;
  return html`<rect class="band ${severity}" x="${start}" y="${TOP - 8}" width="${Math.max(end - start, 2).toFixed(1)}" height="${BOTTOM - TOP + 8}"><title>${severity}: ${title} (${span})</title></rect>
`;
}

function laneRow(lane: Lane, index: number): Html {
  const y = yOf(index);
  return html`<text class="lane" x="0" y="${y + 4}">${LANE_NAMES[lane]}</text><line class="rail" x1="${LEFT}" y1="${y}" x2="${WIDTH - RIGHT}" y2="${y}"/>
`;
}

function point({ lane, at, text }: PastEvent, x: Place, time: Report['time']): Html {
  return html`<circle class="event" cx="${x(at)}" cy="${yOf(LANES.indexOf(lane))}" r="5"><title>${time(at)}  ${text}</title></circle>
`;
}

function tick(at: number, x: Place, time: Report['time']): Html {
  const day = time(at).slice(0, 10);
  return html`<line class="tick" x1="${x(at)}" y1="${TOP - 8}" x2="${x(at)}" y2="${BOTTOM}"/><text class="date" x="${x(at)}" y="${BOTTOM + 18}">${day}</text>
`;
}

/** Five evenly spread times. The first and the last are a little inside, so that their dates fit. */
function ticks(from: number, until: number): number[] {
  return [0.05, 0.275, 0.5, 0.725, 0.95].map((share) => from + share * (until - from));
}

function yOf(index: number): number {
  return TOP + index * ROW + ROW / 2 - 6;
}
