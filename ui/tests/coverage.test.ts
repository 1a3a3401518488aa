import { describe, expect, it } from "vitest";
import { days, span, worded } from "$lib/features/health/coverage";
import type { CoverageBand } from "$lib/ipc";

const HOUR = 3_600_000;
const midnight = new Date(2026, 0, 5).getTime();

function band(from: number, until: number, kind: CoverageBand["kind"] = "listening"): CoverageBand {
  return { from, until, kind, sentence: "Deliveries were coming" };
}

describe("the ledger, laid out", () => {
  it("cuts bands at midnight and lists the newest day first", () => {
    const rows = days([
      band(midnight - 6 * HOUR, midnight + 6 * HOUR),
      band(midnight + 6 * HOUR, midnight + 12 * HOUR, "gap"),
    ]);
    expect(rows.map((day) => day.from)).toEqual([midnight, new Date(2026, 0, 4).getTime()]);
    expect(rows[0]?.pieces.map((piece) => [piece.band.kind, piece.left, piece.width])).toEqual([
      ["listening", 0, 0.25],
      ["gap", 0.25, 0.25],
    ]);
    expect(rows[1]?.pieces.map((piece) => [piece.left, piece.width])).toEqual([[0.75, 0.25]]);
  });

  it("covers each day once where clocks change", () => {
    const from = new Date(2026, 2, 27, 12).getTime();
    const rows = days([band(from, from + 4 * 24 * HOUR)]);
    expect(rows.map((day) => new Date(day.from).getDate())).toEqual([31, 30, 29, 28, 27]);
    for (const day of rows) expect(new Date(day.from).getHours()).toBe(0);
  });

  it("has no days without bands", () => {
    expect(days([])).toEqual([]);
  });

  it("words times for the reader", () => {
    const at = Date.now() - 3 * 24 * HOUR;
    const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long" }).format(at);
    expect(worded({ text: "No gap since {at}", at })).toContain(`No gap since ${weekday} `);
    expect(worded({ text: "Caught up {at}: nothing was missing", at: Date.now() }, true)).toBe(
      "Caught up just now: nothing was missing",
    );
    expect(worded({ text: "Not caught up yet", at: null })).toBe("Not caught up yet");
    expect(span(midnight + 9 * HOUR, midnight + 10 * HOUR)).toMatch(/ to /);
  });
});
