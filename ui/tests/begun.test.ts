import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "$lib/app.svelte";
import NoteComposer from "$lib/features/conversation/NoteComposer.svelte";
import { notes } from "$lib/features/conversation/notes.svelte";
import DecisionCard from "$lib/features/review/DecisionCard.svelte";
import { Review } from "$lib/features/review/review.svelte";
import { Texts } from "$lib/features/review/texts.svelte";
import { type AppInfo, CallError, type SuggestionDetail } from "$lib/ipc";
import { forgetAnswers } from "$lib/query.svelte";
import { toasts } from "$lib/toasts.svelte";
import { buckets, decision, detail, row } from "./examples";
import { Recorder } from "./recorder";

const TEXT = "Dear Priya, I looked it up myself.";
const begun = { text: TEXT, suggestion: "a", name: "Priya Raman" };

beforeEach(() => {
  forgetAnswers();
  toasts.all = [];
  app.buckets = buckets;
  app.info = undefined;
  new Recorder({ "replies.preview": () => ({ text: "x", gap: null }) });
});

function card(texts: Texts, more: Partial<SuggestionDetail> = {}, mode: "look" | "edit" = "edit", since = {}) {
  const does = { ondecide: vi.fn(), onmode: vi.fn() };
  const shown = detail(more);
  const made = render(DecisionCard, { detail: shown, mode, texts, onwake: vi.fn(), ...does, ...since });
  return { ...does, ...made };
}
const field = () => screen.getByTestId<HTMLTextAreaElement>("reply-field");

describe("a reply that was begun", () => {
  it("stays in the same field when the suggestion is replaced, and says who did what before it", async () => {
    const texts = new Texts();
    const { rerender, ondecide } = card(texts);
    const written = field();
    await fireEvent.input(written, { target: { value: TEXT } });
    written.setSelectionRange(4, 9);
    const plan = { actions: [{ kind: "reply" as const, body: "Another holding reply." }], gaps: [] };
    await rerender({
      detail: detail({ suggestion_id: "s-2", plan }),
      since: { sentence: "Ana Duarte assigned it", at: Date.now() - 120_000 },
    });
    expect(field()).toBe(written);
    expect([written.value, written.selectionStart, written.selectionEnd]).toEqual([TEXT, 4, 9]);
    expect(screen.getByTestId("overtaken").textContent).toMatch(
      /Ana Duarte assigned it 2 min ago\. Your reply was written\s+before that\./,
    );
    // It is not sent before the person has seen that, and then for what it is now.
    expect(screen.getByRole("button", { name: /with this reply/ })).toHaveProperty("disabled", true);
    await fireEvent.keyDown(written, { key: "Enter", ctrlKey: true });
    await waitFor(() => expect(screen.queryByTestId("overtaken")).toBeNull());
    expect(ondecide).not.toHaveBeenCalled();
    await fireEvent.keyDown(written, { key: "Enter", ctrlKey: true });
    await waitFor(() => expect(ondecide).toHaveBeenCalledWith({ kind: "edit", reply: TEXT }));
  });

  it("is there again when the editor is opened once more, and gone when it is discarded", async () => {
    const texts = new Texts();
    const first = card(texts);
    await fireEvent.input(field(), { target: { value: TEXT } });
    await fireEvent.keyDown(field(), { key: "Escape" });
    expect(first.onmode).toHaveBeenCalledWith("look");
    first.unmount();
    const looking = card(texts, {}, "look");
    expect(screen.getByTestId("kept-reply").textContent).toContain(TEXT);
    expect(screen.getByRole("button", { name: /^Go on(?! writing)/ })).toBeTruthy();
    looking.unmount();
    card(texts);
    expect(field().value).toBe(TEXT);
    await fireEvent.click(screen.getByRole("button", { name: "Discard" }));
    expect(texts.of("c-1")).toBeUndefined();
  });

  it("is nothing while it is as it was suggested", async () => {
    const texts = new Texts();
    card(texts);
    await fireEvent.input(field(), { target: { value: TEXT } });
    expect(texts.of("c-1")?.text).toBe(TEXT);
    await fireEvent.input(field(), { target: { value: "We look into it." } });
    expect(texts.of("c-1")).toBeUndefined();
  });

  it("can be copied where nothing is suggested any more", () => {
    const texts = new Texts();
    texts.keep("c-1", { ...begun, suggestion: "s-1" });
    card(texts, { state: { state: "superseded", reason: { why: "moved", sentence: "Ana closed it", at: null } } });
    expect(screen.getByTestId("decision-card").textContent).toContain("Ana closed it");
    expect(screen.getByTestId("kept-reply").textContent).toContain(TEXT);
    expect(screen.getByRole("button", { name: "Copy" })).toBeTruthy();
  });

  it("belongs to one workspace", () => {
    const texts = new Texts();
    app.info = { active_workspace: "one", workspaces: [] } as unknown as AppInfo;
    texts.keep("c-1", begun);
    app.info = { active_workspace: "two", workspaces: [] } as unknown as AppInfo;
    expect([texts.of("c-1"), texts.list()]).toEqual([undefined, []]);
  });
});

