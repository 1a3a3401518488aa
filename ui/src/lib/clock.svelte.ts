/** The core's time, and ages by it. */

let offset = 0;
let beat = $state(Date.now());
setInterval(() => (beat = Date.now()), 1000);

/** Takes the core's time as the right one. */
export function setCoreTime(now: number): void {
  offset = now - Date.now();
}

/** The core's time, milliseconds; moves every second. */
export function coreNow(): number {
  // Read for its beat: whoever shows the time is told every second.
  void beat;
  return Date.now() + offset;
}

/** The core's time at this very moment, not followed. */
export function coreNowExact(): number {
  return Date.now() + offset;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "now", "6 min", "3 h", "2 d". */
export function age(from: number, now: number): string {
  const passed = Math.max(0, now - from);
  if (passed < MINUTE) return "now";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h`;
  return `${Math.floor(passed / DAY)} d`;
}

/** "6 minutes ago", "just now". */
export function ago(from: number, now: number): string {
  const passed = Math.max(0, now - from);
  if (passed < 10_000) return "just now";
  if (passed < MINUTE) return `${Math.floor(passed / 1000)} s ago`;
  return `${age(from, now)} ago`;
}

const clockTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayOnly = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const short = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

const clockSeconds = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** "14:02:31". */
export const secondsOf = (at: number): string => clockSeconds.format(at);
/** "14:02". */
export const timeOf = (at: number): string => clockTime.format(at);
/** "Saturday 21 November", or "Today", "Yesterday". */
export function dayOf(at: number, now: number): string {
  const day = (time: number): number => new Date(time).setHours(0, 0, 0, 0);
  if (day(at) === day(now)) return "Today";
  if (day(at) === day(day(now) - HOUR)) return "Yesterday";
  return dayOnly.format(at);
}
/** Date and time in full, for titles. */
export const fullTime = (at: number): string => full.format(at);
/** "21 Nov, 14:02". */
export const shortTime = (at: number): string => short.format(at);
