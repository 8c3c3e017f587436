import { emitKeypressEvents } from 'node:readline';
import { packageCategories } from '../../system/emerge-activity.ts';
import { dayTime } from '../../verdict/words.ts';
import { followMachine } from '../../watch/follow-machine.ts';
import { watchList } from '../../watch/watch-list.ts';
import { command } from '../command.ts';
import { endByHangUp, hasHungUp, isOnTerminal } from '../hang-up.ts';
import { type Judged, scanAndJudge } from '../machine.ts';
import { printed } from '../printed.ts';
import { hint } from '../render/hint.ts';
import { KEYS_TEXT, type Key, keyAction } from '../render/keys.ts';
import { openLiveScreen } from '../render/live-screen.ts';
import { plain } from '../render/style.ts';
import { openDirectory } from '../root-directory.ts';
import type { Terminal } from '../terminal.ts';
import { type About, statusText } from './status.ts';

/** After a change it scans when nothing has changed for `quiet`, and after `longest` at the latest, ms. */
const SPANS = { quietMs: 300, longestMs: 3000 };
/** How often it polls for what no watch reports, ms. */
const POLL = 15_000;

/** Where the status is shown: on a full screen, or each new one below the previous. */
interface View {
  show(judged: Judged): void;
  close(): void;
}

/** `aufswatch watch`: shows what `status` shows, again at each change. */
export const watch = command(
  {
    description:
      'Shows what status shows, and redraws it when something changes. It needs no daemon. The keys of less scroll; ? shows all keys, q ends it. Where the output is no terminal, each new state is printed below the previous one.',
    args: {},
    options: {},
  },
  async (invocation) => {
    const { terminal, env } = invocation;
    const directory = openDirectory(invocation.options.root ?? '/');
    if (!directory.ok) return terminal.fail(directory.message);
    const first = await scanAndJudge(invocation, { of: 'verdict' });
    if (!first.ok) return terminal.fail(first.message);

    const abort = new AbortController();
    const stop = (): void => abort.abort();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
    // The reader has closed the pipe.
    process.stdout.on('error', stop);
    const onTerminal = isOnTerminal();
    const about: Called = { all: hint('plan', invocation), root: invocation.options.root ?? '/' };
    const live = terminal.interactive && env.TERM !== 'dumb';
    const view = live ? liveView(terminal, about, stop) : plainView(terminal, about);
    const openRoot = () => directory.value;
    const following = followMachine({
      openRoot,
      spans: () => SPANS,
      work: () => null,
      hinted: () => {},
      delayed: () => {},
      scan: () => void scanAgain(),
      pollEvery: POLL,
      polled: () => {},
      now: invocation.now,
    });
    let scanning = false;
    let last = first.value;
    show(last);

    await new Promise<void>((resolve) => {
      if (abort.signal.aborted) resolve();
      abort.signal.addEventListener('abort', () => resolve());
    });
    const hungUp = hasHungUp(onTerminal);
    if (!hungUp) view.close();
    await following.stop();
    if (hungUp) endByHangUp();
    return 0;

    function show(judged: Judged): void {
      last = judged;
      view.show(judged);
      void following.follow(watchList(judged.snapshot, packageCategories(openRoot())));
    }

    async function scanAgain(): Promise<void> {
      if (abort.signal.aborted) return;
      // A change during a scan needs another scan.
      if (scanning) return following.hint();
      scanning = true;
      const judged = await scanAndJudge(invocation, { of: 'verdict' });
      scanning = false;
      // Where a scan fails, the previous status stays.
      if (!abort.signal.aborted) show(judged.ok ? judged.value : last);
    }
  },
);

/** The names of the machine in the text. */
type Called = Pick<About, 'all' | 'root'>;

function liveView(terminal: Terminal, about: Called, stop: () => void): View {
  const { stdin, stdout } = process;
  const screen = openLiveScreen(stdout, () => ({ rows: stdout.rows || 24, columns: stdout.columns || 80 }));
  let judged: Judged | null = null;
  let help = false;
  const draw = (): void => {
    if (help) screen.draw(KEYS_TEXT, 'q ends it');
    if (help || judged === null) return;
    const width = Math.max(40, stdout.columns || 80);
    const { verdict, since, silenced, snapshot } = judged;
    const text = statusText(
      verdict,
      { ...terminal, width },
      { since, silenced, portage: snapshot.portage, ...about },
    );
    screen.draw(
      printed(text),
      plain(terminal, `scanned ${dayTime(snapshot.takenAt)}; ? shows the keys; q ends it`),
    );
  };
  const onKey = (_: string | undefined, key: Key): void => {
    const asks = keyAction(key);
    if (asks === 'end') stop();
    else if (help || asks === 'help') {
      help = !help;
      screen.scroll('top');
      draw();
    } else if (asks === 'redraw') draw();
    else if (asks !== null) screen.scroll(asks.scroll);
  };
  stdout.on('resize', draw);
  if (stdin.isTTY) {
    // When the terminal hangs up, stdin ends or fails, even where SIGHUP is ignored.
    stdin.on('error', stop).on('end', stop);
    stdin.setRawMode(true);
    emitKeypressEvents(stdin);
    stdin.on('keypress', onKey);
    stdin.resume();
  }
  return {
    show: (now) => {
      judged = now;
      draw();
    },
    close: () => {
      stdout.off('resize', draw);
      if (stdin.isTTY) stdin.setRawMode(false);
      stdin.off('keypress', onKey);
      stdin.pause();
      screen.close();
    },
  };
}

function plainView(terminal: Terminal, about: Called): View {
  let before = '';
  return {
    show: ({ verdict, since, silenced, snapshot }) => {
      const text = statusText(verdict, terminal, { since, silenced, portage: snapshot.portage, ...about });
      if (text === before) return;
      const rule = before === '' ? '' : `\n-- ${dayTime(snapshot.takenAt)}\n\n`;
      before = text;
      terminal.out(`${rule}${text}`);
    },
    close: () => {},
  };
}
