import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { receiveEvents } from "$lib/events";
import { exportDeliveries } from "$lib/features/deliveries/export";
import { Feed } from "$lib/features/deliveries/feed.svelte";
import { bytes, countdown, span } from "$lib/features/deliveries/figures";
import { newWords, withNewest, withOlder } from "$lib/features/deliveries/rows";
import type { DeliveryList, DeliveryView, ListDeliveries } from "$lib/ipc";
import { Recorder } from "./recorder";

const ids = (from: number, to: number): { delivery_id: string }[] =>
  Array.from({ length: from - to + 1 }, (_, n) => ({ delivery_id: `id-${String(from - n).padStart(4, "0")}` }));
const COUNTS = { received: 0, applied: 0, ignored: 0, failed: 0, duplicates: 0, refused: 0 };

test("the newest page goes over what is shown, and older rows stay below it", () => {
  const shown = ids(9, 1);
  expect(withNewest(shown, ids(12, 8), false)).toEqual(ids(12, 1));
  expect(withNewest(shown, ids(12, 8), true), "there is nothing beyond").toEqual(ids(12, 8));
  expect(withNewest(ids(3, 1), ids(12, 8), false), "a list has no hole").toEqual(ids(12, 8));
  expect(withNewest(shown, [], true)).toEqual([]);
  expect(withNewest(ids(9999, 1), ids(9999, 9900), false)).toHaveLength(5_000);
});

test("an older page never repeats a row", () => {
  expect(withOlder(ids(9, 5), ids(6, 3))).toEqual(ids(9, 3));
  expect(withOlder([], ids(3, 1))).toEqual(ids(3, 1));
});

test("figures read as a person says them", () => {
  expect([0, 999, 1_500, 90_000, 7_200_000, 172_800_000].map(span)).toEqual([
    "0 ms",
    "999 ms",
    "1.5 s",
    "1 min",
    "2 h",
    "2 d",
  ]);
  expect([0, 999, 4_096, 1_048_576].map(bytes)).toEqual(["0 B", "999 B", "4.1 kB", "1.0 MB"]);
  expect([-5, 61_000, 6 * 86_400_000 + 3_600_000].map(countdown)).toEqual(["00:00:00", "00:01:01", "6 d 01:00:00"]);
  expect([0, 1, 12, 1_000].map((number) => newWords(number))).toEqual(["", "1 new", "12 new", "1,000 new or more"]);
});

let recorder: Recorder;
let kept: { delivery_id: string }[];
let stop: (() => void) | undefined;

function list(input: ListDeliveries): DeliveryList {
  const fit = kept.filter((row) => !input.before || row.delivery_id < input.before);
  const rows = fit.slice(0, input.limit ?? 200) as DeliveryView[];
  const next = rows.length < fit.length ? (rows.at(-1)?.delivery_id ?? null) : null;
  return { rows, next, counts: COUNTS, topics: [] };
}

beforeEach(() => {
  vi.useFakeTimers();
  kept = ids(450, 1);
  recorder = new Recorder({
    "deliveries.list": (input) => list(input as ListDeliveries),
    "deliveries.newer": (input) => {
      const { after } = input as ListDeliveries;
      return { number: kept.filter((row) => row.delivery_id > (after ?? "")).length };
    },
  });
  receiveEvents();
});
afterEach(() => {
  stop?.();
  stop = undefined;
  vi.useRealTimers();
});

async function opened(): Promise<Feed> {
  let feed!: Feed;
  stop = $effect.root(() => {
    feed = new Feed(() => ({}));
  });
  flushSync();
  await vi.advanceTimersByTimeAsync(0);
  return feed;
}
async function come(number: number): Promise<void> {
  const newest = kept.length;
  kept = [...ids(newest + number, newest + 1), ...kept];
  recorder.tell("deliveries");
  await vi.advanceTimersByTimeAsync(200);
}

test("a list that follows shows what comes and keeps the pages that were read", async () => {
  const feed = await opened();
  await feed.more();
  await feed.more();
  expect(feed.rows).toHaveLength(450);
  await come(3);
  expect(feed.rows).toEqual(kept);
  await feed.more();
  expect(feed.rows, "the end of the list is still known").toEqual(kept);
});

test("a list that stands still counts what it would show, and shows it when it goes on", async () => {
  const feed = await opened();
  const shown = feed.rows;
  feed.pause();
  await come(5);
  await come(7);
  expect(feed.rows).toBe(shown);
  expect(feed.waiting).toBe(12);
  expect(recorder.of("deliveries.newer").at(-1)).toEqual({ after: "id-0450" });
  await feed.resume();
  expect(feed.waiting).toBe(0);
  expect(feed.rows[0]?.delivery_id).toBe("id-0462");
  await come(1);
  expect(feed.rows[0]?.delivery_id).toBe("id-0463");
});

test("an export is gathered piece by piece, and in the window left to the core", async () => {
  const pieces = [
    { text: "1\n2\n", lines: 2, next: "id-2", file_name: "d.jsonl" },
    { text: "3\n", lines: 1, next: null, file_name: "d.jsonl" },
  ];
  recorder.answers["deliveries.export"] = () => pieces.shift();
  recorder.answers["deliveries.export_file"] = () => ({ path: "/data/exports/d.jsonl", lines: 3 });
  const saved: Blob[] = [];
  vi.stubGlobal("URL", {
    createObjectURL: (blob: Blob) => (saved.push(blob), "blob:x"),
    revokeObjectURL: () => {},
  });
  const said = await exportDeliveries("headless", { topic: "conversation" });
  expect(recorder.of("deliveries.export")).toEqual([
    { topic: "conversation" },
    { topic: "conversation", before: "id-2" },
  ]);
  expect(saved[0]?.size).toBe(6);
  expect(said).toContain("3 deliveries");
  expect(await exportDeliveries("desktop", {})).toContain("/data/exports/d.jsonl");
  vi.unstubAllGlobals();
});
