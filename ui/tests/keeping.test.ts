import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "$lib/app.svelte";
import { receiveEvents } from "$lib/events";
import { Keeping, PAUSE_MS } from "$lib/features/review/keeping";
import { Review } from "$lib/features/review/review.svelte";
import { type DraftReply, Texts } from "$lib/features/review/texts.svelte";
import { type AppInfo, type BegunReplyView, CallError } from "$lib/ipc";
import { toasts } from "$lib/toasts.svelte";
import { decision, row } from "./examples";
import { promised, Recorder } from "./recorder";

const words = (text: string) => ({ text, suggestion: "s-1", name: "Priya Raman" });
const kept = (text: string, conversation = "c-1"): BegunReplyView => ({
  conversation_id: conversation,
  contact_name: "Priya Raman",
  text,
  suggestion_id: "s-1",
  bucket_id: null,
  draft: null,
  changed_at: 1,
});

let there: BegunReplyView[];
let recorder: Recorder;
let fails: CallError | undefined;

/** A core that keeps what it is given. */
function core(): Recorder {
  return new Recorder({
    "begun_replies.list": () => ({ replies: [...there] }),
    "begun_replies.keep": ({ conversation_id: id, text }) => {
      if (fails) throw fails;
      there = [...there.filter((one) => one.conversation_id !== id), kept(text, id)];
      return { changed_at: 2 };
    },
    "begun_replies.drop": ({ conversation_id: id }) => {
      there = there.filter((one) => one.conversation_id !== id);
      return { replies: [] };
    },
    "suggestions.decide": () => decision("d"),
  });
}

async function opened(texts = new Texts()) {
  const keeping = new Keeping(texts);
  await keeping.load();
  return { texts, keeping };
}
const sent = () => recorder.of("begun_replies.keep").map((input) => (input as { text: string }).text);

beforeEach(() => {
  vi.useFakeTimers();
  app.info = { active_workspace: "one", workspaces: [] } as unknown as AppInfo;
  toasts.all = [];
  there = [];
  fails = undefined;
  recorder = core();
});
afterEach(() => {
  vi.useRealTimers();
  app.info = undefined;
});

