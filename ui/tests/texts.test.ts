import { describe, expect, it } from "vitest";
import { age, ago } from "$lib/clock.svelte";
import { pieces } from "$lib/features/conversation/marks";
import { snoozeTimes } from "$lib/features/review/snooze";
import { joinExamples, splitExamples } from "$lib/features/settings/examples";
import { EventParser } from "$lib/ipc/sse";
import { percent } from "$lib/percent";
import { visible } from "$lib/window";

const mark = (text: string, start: number, weight = 1) => ({ text, start, end: start + text.length, weight });

describe("words that weighed", () => {
  it("are cut out of the text where they stand, in order, and all of the text is kept", () => {
    const text = "👋🏽 I was charged twice, refund please";
    const cut = pieces(text, [mark("refund", text.indexOf("refund")), mark("charged twice", text.indexOf("charged"))]);
    expect(cut.map((piece) => piece.text).join("")).toBe(text);
    expect(cut.filter((piece) => piece.weight !== null).map((piece) => piece.text)).toEqual([
      "charged twice",
      "refund",
    ]);
  });

  it("are left out where they overlap or lie outside of the text", () => {
    const cut = pieces("refund me", [
      mark("refund", 0),
      mark("und me", 3),
      mark("nothing", 40),
      { text: "", start: 2, end: 2, weight: 1 },
    ]);
    expect(cut).toEqual([
      { text: "refund", weight: 1 },
      { text: " me", weight: null },
    ]);
  });
});

describe("server-sent events", () => {
  it("are read however the stream is cut", () => {
    const stream =
      'data: {"a":1}\n\n: keep-alive\n\ndata: line one\r\ndata: line two\r\n\r\nevent: x\ndata:no blank\n\n';
    for (let size = 1; size < 12; size += 1) {
      const parser = new EventParser();
      const read: string[] = [];
      for (let at = 0; at < stream.length; at += size) read.push(...parser.push(stream.slice(at, at + size)));
      expect(read, `pieces of ${size}`).toEqual(['{"a":1}', "line one\nline two", "no blank"]);
    }
  });
});

describe("a long list", () => {
  it("draws only the rows around what is seen", () => {
    const { from, to } = visible(10_000, 80, 80_000, 800);
    expect(from).toBeLessThanOrEqual(1000);
    expect(to).toBeGreaterThanOrEqual(1010);
    expect(to - from).toBeLessThan(40);
  });
  it("draws no row that is not there", () => {
    expect(visible(3, 80, 0, 800)).toEqual({ from: 0, to: 3 });
    expect(visible(0, 80, 500, 800)).toEqual({ from: 0, to: 0 });
    expect(visible(3, 80, 9_999, 800).to).toBe(3);
  });
});

describe("numbers for people", () => {
  it("never claim certainty", () => {
    expect([0.9999, 0.994, 0.5, 0.001, 0].map(percent)).toEqual([">99 %", "99 %", "50 %", "<1 %", "0 %"]);
  });
  it("tell ages in the largest whole unit", () => {
    expect([0, 59_000, 60_000, 3_600_000, 90_000_000].map((passed) => age(0, passed))).toEqual([
      "now",
      "now",
      "1 min",
      "1 h",
      "1 d",
    ]);
    expect(age(5_000, 0)).toBe("now");
    expect([3_000, 12_000, 120_000].map((passed) => ago(0, passed))).toEqual(["just now", "12 s ago", "2 min ago"]);
  });
});

describe("snooze times", () => {
  it("are all still to come, whatever the day and hour", () => {
    for (let hour = 0; hour < 24 * 8; hour += 1) {
      const now = new Date(2026, 10, 16, hour, 30).getTime();
      for (const time of snoozeTimes(now)) expect(time.at, `${time.label} at ${new Date(now)}`).toBeGreaterThan(now);
    }
  });
  it("name Monday when it is not tomorrow", () => {
    const labels = (day: number) => snoozeTimes(new Date(2026, 10, day, 10).getTime()).map((time) => time.id);
    expect(labels(20)).toContain("monday");
    expect(labels(22)).not.toContain("monday");
  });
});

describe("example messages", () => {
  it("come back from the editor as they went in", () => {
    for (const examples of [["One", "Two"], ["Hello\nthere", "Two"], []])
      expect(splitExamples(joinExamples(examples))).toEqual(examples);
  });
  it("are one to a line where no blank line divides them", () => {
    expect(splitExamples("  One \nTwo\n")).toEqual(["One", "Two"]);
    expect(splitExamples("One\nstill one\n\n\nTwo")).toEqual(["One\nstill one", "Two"]);
  });
});
