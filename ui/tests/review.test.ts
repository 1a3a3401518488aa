import { beforeEach, describe, expect, it, vi } from "vitest";
import { Looking } from "$lib/features/review/looking";
import { Review } from "$lib/features/review/review.svelte";
import { CallError } from "$lib/ipc";
import { toasts } from "$lib/toasts.svelte";
import { decision, row } from "./examples";
import { promised, Recorder } from "./recorder";

const rows = [row("a"), row("b"), row("c")];
beforeEach(() => (toasts.all = []));

describe("deciding", () => {
  it("takes the row away at once and goes on with the next", async () => {
    const answer = promised<unknown>();
    const recorder = new Recorder({ "suggestions.decide": () => answer.promise });
    const review = new Review();
    review.select("b");
    const done = review.decide(rows, "b", { kind: "approve" });
    expect(review.rows(rows).map((one) => one.suggestion_id)).toEqual(["a", "c"]);
    expect(review.selected).toBe("c");
    answer.give(decision("d"));
    await done;
    expect(recorder.of("suggestions.decide")).toEqual([{ suggestion_id: "b", decision: { kind: "approve" } }]);
    expect(review.last?.decision_id).toBe("d");
    expect(review.spoken).toContain("Approved");
  });

  it("brings the row back with the reason when the core refuses", async () => {
    new Recorder({
      "suggestions.decide": () => {
        throw new CallError("moved", "Not done: Ana closed it.");
      },
    });
    const review = new Review();
    review.select("a");
    await review.decide(rows, "a", { kind: "approve" });
    expect(review.rows(rows)).toHaveLength(3);
    expect(review.selected).toBe("a");
    expect(toasts.all.map((toast) => toast.text)).toEqual(["Not done: Ana closed it."]);
    expect(review.last).toBeUndefined();
  });

  it("asks only once however often the key is pressed", async () => {
    const recorder = new Recorder({ "suggestions.decide": () => decision("d") });
    const review = new Review();
    await Promise.all([review.decide(rows, "a", { kind: "approve" }), review.decide(rows, "a", { kind: "approve" })]);
    expect(recorder.of("suggestions.decide")).toHaveLength(1);
  });

  it("says how long the card was there, unless the page was out of sight", async () => {
    const recorder = new Recorder({ "suggestions.decide": () => decision("d") });
    const review = new Review();
    review.looking.begin("a");
    await review.decide(rows, "a", { kind: "approve" });
    expect(recorder.of("suggestions.decide")[0]).toMatchObject({
      suggestion_id: "a",
      looked_ms: expect.any(Number) as number,
    });
    let now = 100;
    const looking = new Looking(() => now);
    looking.begin("b");
    now = 1_350.4;
    expect([looking.took("b"), looking.took("c")]).toEqual([1_250, undefined]);
    looking.begin("b");
    expect(looking.took("b")).toBe(1_250);
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    expect(looking.took("b")).toBeUndefined();
    vi.restoreAllMocks();
  });

  it("is taken back with the suggestion selected again", async () => {
    const recorder = new Recorder({
      "suggestions.decide": () => decision("d"),
      "decisions.undo": () => ({ suggestion_id: "a", conversation_id: "c-a" }),
    });
    const review = new Review();
    await review.decide(rows, "a", { kind: "approve" });
    await review.undo();
    expect(recorder.of("decisions.undo")).toEqual([{ decision_id: "d" }]);
    expect(review.rows(rows)).toHaveLength(3);
    expect(review.selected).toBe("a");
  });
});

describe("U right after Enter", () => {
  it("takes back the decision that was just made, not the one before it", async () => {
    const answer = promised<unknown>();
    let asked = 0;
    const recorder = new Recorder({
      "suggestions.decide": () => (asked++ === 0 ? decision("first") : answer.promise),
      "decisions.undo": () => ({ suggestion_id: "b", conversation_id: "c-b" }),
    });
    const review = new Review();
    await review.decide(rows, "a", { kind: "approve" });
    const deciding = review.decide(rows, "b", { kind: "approve" });
    const undoing = review.undo();
    answer.give(decision("second", { suggestion_id: "b" }));
    await Promise.all([deciding, undoing]);
    expect(recorder.of("decisions.undo")).toEqual([{ decision_id: "second" }]);
  });
});

describe("the selection", () => {
  it("stays at the top until the person has chosen", () => {
    const review = new Review();
    review.settle([row("x")], []);
    review.settle([row("w"), row("x")], [row("x")]);
    expect(review.selected).toBe("w");
    review.select("x");
    review.settle([row("v"), row("w"), row("x")], [row("w"), row("x")]);
    expect(review.selected).toBe("x");
  });

  it("follows a conversation to its newer suggestion", () => {
    const review = new Review();
    review.select("b");
    review.settle([row("a"), row("b2", { conversation_id: "c-b" }), row("c")], rows);
    expect(review.selected).toBe("b2");
  });

  it("moves to what has taken its place when the row is gone", () => {
    const review = new Review();
    review.select("b");
    review.settle([row("a"), row("c")], rows);
    expect(review.selected).toBe("c");
    review.settle([], [row("a"), row("c")]);
    expect(review.selected).toBeUndefined();
  });

  it("waits for a suggestion that was taken back to be in the list again", async () => {
    new Recorder({
      "suggestions.decide": () => decision("d", { suggestion_id: "b" }),
      "decisions.undo": () => ({ suggestion_id: "b", conversation_id: "c-b" }),
    });
    const review = new Review();
    await review.decide(rows, "b", { kind: "approve" });
    await review.undo();
    const without = [row("a"), row("c")];
    review.settle(without, without);
    expect(review.selected).toBe("b");
    review.settle(rows, without);
    expect(review.selected).toBe("b");
    review.settle(without, rows);
    expect(review.selected).toBe("c");
  });

  it("stops at both ends", () => {
    const review = new Review();
    review.select("a");
    review.step(rows, -1);
    expect(review.selected).toBe("a");
    review.step(rows, 1);
    review.step(rows, 1);
    review.step(rows, 1);
    expect(review.selected).toBe("c");
  });
});
