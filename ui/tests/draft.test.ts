import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "$lib/app.svelte";
import Edits from "$lib/features/insights/Edits.svelte";
import DecisionCard from "$lib/features/review/DecisionCard.svelte";
import { Review } from "$lib/features/review/review.svelte";
import { Texts } from "$lib/features/review/texts.svelte";
import { CallError, type DraftView, type SuggestionDetail } from "$lib/ipc";
import { forgetAnswers } from "$lib/query.svelte";
import { toasts } from "$lib/toasts.svelte";
import { buckets, decision, detail, row } from "./examples";
import { Recorder } from "./recorder";

type Reply = Extract<DraftView, { state: "reply" }>;

function reply(more: Partial<Reply> = {}): Reply {
  return {
    state: "reply",
    draft_id: "d-1",
    text: "It takes five days.",
    gap: null,
    sentence: "It rests on one place in the help center.",
    is_outdated: false,
    is_doubtful: false,
    sources: [
      { article_id: "7", title: "Refunds", url: "https://help.example/1", quotation: "A refund takes five days" },
    ],
    without: null,
    model: "a-model",
    ...more,
  };
}

beforeEach(() => {
  forgetAnswers();
  toasts.all = [];
  app.buckets = buckets;
});

function card(draft: DraftView, more: Partial<SuggestionDetail> = {}, isOpen = true) {
  const does = { ondecide: vi.fn(), onmode: vi.fn(), ondraft: vi.fn(), onask: vi.fn(), ongiveup: vi.fn() };
  const texts = new Texts();
  if (isOpen && draft.state === "reply")
    texts.keep("c-1", { text: draft.text, suggestion: "s-1", name: "Priya Raman", draft });
  render(DecisionCard, {
    detail: detail({ draft, ...more }),
    mode: isOpen ? "edit" : "look",
    texts,
    onwake: vi.fn(),
    ...does,
  });
  return does;
}

