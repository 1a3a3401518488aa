import { fireEvent, render, screen, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";
import { app } from "$lib/app.svelte";
import { shortened } from "$lib/features/insights/edits";
import InsightsView from "$lib/features/insights/InsightsView.svelte";
import { line, top, x, y } from "$lib/features/insights/plot";
import { base64Of } from "$lib/features/settings/base64";
import History from "$lib/features/settings/History.svelte";
import { fromWord, wordOf } from "$lib/features/settings/mapping";
import type { InsightsReport } from "$lib/ipc";
import { forgetAnswers } from "$lib/query.svelte";
import { route } from "$lib/route.svelte";
import { buckets } from "./examples";
import { Recorder } from "./recorder";

const unknown = { low: 0, high: 1 };

function report(more: Partial<InsightsReport> = {}): InsightsReport {
  const figure = <T>(figures: T, learning = false) => ({ headline: "What it says.", learning, figures });
  return {
    decisions: 40,
    enough: 30,
    headline: "40 decisions.",
    buckets: [
      { bucket_id: "billing", name: "Billing" },
      { bucket_id: "gone", name: "gone (removed)" },
    ],
    calibration: figure({
      bins: [
        { above: 0.8, up_to: 0.9, count: 40, right: 30, confidence: 0.85, interval: { low: 0.6, high: 0.86 } },
        { above: 0.9, up_to: 1, count: 0, right: 0, confidence: null, interval: unknown },
      ],
      answers: 40,
      expected_error: 0.1,
      brier: 0.2,
      auroc: null,
    }),
    confusion: figure({
      buckets: ["billing", "gone"],
      cells: [
        { suggested: "billing", decided: "billing", cases: 30 },
        { suggested: "billing", decided: null, cases: 10 },
      ],
    }),
    risk: figure({ points: [{ line: 0.85, count: 40, wrong: 10, coverage: 1, risk: 0.25 }], area: 0.25 }),
    learning_curve: figure({
      windows: [{ from: 0, to: 40, right: 30, interval: { low: 0.6, high: 0.86 } }],
      points: [{ decisions: 40, accuracy: 0.75 }],
    }),
    weeks: figure([
      {
        week: { year: 2026, week: 48 },
        bucket_id: "billing",
        answers: 40,
        approved: 28,
        edited: 2,
        corrected: 0,
        rejected: 10,
        acceptance: 0.7,
        edit: 0.05,
        correction: 0.25,
      },
    ]),
    looks: figure({
      approvals: 28,
      quartiles_ms: { lower: 900, median: 2_400, upper: 6_000 },
      rubber_stamped: 9,
      interval: unknown,
    }),
    mix: figure({ drift: null, buckets: [{ bucket_id: "billing", before: 0, lately: 40 }] }, true),
    ...more,
  };
}

const quiet = {
  "insights.words": () => ({
    vocabulary: { headline: "Needs more.", learning: true, figures: { drift: {}, words: [], before: 0, lately: 0 } },
    proposals: {
      headline: "Some are alike.",
      learning: false,
      figures: [
        { name: "Choir hymn", words: ["choir", "hymn"], messages: 4, examples: ["Sponsor our choir", "A hymn"] },
      ],
    },
  }),
  "insights.edits": () => ({
    headline: "One reply was edited.",
    drafts: null,
    rows: [
      {
        conversation_id: "c-1",
        bucket_id: "billing",
        at: 0,
        pieces: [
          { kind: "kept", text: "We look " },
          { kind: "removed", text: "soon" },
          { kind: "added", text: "today" },
        ],
        was_draft: false,
      },
    ],
  }),
  "directory.get": () => ({ admins: [], teams: [] }),
};

beforeEach(() => {
  forgetAnswers();
  app.buckets = buckets;
  route.go("insights");
});

describe("the insights", () => {
  it("show each figure with its sentence, and as a table", async () => {
    new Recorder({ ...quiet, "insights.get": () => report() });
    render(InsightsView);
    const calibration = await screen.findByTestId("calibration");
    expect(within(calibration).getByRole("img").getAttribute("aria-label")).toContain("What it says.");
    expect(within(calibration).getByText("As a table")).toBeTruthy();
    expect(calibration.querySelectorAll("circle")).toHaveLength(1);
    expect(within(calibration).getByRole("row", { name: /80 % to 90 % 30 40 60 % to 86 %/ })).toBeTruthy();
    for (const id of ["risk", "learning-curve", "looks"])
      expect(screen.getByTestId(id).querySelector("table"), id).toBeTruthy();
    expect(screen.getByTestId("weeks").textContent).toContain("70 %");
    expect(screen.getByTestId("mix").dataset["learning"]).toBe("true");
  });

  it("open the cases of a cell, and a case", async () => {
    const recorder = new Recorder({
      ...quiet,
      "insights.get": () => report(),
      "insights.cases": () => ({
        headline: "Suggested Billing, decided none of these",
        total: 10,
        rows: [
          { suggestion_id: "s", conversation_id: "c-7", contact_name: "Priya", preview: "Hi", confidence: 0.8, at: 0 },
          { suggestion_id: "t", conversation_id: null, contact_name: "?", preview: "", confidence: 0.8, at: 0 },
        ],
      }),
    });
    render(InsightsView);
    await fireEvent.click(
      await screen.findByRole("button", { name: "10 cases: suggested Billing, decided None of these" }),
    );
    const cases = await screen.findAllByTestId("case");
    expect(recorder.of("insights.cases")).toEqual([{ suggested: "billing" }]);
    expect(cases[1]).toHaveProperty("disabled", true);
    await fireEvent.click(cases[0] as HTMLElement);
    expect([route.view, route.id]).toEqual(["conversations", "c-7"]);
  });

  it("say how to begin where nothing was decided", async () => {
    new Recorder({ ...quiet, "insights.get": () => report({ decisions: 0 }) });
    render(InsightsView);
    expect(await screen.findByText("Decide some suggestions first.")).toBeTruthy();
    await fireEvent.click(screen.getByRole("button", { name: "Import history" }));
    expect([route.view, route.id]).toEqual(["settings", "buckets"]);
  });

  it("show what was edited and fill a new bucket with what is proposed", async () => {
    new Recorder({ ...quiet, "insights.get": () => report() });
    render(InsightsView);
    const edit = await screen.findByTestId("edit");
    expect([edit.querySelector("del")?.textContent, edit.querySelector("ins")?.textContent]).toEqual(["soon", "today"]);
    await fireEvent.click(screen.getByRole("button", { name: "Make a bucket of it" }));
    expect(screen.getByLabelText(/^Name/)).toHaveProperty("value", "Choir hymn");
    expect(screen.getByLabelText(/^Example messages · 2/)).toHaveProperty("value", "Sponsor our choir\nA hymn");
  });
});

describe("importing history", () => {
  it("shows what is in a file, asks where labels go, and sends what was chosen", async () => {
    const recorder = new Recorder({
      "history.list": () => ({ rows: [], learning: false }),
      "history.preview": () => ({
        headline: "3 messages with 2 labels in h.csv.",
        messages: 3,
        labels: [
          { label: "billing", messages: 2, proposed: { to: "bucket", bucket_id: "billing" } },
          { label: "x", messages: 1, proposed: { to: "leave_out" } },
        ],
        problems: ["Line 4 has no text."],
      }),
      "history.import": () => ({ import_id: "i", brought: 3, left_out: [] }),
    });
    render(History);
    const file = new File(["text,label\n"], "h.csv");
    await fireEvent.change(screen.getByLabelText("CSV file to import"), { target: { files: [file] } });
    const dialog = await screen.findByTestId("history-dialog");
    expect(dialog.textContent).toContain("Line 4 has no text.");
    expect(dialog.textContent).toContain("2 of 3 chosen");
    await fireEvent.change(within(dialog).getByLabelText("Where x belongs"), { target: { value: "none_of_these" } });
    await fireEvent.click(within(dialog).getByRole("button", { name: "Import" }));
    const source = { kind: "file", name: "h.csv", base64: btoa("text,label\n") };
    expect(recorder.of("history.import")).toEqual([
      {
        source,
        mapping: [
          { label: "billing", target: { to: "bucket", bucket_id: "billing" } },
          { label: "x", target: { to: "none_of_these" } },
        ],
      },
    ]);
  });

  it("keeps every byte of a large file", async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);
    const text = await base64Of(new Blob([bytes]));
    expect(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))).toEqual(bytes);
  });

  it("names a target and reads it back", () => {
    for (const target of [
      { to: "bucket" as const, bucket_id: "none_of_these" },
      { to: "none_of_these" as const },
      { to: "leave_out" as const },
    ])
      expect(fromWord(wordOf(target))).toEqual(target);
  });
});

describe("plots and edits", () => {
  it("put shares where they belong", () => {
    expect([x(0), x(1), y(0), y(1)]).toEqual([54, 350, 180, 10]);
    expect(
      line([
        [0, 0],
        [1, 1],
      ]),
    ).toBe("M54.0 180.0L350.0 10.0");
    expect([0, 0.04, 0.05, 0.3, 0.7].map(top)).toEqual([0.04, 0.04, 0.1, 0.5, 1]);
  });

  it("cut down what was kept and nothing else", () => {
    const long = "word ".repeat(100);
    const cut = shortened([
      { kind: "kept", text: long },
      { kind: "added", text: long },
      { kind: "kept", text: "short" },
    ]);
    expect(cut[0]?.text.length).toBeLessThan(60);
    expect(cut[0]?.text.startsWith("… ")).toBe(true);
    expect([cut[1]?.text, cut[2]?.text]).toEqual([long, "short"]);
  });
});
