/** Times to snooze until, in the person's own time zone. */

export interface SnoozeTime {
  id: string;
  label: string;
  at: number;
}

function atHour(day: Date, hour: number): number {
  const at = new Date(day);
  at.setHours(hour, 0, 0, 0);
  return at.getTime();
}

function inDays(now: number, days: number): Date {
  const day = new Date(now);
  day.setDate(day.getDate() + days);
  return day;
}

/** What to offer at this moment. */
export function snoozeTimes(now: number): SnoozeTime[] {
  const today = new Date(now);
  const untilMonday = (8 - today.getDay()) % 7 || 7;
  const times: SnoozeTime[] = [{ id: "hour", label: "In an hour", at: now + 3_600_000 }];
  if (today.getHours() < 15) times.push({ id: "later", label: "This afternoon", at: atHour(today, 16) });
  times.push({ id: "tomorrow", label: "Tomorrow morning", at: atHour(inDays(now, 1), 9) });
  if (untilMonday > 1) times.push({ id: "monday", label: "Monday morning", at: atHour(inDays(now, untilMonday), 9) });
  times.push({ id: "week", label: "In a week", at: atHour(inDays(now, 7), 9) });
  return times;
}