describe("a draft on the card", () => {
  it("says how it stands, and what can be done", async () => {
    const asked = card({ state: "asked", since: 0, sentence: "The language model is drafting a reply." }, {}, false);
    expect(screen.getByTestId("draft").textContent).toContain("is drafting a reply");
    await fireEvent.click(screen.getByRole("button", { name: /give up/i }));
    expect(asked.ongiveup).toHaveBeenCalledOnce();
  });

  it("is drafted anew, and not opened, once the help center no longer says what it rests on", async () => {
    const outdated = reply({ is_outdated: true, sentence: "This draft is out of date: the article is gone." });
    const does = card(outdated, {}, false);
    expect(screen.getByTestId("draft").textContent).toContain("This draft is out of date");
    expect(screen.queryByRole("button", { name: /open the draft/i })).toBeNull();
    await fireEvent.click(screen.getByRole("button", { name: /draft anew/i }));
    expect(does.onask).toHaveBeenCalledOnce();
    const recorder = new Recorder({ "drafts.ask": () => ({ state: "asked", since: 0, sentence: "Drafting." }) });
    const review = new Review();
    await review.draft(detail({ draft: outdated }));
    expect([review.mode, recorder.calls.map((call) => call.name)]).toEqual(["look", ["drafts.ask"]]);
  });

  it("keeps what is written when it goes out of date in the editor, and says so", () => {
    card(reply({ is_outdated: true, sentence: "This draft is out of date: the article is gone." }));
    expect(screen.getByRole("alert").textContent).toContain("out of date");
    expect(screen.getByTestId<HTMLTextAreaElement>("reply-field").value).toBe("It takes five days.");
  });

  it("is rid of what is out of date, keeps the rest, and is sent then", async () => {
    const text = "Five days.\n\nRefunds: https://help.example/1\n\nYours, Sam";
    const without = "Five days.\n\nYours, Sam";
    const stale = { is_outdated: true, is_doubtful: true, sentence: "This draft is out of date." };
    const recorder = new Recorder({
      "replies.preview": (asked) => ({
        text: "x",
        gap: null,
        standing:
          asked.text === without
            ? { is_outdated: false, is_doubtful: true, sentence: "It links it no more.", sources: [], without: null }
            : { ...stale, sources: [], without: asked.text.replace("Refunds: https://help.example/1\n\n", "") },
      }),
    });
    const { ondecide } = card(reply({ ...stale, text, without }));
    const field = screen.getByTestId<HTMLTextAreaElement>("reply-field");
    expect(screen.getByRole("alert").textContent).toContain("out of date");
    await fireEvent.input(field, { target: { value: `Dear Priya: ${text}` } });
    await fireEvent.click(screen.getByRole("button", { name: "Remove quotation and link" }));
    await waitFor(() => expect(field.value).toBe(`Dear Priya: ${without}`));
    await fireEvent.input(field, { target: { value: without } });
    await waitFor(() => expect(screen.getByTestId("draft-sources").textContent).toContain("links it no more"));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.queryByRole("button", { name: "Remove quotation and link" })).toBeNull();
    await fireEvent.click(screen.getByRole("button", { name: /with this reply/ }));
    await waitFor(() => expect(ondecide).toHaveBeenCalledWith({ kind: "edit", reply: without }, "d-1"));
    expect(recorder.of("replies.preview").at(-1)).toMatchObject({ draft_id: "d-1" });
  });

  it("is shown on the card as the text stands that became of it", async () => {
    const fine = {
      is_outdated: false,
      is_doubtful: true,
      sentence: "It links it no more.",
      sources: [],
      without: null,
    };
    new Recorder({ "replies.preview": () => ({ text: "x", gap: null, standing: fine }) });
    const stale = reply({ is_outdated: true, sentence: "This draft is out of date.", without: "Five days." });
    const texts = new Texts();
    texts.keep("c-1", { text: "Five days.", suggestion: "s-1", name: "Priya Raman", draft: stale });
    const does = { ondecide: vi.fn(), onmode: vi.fn(), onwake: vi.fn() };
    render(DecisionCard, { detail: detail({ draft: stale }), mode: "look", texts, ...does });
    await waitFor(() => expect(screen.getByTestId("draft").textContent).toContain("It links it no more."));
    expect(screen.getByTestId("draft").textContent).not.toContain("out of date");
    const review = new Review();
    review.texts.keep("c-1", { text: "Five days.", suggestion: "s-1", name: "Priya Raman", draft: stale });
    await review.draft(detail({ draft: stale }));
    expect([review.mode, review.texts.of("c-1")?.text]).toEqual(["edit", "Five days."]);
  });

  it("is opened from the card to be rid of what is out of date, unless another reply was begun", async () => {
    const stale = reply({ is_outdated: true, sentence: "This draft is out of date.", without: "Five days." });
    const does = card(stale, {}, false);
    await fireEvent.click(screen.getByRole("button", { name: "Remove quotation and link" }));
    expect(does.onmode).toHaveBeenCalledWith("edit");
    document.body.innerHTML = "";
    const texts = new Texts();
    texts.keep("c-1", { text: "My own words", suggestion: "s-1", name: "Priya Raman" });
    const rest = { ondecide: vi.fn(), onmode: vi.fn(), onwake: vi.fn() };
    render(DecisionCard, { detail: detail({ draft: stale }), mode: "look", texts, ...rest });
    expect(screen.queryByRole("button", { name: "Remove quotation and link" })).toBeNull();
  });

  it("shows why a person should answer, and no reply", async () => {
    const handed: DraftView = {
      state: "hand_over",
      sentence: "A person should answer.",
      reason: "Ask sales.",
      model: "m",
    };
    const does = card(handed, {}, false);
    expect(screen.getByTestId("draft").textContent).toContain("A person should answer.");
    expect(screen.getByTestId("draft").textContent).toContain("Ask sales.");
    await fireEvent.click(screen.getByRole("button", { name: /ask again/i }));
    expect(does.onask).toHaveBeenCalledOnce();
  });

  it("is offered where one can be asked for, and not where nobody drafts", () => {
    card({ state: "ready" }, {}, false);
    expect(screen.getByRole("button", { name: /^draft/i })).toBeTruthy();
    expect(screen.queryByTestId("draft")).toBeNull();
    document.body.innerHTML = "";
    card({ state: "off", sentence: "Switch it on." }, {}, false);
    expect(screen.queryByRole("button", { name: /^draft/i })).toBeNull();
  });

  it("opens in the editor with what it rests on beside it, and is decided on as a draft", async () => {
    const recorder = new Recorder({ "replies.preview": () => ({ text: "x", gap: null }) });
    const { ondecide } = card(reply());
    const field = screen.getByTestId("reply-field");
    await waitFor(() => expect(field).toHaveProperty("value", "It takes five days."));
    const sources = screen.getByTestId("draft-sources");
    expect(sources.textContent).toContain("A refund takes five days");
    await fireEvent.click(screen.getByRole("button", { name: /^Refunds/ }));
    expect(recorder.opened).toEqual(["https://help.example/1"]);
    await fireEvent.input(field, { target: { value: "Five days." } });
    await fireEvent.click(screen.getByRole("button", { name: /with this reply/ }));
    await waitFor(() => expect(ondecide).toHaveBeenCalledWith({ kind: "edit", reply: "Five days." }, "d-1"));
    expect(recorder.of("replies.preview").at(-1)).toMatchObject({ text: "Five days.", draft_id: "d-1" });
  });

  it("can be sent as another bucket, and has to be given one where none is suggested", async () => {
    new Recorder({ "replies.preview": () => ({ text: "x", gap: null }) });
    const { ondecide } = card(reply(), { bucket_id: null, plan: { actions: [], gaps: [] } });
    expect(screen.getByRole("button", { name: /with this reply/ })).toHaveProperty("disabled", true);
    await fireEvent.change(screen.getByTestId("draft-bucket"), { target: { value: "general" } });
    await fireEvent.click(screen.getByRole("button", { name: /Correct to General/ }));
    await waitFor(() =>
      expect(ondecide).toHaveBeenCalledWith(
        { kind: "correct", bucket_id: "general", reply: "It takes five days." },
        "d-1",
      ),
    );
  });

  it("marks what it leaves open and is not sent with it", async () => {
    const text = "Write to [e-mail].";
    const gap = { text, from: 9, to: 17, sentence: "The draft leaves [e-mail] open." };
    new Recorder({ "replies.preview": () => ({ text: null, gap }) });
    const { ondecide } = card(reply({ text, gap, is_doubtful: true, sources: [], sentence: "It cites nothing." }));
    expect((await screen.findByTestId("reply-gap")).textContent).toBe(gap.sentence);
    const field = screen.getByTestId<HTMLTextAreaElement>("reply-field");
    await waitFor(() => expect([field.selectionStart, field.selectionEnd]).toEqual([9, 17]));
    await fireEvent.click(screen.getByRole("button", { name: /with this reply/ }));
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(ondecide).not.toHaveBeenCalled();
  });
});

