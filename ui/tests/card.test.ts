import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "$lib/app.svelte";
import Thread from "$lib/features/conversation/Thread.svelte";
import DecisionCard from "$lib/features/review/DecisionCard.svelte";
import { unfinished } from "$lib/features/review/replies.svelte";
import type { SuggestionDetail } from "$lib/ipc";
import { forgetAnswers } from "$lib/query.svelte";
import { route } from "$lib/route.svelte";
import { buckets, conversation, detail } from "./examples";
import { promised, Recorder } from "./recorder";

beforeEach(() => {
  forgetAnswers();
  new Recorder();
  app.buckets = buckets;
});

function card(more: Partial<SuggestionDetail> = {}, mode: "look" | "edit" | "bucket" | "reject" = "look") {
  const ondecide = vi.fn();
  const onmode = vi.fn();
  render(DecisionCard, { detail: detail(more), mode, onmode, ondecide, onwake: vi.fn() });
  return { ondecide, onmode };
}

describe("the decision card", () => {
  it("shows bucket, confidence, its record and the plan in order", () => {
    card();
    const shown = screen.getByTestId("decision-card");
    expect(shown.dataset["bucket"]).toBe("billing");
    expect(shown.textContent).toContain("94 %");
    expect(shown.textContent).toContain("Right 38 of your last 40");
    const steps = [...shown.querySelectorAll("ol li")].map((step) => step.textContent);
    expect(steps[0]).toContain("Assign to Billing");
    expect(steps[1]).toContain("We look into it.");
  });

  it("shows no number while it is learning", () => {
    const record = { decisions: 12, similar: 4, agreed: 4, low: 0.5, high: 1, learning: true };
    card({ record: { ...record, sentence: "Still learning: 12 of 30 decisions" } });
    const shown = screen.getByTestId("decision-card");
    expect(shown.textContent).toContain("Still learning: 12 of 30 decisions");
    expect(shown.textContent).not.toContain("94 %");
    expect(shown.textContent).not.toContain("6 %");
  });

  it("decides that it is none of these", async () => {
    const { ondecide } = card();
    await fireEvent.click(screen.getByRole("button", { name: /none of these/i }));
    expect(ondecide).toHaveBeenCalledWith({ kind: "none_of_these" });
  });

  it("says which words spoke for and against at once, and the rest when it is there", async () => {
    const said = promised<unknown>();
    const recorder = new Recorder({ "suggestions.explain": () => said.promise });
    card({
      evidence: [
        { text: "login", start: 20, end: 25, weight: -0.4 },
        { text: "charged twice", start: 6, end: 19, weight: 1.2 },
      ],
    });
    const why = screen.getByTestId("why");
    expect(why.textContent).toMatch(/For Billing\s+charged twice\s+Against\s+login/);
    expect(recorder.of("suggestions.explain")).toEqual([{ suggestion_id: "s-1" }]);
    said.give({
      suggestion_id: "s-1",
      bucket_id: "billing",
      words_for: [],
      words_against: [],
      without: "Without these words: 40 % instead of 94 %.",
      without_confidence: 0.4,
      flip: "Without “charged twice” it would be General.",
      learned_since: null,
      similar: [
        {
          conversation_id: "c-9",
          preview: "Charged two times",
          bucket_id: "billing",
          decided: "Approved as Billing",
          at: 0,
          likeness: 0.8,
        },
        {
          conversation_id: null,
          preview: "A line of a file",
          bucket_id: null,
          decided: "None of these",
          at: 0,
          likeness: 0.3,
        },
      ],
    });
    const open = await screen.findByRole("button", { name: /Approved as Billing/ });
    expect(why.textContent).toContain(
      "Without “charged twice” it would be General. Without these words: 40 % instead of 94 %.",
    );
    expect(screen.queryByRole("button", { name: /A line of a file/ })).toBeNull();
    await fireEvent.click(open);
    expect([route.view, route.id]).toEqual(["conversations", "c-9"]);
  });

  it("cannot be approved once somebody else has acted, and says who and when", () => {
    const { ondecide } = card({ moved: "Ana Duarte closed it", moved_at: Date.now() - 3 * 60_000 });
    const approve = screen.getByRole("button", { name: /approve/i });
    expect(approve).toHaveProperty("disabled", true);
    approve.click();
    expect(ondecide).not.toHaveBeenCalled();
    expect(screen.getByTestId("decision-card").textContent).toContain("Ana Duarte closed it 3 min ago");
  });

  it("offers buckets and no approval where there is nothing to classify", () => {
    card({
      bucket_id: null,
      nothing: "The message is only a file: nothing to classify.",
      plan: { actions: [], gaps: [] },
      probabilities: [],
    });
    expect(screen.getByRole("button", { name: /approve/i })).toHaveProperty("disabled", true);
    expect(screen.getByTestId("decision-card").textContent).toContain("nothing to classify");
  });

  it("shows what the reply lacks, and starts editing at that place", async () => {
    const gap = {
      kind: "reply_incomplete" as const,
      text: "Hi {{first_name}}, hello",
      from: 3,
      to: 17,
      sentence: "The reply needs the customer's first name, which is not known.",
    };
    const plan = { actions: [], gaps: [gap] };
    card({ plan });
    expect(screen.getByTestId("plan-gap").querySelector("mark")?.textContent).toBe("{{first_name}}");
    expect(screen.getByTestId("plan-gap").textContent).toContain(gap.sentence);
    cleanup();
    card({ plan }, "edit");
    const field = screen.getByTestId<HTMLTextAreaElement>("reply-field");
    await vi.waitFor(() => expect(field.value.slice(field.selectionStart, field.selectionEnd)).toBe("{{first_name}}"));
    expect(screen.getByTestId("reply-gap").textContent).toBe(gap.sentence);
  });

  it("keeps an answer back whose reply is not finished", () => {
    const gap = { kind: "reply_incomplete" as const, text: "{{name}}", from: 0, to: 8, sentence: "" };
    const lacking = { actions: [], gaps: [gap] };
    const plans = [{ bucket_id: "urgent", plan: lacking, summary: "" }];
    const whole = detail({ plans });
    expect(unfinished(whole, { kind: "approve" })).toBeUndefined();
    expect(unfinished(detail({ plan: lacking }), { kind: "approve" })).toBe("billing");
    expect(unfinished(whole, { kind: "correct", bucket_id: "urgent" })).toBe("urgent");
    expect(unfinished(whole, { kind: "correct", bucket_id: "urgent", reply: "Hello" })).toBeUndefined();
    expect(unfinished(detail({ plan: lacking }), { kind: "reject" })).toBeUndefined();
  });

  it("sends the edited reply on Ctrl Enter", async () => {
    const { ondecide } = card({}, "edit");
    const field = screen.getByTestId("reply-field");
    expect(field).toHaveProperty("value", "We look into it.");
    await fireEvent.input(field, { target: { value: "Dear Priya" } });
    await fireEvent.keyDown(field, { key: "Enter", ctrlKey: true });
    await waitFor(() => expect(ondecide).toHaveBeenCalledWith({ kind: "edit", reply: "Dear Priya" }));
  });

  it("corrects to the bucket that is chosen, and approves its own", async () => {
    const { ondecide } = card({}, "bucket");
    await fireEvent.click(screen.getByRole("menuitem", { name: /General/ }));
    await fireEvent.click(screen.getByRole("menuitem", { name: /Billing/ }));
    expect(ondecide.mock.calls.map(([verdict]) => verdict)).toEqual([
      { kind: "correct", bucket_id: "general" },
      { kind: "approve" },
    ]);
  });

  it("says when a language model disagrees, why, and how such cases ended", () => {
    card({
      second_opinion: {
        stance: "disagrees",
        sentence: "The language model disagrees: it says General.",
        record: "It was right 31 of the last 40 times they disagreed.",
        reason: "<b>It asks how to</b>",
        bucket_id: "general",
        model: "claude-haiku-5-5",
        learning: false,
      },
    });
    const said = screen.getByTestId("second-opinion");
    expect(said.textContent).toContain("The language model disagrees: it says General.");
    expect(said.textContent).toContain("right 31 of the last 40 times");
    expect(said.textContent).toContain("<b>It asks how to</b>");
    expect(screen.getByRole("button", { name: /approve/i })).toHaveProperty("disabled", false);
  });

  it("says nothing of a language model where none is asked", () => {
    card();
    expect(screen.queryByTestId("second-opinion")).toBeNull();
  });

  it("tells of a missing team", () => {
    card({ plan: { actions: [], gaps: [{ kind: "team_missing", wanted: "On-call" }] } });
    expect(screen.getByTestId("decision-card").textContent).toContain("No team named On-call");
  });
});