describe("the review of a reply that was begun", () => {
  const rows = [row("a", { conversation_id: "c" }), row("b")];
  function writing(): Review {
    const review = new Review();
    review.select("a");
    review.settle(rows, []);
    review.edit();
    review.texts.keep("c", begun);
    return review;
  }

  it("goes on writing by the newer suggestion, also in another tab", () => {
    const review = writing();
    review.settle([row("newer", { conversation_id: "c" }), row("b")], rows);
    expect([review.selected, review.mode]).toEqual(["newer", "edit"]);
    const other = row("newest", { conversation_id: "c" });
    review.settle([row("b")], [row("newer", { conversation_id: "c" }), row("b")], [other, row("b")]);
    expect([review.selected, review.mode]).toEqual(["newest", "edit"]);
  });

  it("stays where the text is when nothing is suggested any more, and goes on from there", () => {
    const review = writing();
    review.settle([row("b")], rows);
    review.settle([row("b")], [row("b")]);
    expect(review.selected).toBe("a");
    review.settle([row("b"), row("again", { conversation_id: "c" })], [row("b")]);
    expect(review.selected).toBe("again");
    review.texts.drop("c");
    review.settle([row("b")], [row("b"), row("again", { conversation_id: "c" })]);
    expect(review.selected).toBe("b");
  });

  it("has the text back when the core refuses the decision", async () => {
    new Recorder({
      "suggestions.decide": () => {
        throw new CallError("moved", "Not done: Ana closed it.");
      },
    });
    const review = writing();
    await review.decide(rows, "a", { kind: "edit", reply: TEXT });
    expect([review.selected, review.mode, review.texts.of("c")]).toEqual(["a", "edit", begun]);
  });

  it("has the text back when the decision is taken back, and not otherwise", async () => {
    new Recorder({
      "suggestions.decide": () => decision("d"),
      "decisions.undo": () => ({ suggestion_id: "a", conversation_id: "c" }),
    });
    const review = writing();
    await review.decide(rows, "a", { kind: "edit", reply: TEXT });
    expect(review.texts.of("c")).toBeUndefined();
    await review.undo();
    expect([review.selected, review.mode, review.texts.of("c")]).toEqual(["a", "edit", begun]);
  });

  it("keeps the text of what is snoozed", async () => {
    new Recorder({ "suggestions.decide": () => decision("d") });
    const review = writing();
    await review.decide(rows, "a", { kind: "snooze", until: 1, at_vendor: false });
    expect(review.texts.of("c")).toEqual(begun);
  });

  it("stays with a note that is being written", () => {
    const review = writing();
    review.texts.drop("c");
    review.enter("note");
    render(NoteComposer, { conversationId: "c", onclose: vi.fn(), onsent: vi.fn() });
    const note = screen.getByTestId<HTMLTextAreaElement>("note-field");
    note.value = "Ask finance";
    note.dispatchEvent(new Event("input", { bubbles: true }));
    review.settle([row("b")], rows);
    expect([review.selected, review.mode, notes.of("c")]).toEqual(["a", "note", "Ask finance"]);
    notes.keep("c", "");
    review.settle([row("b")], [row("b")]);
    expect([review.selected, review.mode]).toEqual(["b", "look"]);
  });

  it("does not leave the row that is being edited for one that came before it", () => {
    const review = new Review();
    review.settle([row("a")], []);
    review.edit();
    review.settle([row("x"), row("a")], [row("a")]);
    expect(review.selected).toBe("a");
  });
});