describe("asking for a draft", () => {
  const shown = (draft: DraftView): SuggestionDetail => detail({ draft, suggestion_id: "a" });

  it("opens it when it is there, unless something else was begun", async () => {
    const recorder = new Recorder({ "drafts.ask": () => ({ state: "asked", since: 0, sentence: "Drafting." }) });
    const review = new Review();
    review.select("a");
    await review.draft(shown({ state: "ready" }));
    expect(recorder.of("drafts.ask")).toEqual([{ suggestion_id: "a" }]);
    review.draftCame(shown({ state: "asked", since: 0, sentence: "Drafting." }));
    expect(review.mode).toBe("look");
    review.draftCame(shown(reply()));
    expect([review.mode, review.texts.of("c-1")?.text]).toEqual(["edit", "It takes five days."]);
    review.enter("look");
    review.texts.drop("c-1");
    review.draftCame(shown(reply()));
    expect(review.mode).toBe("look");

    await review.draft(shown({ state: "none", sentence: "No draft." }));
    review.edit();
    review.draftCame(shown(reply()));
    expect([review.mode, review.texts.of("c-1")]).toEqual(["edit", undefined]);
    review.enter("look");
    await review.draft(shown(reply()));
    expect(review.texts.of("c-1")?.draft).toBeDefined();
    expect(recorder.of("drafts.ask")).toHaveLength(2);
  });

  it("asks nobody where nobody drafts, and says where to switch it on", async () => {
    const recorder = new Recorder();
    await new Review().draft(shown({ state: "off", sentence: "Switch it on in Settings." }));
    expect(recorder.calls).toEqual([]);
    expect(toasts.all.map((toast) => toast.text)).toEqual(["Switch it on in Settings."]);
  });

  it("tells a refusal, and opens nothing for it", async () => {
    new Recorder({
      "drafts.ask": () => {
        throw new CallError("moved", "Ana closed it.");
      },
    });
    const review = new Review();
    review.select("a");
    await review.draft(shown({ state: "ready" }));
    review.draftCame(shown(reply()));
    expect([review.mode, toasts.all[0]?.text]).toEqual(["look", "Ana closed it."]);
  });

  it("is given up", async () => {
    const recorder = new Recorder({ "drafts.ask": () => ({}), "drafts.give_up": () => ({ state: "ready" }) });
    const review = new Review();
    review.select("a");
    await review.askForDraft(shown({ state: "ready" }));
    await review.giveUpDraft("a");
    review.draftCame(shown(reply()));
    expect(recorder.of("drafts.give_up")).toEqual([{ suggestion_id: "a" }]);
    expect(review.mode).toBe("look");
  });

  it("names the draft in the decision", async () => {
    const recorder = new Recorder({ "suggestions.decide": () => decision("x") });
    await new Review().decide([row("a")], "a", { kind: "edit", reply: "x" }, "d-1");
    expect(recorder.of("suggestions.decide")).toEqual([
      { suggestion_id: "a", decision: { kind: "edit", reply: "x" }, draft_id: "d-1" },
    ]);
  });

  it("gives way to another one while nobody has changed it, and is not begun by being looked at", async () => {
    new Recorder({ "drafts.ask": () => ({}) });
    const review = new Review();
    review.select("a", "c-1");
    review.openDraft(shown(reply()), reply());
    review.enter("look");
    expect(review.texts.of("c-1")).toBeUndefined();
    review.openDraft(shown(reply()), reply());
    review.mode = "look";
    await review.askForDraft(shown(reply()));
    review.draftCame(shown(reply({ draft_id: "d-2", text: "Another." })));
    expect([review.mode, review.texts.of("c-1")?.text]).toEqual(["edit", "Another."]);
  });

  it("does not take the place of a reply that a person has begun", async () => {
    new Recorder({ "drafts.ask": () => ({}) });
    const review = new Review();
    review.select("a");
    await review.askForDraft(shown({ state: "ready" }));
    review.texts.keep("c-1", { text: "My own words", suggestion: "a", name: "Priya Raman" });
    review.draftCame(shown(reply()));
    expect([review.mode, review.spoken]).toEqual(["look", "The draft is ready."]);
    await review.draft(shown(reply()));
    expect([review.mode, review.texts.of("c-1")?.text]).toEqual(["edit", "My own words"]);
    expect(toasts.all[0]?.text).toContain("Discard it to open the draft");
  });
});

describe("insights", () => {
  it("tell edits of drafts from edits of the bucket's reply", () => {
    const edit = {
      conversation_id: "c-1",
      bucket_id: "billing",
      at: 0,
      pieces: [{ kind: "added" as const, text: "x" }],
    };
    render(Edits, {
      list: {
        headline: "2 replies were edited.",
        drafts: "2 drafts were signed.",
        rows: [
          { ...edit, was_draft: true },
          { ...edit, was_draft: false },
        ],
      },
    });
    expect(screen.getByTestId("drafts-signed").textContent).toBe("2 drafts were signed.");
    const rows = screen.getAllByTestId("edit").map((one) => one.textContent?.includes("Draft of the language model"));
    expect(rows).toEqual([true, false]);
  });
});