describe("a reply that was begun", () => {
  it("is kept once the keys pause, as it stands then", async () => {
    const { texts } = await opened();
    for (const text of ["D", "De", "Dear"]) {
      texts.keep("c-1", words(text));
      await vi.advanceTimersByTimeAsync(PAUSE_MS - 1);
    }
    expect(sent()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(recorder.of("begun_replies.keep")).toEqual([
      { workspace: "one", conversation_id: "c-1", text: "Dear", suggestion_id: "s-1" },
    ]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent()).toEqual(["Dear"]);
  });

  it("is kept though the keys never pause", async () => {
    const { texts } = await opened();
    for (let key = 1; key <= 30; key += 1) {
      texts.keep("c-1", words("x".repeat(key)));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(sent().length).toBe(1);
  });

  it("is kept at once when the window loses the person", async () => {
    const { texts, keeping } = await opened();
    const stop = keeping.follow(window);
    for (const event of ["blur", "pagehide"]) {
      texts.keep("c-1", words(event));
      window.dispatchEvent(new Event(event));
      await vi.advanceTimersByTimeAsync(0);
    }
    stop();
    expect(sent()).toEqual(["blur", "pagehide"]);
  });

  it("is there when the workspace is opened, and dropped when it is discarded", async () => {
    there = [kept("Dear")];
    const { texts } = await opened();
    expect(texts.of("c-1")).toMatchObject(words("Dear"));
    texts.drop("c-1");
    await vi.advanceTimersByTimeAsync(0);
    expect(recorder.of("begun_replies.drop")).toEqual([{ workspace: "one", conversation_id: "c-1" }]);
  });

  it("does not give way to what is read while it is written", async () => {
    there = [kept("Dear")];
    const { texts, keeping } = await opened();
    const late = promised<unknown>();
    recorder.answers["begun_replies.list"] = () => late.promise;
    const loading = keeping.load();
    texts.keep("c-1", words("Dear Priya"));
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    late.give({ replies: [kept("Dear")] });
    await loading;
    expect(texts.of("c-1")?.text).toBe("Dear Priya");
  });

  it("goes when the core keeps it no more, and stays while it was never kept", async () => {
    there = [kept("Dear")];
    const { texts, keeping } = await opened();
    const stop = [keeping.follow(window), receiveEvents()];
    texts.keep("c-2", words("Hello"));
    there = [];
    recorder.tell("*");
    await vi.advanceTimersByTimeAsync(60);
    stop.forEach((end) => end());
    expect([texts.of("c-1"), texts.of("c-2")?.text]).toEqual([undefined, "Hello"]);
  });

  it("is not begun by opening a draft, which the core keeps as a draft", async () => {
    const { texts, keeping } = await opened();
    const draft = { state: "reply", draft_id: "d-1", text: "Dear" } as unknown as DraftReply;
    texts.keep("c-1", { ...words("Dear"), draft });
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    await keeping.load();
    expect([sent(), texts.of("c-1")?.text]).toEqual([[], "Dear"]);
    texts.keep("c-1", { ...words("Dear Priya"), draft });
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(recorder.of("begun_replies.keep")).toMatchObject([{ text: "Dear Priya", draft_id: "d-1" }]);
  });

  it("is not written over what was kept before that is known", async () => {
    there = [kept("Dear")];
    const texts = new Texts();
    const keeping = new Keeping(texts);
    texts.keep("c-1", words("Hello"));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sent()).toEqual([]);
    await keeping.load();
    await vi.advanceTimersByTimeAsync(0);
    expect([texts.of("c-1")?.text, sent()]).toEqual(["Dear\n\nHello", ["Dear\n\nHello"]]);
  });

  it("is kept whole before its decision takes it along, and is not dropped by it", async () => {
    const { texts, keeping } = await opened();
    const review = new Review();
    Object.assign(review, { texts });
    review.select("a", "c-1");
    texts.keep("c-1", words("Dear Priya"));
    await review.decide([row("a", { conversation_id: "c-1" })], "a", { kind: "edit", reply: "Dear Priya" });
    const names = recorder.calls.map((call) => call.name).filter((name) => name !== "begun_replies.list");
    expect(names).toEqual(["begun_replies.keep", "suggestions.decide"]);
    // The core has set it aside; when the decision is taken back elsewhere it is here again.
    there = [];
    await keeping.load();
    expect(texts.of("c-1")).toBeUndefined();
    there = [kept("Dear Priya")];
    await keeping.load();
    expect(texts.of("c-1")?.text).toBe("Dear Priya");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(recorder.of("begun_replies.drop")).toEqual([]);
  });

  it("is dropped though the page has not read yet that an undo brought it back", async () => {
    const { texts, keeping } = await opened();
    texts.keep("c-1", words("Dear"));
    await texts.handOver("c-1");
    texts.answered("c-1");
    there = [kept("Dear")];
    texts.put("one", "c-1", words("Dear"));
    texts.drop("c-1");
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(there).toEqual([]);
    await keeping.load();
    expect(texts.of("c-1")).toBeUndefined();
  });

  it("says once that it could not be kept, and is kept when that is mended", async () => {
    const { texts } = await opened();
    const show = vi.spyOn(toasts, "show");
    fails = new CallError("storage", "The disk is full.");
    texts.keep("c-1", words("Dear"));
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(toasts.all.map((toast) => toast.text)).toEqual([
      "What you write cannot be kept at the moment: The disk is full. It stays here while this window is open.",
    ]);
    toasts.all = [];
    texts.keep("c-1", words("Dear Priya"));
    await vi.advanceTimersByTimeAsync(30_000);
    expect([show.mock.calls.length, texts.of("c-1")?.text]).toEqual([1, "Dear Priya"]);
    fails = undefined;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(there).toEqual([kept("Dear Priya")]);
  });
});
