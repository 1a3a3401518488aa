/** Laying out the ledger: days of the reader's own time zone, and sentences that name a time. */
import { ago, coreNow, dayOf, timeOf } from "$lib/clock.svelte";
import type { CoverageBand, TimedSentence } from "$lib/ipc";

const DAY = 24 * 60 * 60_000;

/** A piece of a band within a day, placed by its share of the day. */
export interface Piece {
  band: CoverageBand;
  left: number;
  width: number;
}

export interface Day {
  from: number;
  pieces: Piece[];
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** The midnight after `at`: not 24 hours later where clocks change. */
function nextMidnight(at: number): number {
  return midnight(midnight(at) + DAY + DAY / 2);
}

/** The days of the bands, the newest first. */
export function days(bands: readonly CoverageBand[]): Day[] {
  const first = bands[0];
  const last = bands.at(-1);
  if (!first || !last) return [];
  const all: Day[] = [];
  for (let from = midnight(first.from); from < last.until; from = nextMidnight(from)) {
    const until = nextMidnight(from);
    const pieces = bands
      .filter((band) => band.from < until && band.until > from)
      .map((band) => {
        const start = Math.max(band.from, from);
        const end = Math.min(band.until, until);
        return { band, left: (start - from) / (until - from), width: (end - start) / (until - from) };
      });
    all.push({ from, pieces });
  }
  return all.reverse();
}

const shortDay = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });

/** "Today", "Yesterday", "Mon 23 Nov". */
export function dayLabel(at: number): string {
  const day = dayOf(at, coreNow());
  return day === "Today" || day === "Yesterday" ? day : shortDay.format(at);
}

/** "Monday 09:00", "today 09:00", "26 October 09:00". */
function moment(at: number, now: number): string {
  const day = dayOf(at, now);
  if (day === "Today" || day === "Yesterday") return `${day.toLowerCase()} ${timeOf(at)}`;
  const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long" });
  const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
  return `${midnight(now) - at < 6 * DAY ? weekday.format(at) : date.format(at)} ${timeOf(at)}`;
}

/** A sentence of the core, with its time worded for the reader. */
export function worded(sentence: TimedSentence, recent = false): string {
  if (sentence.at === null) return sentence.text;
  const now = coreNow();
  return sentence.text.replace("{at}", recent ? ago(sentence.at, now) : moment(sentence.at, now));
}

/** "09:00 to 12:30", or with the days where it spans several. */
export function span(from: number, until: number): string {
  const now = coreNow();
  return midnight(from) === midnight(until - 1)
    ? `${timeOf(from)} to ${timeOf(until)}`
    : `${moment(from, now)} to ${moment(until, now)}`;
}