describe("the thread", () => {
  it("shows hostile text as text, whole", () => {
    const text = 'Hi <script>alert(1)</script> <img src=x onerror="alert(2)"> مرحبا';
    render(Thread, { detail: conversation(text) });
    const thread = screen.getByTestId("thread");
    expect(thread.textContent).toContain(text);
    expect(thread.querySelector("script, img")).toBeNull();
  });

  it("marks the words that weighed in the part they are of", () => {
    render(Thread, {
      detail: conversation("I was charged twice"),
      partId: "part-1",
      evidence: [{ text: "charged twice", start: 6, end: 19, weight: 1.2 }],
    });
    const marks = screen.getByTestId("thread").querySelectorAll("mark");
    expect([...marks].map((one) => one.textContent)).toEqual(["charged twice"]);
  });

  it("folds a very long text and shows it whole when asked", async () => {
    const text = "word ".repeat(2_000);
    render(Thread, { detail: conversation(text) });
    const thread = screen.getByTestId("thread");
    expect(thread.textContent?.length).toBeLessThan(3_000);
    await fireEvent.click(screen.getByRole("button", { name: /show all/i }));
    expect(thread.textContent?.length).toBeGreaterThan(9_000);
  });

  it("says what was redacted and which older entries are elsewhere", () => {
    const redacted = conversation("x", { total_parts: 700 });
    const part = redacted.conversation.parts[0];
    if (part) part.redacted = true;
    render(Thread, { detail: redacted });
    expect(screen.getByTestId("thread").textContent).toContain("redacted");
    expect(screen.getByTestId("thread").textContent).toContain("699 older entries");
  });
});
