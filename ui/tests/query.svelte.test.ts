import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { receiveEvents } from "$lib/events";
import { CallError, type ActivityList } from "$lib/ipc";
import { forgetAnswers, prefetch, Query } from "$lib/query.svelte";
import { promised, Recorder } from "./recorder";

let stop: (() => void) | undefined;
beforeEach(() => {
  vi.useFakeTimers();
  forgetAnswers();
});
afterEach(() => {
  stop?.();
  vi.useRealTimers();
});

const list = (id: number): ActivityList => ({
  rows: [
    {
      id,
      at: 0,
      kind: "x",
      sentence: "",
      conversation_id: null,
      contact_name: null,
      suggestion_id: null,
      decision_id: null,
    },
  ],
});
const settle = () => vi.advanceTimersByTimeAsync(0);

function rooted<T>(make: () => T): T {
  let made!: T;
  const end = $effect.root(() => {
    made = make();
  });
  stop = end;
  flushSync();
  return made;
}

describe("a query", () => {
  it("shows the newest question's answer, whatever order answers come in", async () => {
    const answers = [promised<ActivityList>(), promised<ActivityList>()];
    let asked = 0;
    new Recorder({ "activity.list": () => answers[asked++]?.promise });
    const query = rooted(
      () =>
        new Query(
          "activity.list",
          () => ({ limit: 1 }),
          () => [],
        ),
    );
    void query.refetch();
    answers[1]?.give(list(2));
    await settle();
    answers[0]?.give(list(1));
    await settle();
    expect(query.data?.rows[0]?.id).toBe(2);
    expect(query.loading).toBe(false);
  });

  it("asks again once for a burst of events that touch it, and not for others", async () => {
    let asked = 0;
    const recorder = new Recorder({ "activity.list": () => list(++asked) });
    const end = receiveEvents();
    const query = rooted(
      () =>
        new Query(
          "activity.list",
          () => ({ limit: 1 }),
          () => ["activity"],
        ),
    );
    await settle();
    recorder.tell("health");
    await vi.advanceTimersByTimeAsync(200);
    expect(recorder.calls).toHaveLength(1);
    for (let n = 0; n < 20; n += 1) recorder.tell("activity");
    recorder.tell("*");
    await vi.advanceTimersByTimeAsync(200);
    expect(recorder.calls).toHaveLength(2);
    expect(query.data?.rows[0]?.id).toBe(2);
    end();
  });

  it("keeps what it shows when a later fetch fails, and says why", async () => {
    let fails = false;
    new Recorder({
      "activity.list": () => {
        if (fails) throw new CallError("storage", "The disk is full.");
        return list(1);
      },
    });
    const query = rooted(
      () =>
        new Query(
          "activity.list",
          () => ({ limit: 1 }),
          () => [],
        ),
    );
    await settle();
    fails = true;
    await query.refetch();
    expect(query.data?.rows[0]?.id).toBe(1);
    expect(query.error?.message).toBe("The disk is full.");
  });

  it("shows at once what was fetched ahead", async () => {
    new Recorder({ "activity.list": () => list(7) });
    await prefetch("activity.list", { limit: 9 });
    const query = rooted(
      () =>
        new Query(
          "activity.list",
          () => ({ limit: 9 }),
          () => [],
        ),
    );
    expect(query.data?.rows[0]?.id).toBe(7);
  });
});
