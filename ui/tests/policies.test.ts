import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "$lib/app.svelte";
import { receiveEvents } from "$lib/events";
import PoliciesView from "$lib/features/policies/PoliciesView.svelte";
import StopSwitch from "$lib/features/policies/StopSwitch.svelte";
import { path, share, stateWord } from "$lib/features/policies/words";
import DecisionCard from "$lib/features/review/DecisionCard.svelte";
import type { AutomaticView, PolicyList, PolicyView, Simulation } from "$lib/ipc";
import { buckets, detail } from "./examples";
import { Recorder } from "./recorder";

const automatic = (more: Partial<AutomaticView> = {}): AutomaticView => ({
  stopped: false,
  stopped_at: null,
  acting: 0,
  held: 0,
  sentence: "Nothing is automatic: no policy is on.",
  ...more,
});

function policy(more: Partial<PolicyView> = {}): PolicyView {
  return {
    policy: {
      bucket_id: "billing",
      action: "reply",
      line: 0.9,
      automatic: false,
      hold_ms: 600_000,
      daily_cap: 20,
      sample_one_in: 10,
      promise: { error: 0.05, level: 0.95 },
      drift_limit: 0.25,
      vocabulary_limit: 0.1,
    },
    label: "Reply",
    in_plan: true,
    autonomy: { autonomy: "not_given" },
    state: "proven",
    sentence: "Off. Proven: 0 wrong of 80 decided at this line.",
    decided: 80,
    wrong: 0,
    at_most: 0.037,
    samples: 0,
    samples_wrong: 0,
    today: 0,
    shadow: { compared: 0, wrong: 0, all_compared: 0, all_wrong: 0, sentence: "Nothing to compare." },
    ...more,
  };
}

const list = (policies: PolicyView[], more: Partial<PolicyList> = {}): PolicyList => ({
  buckets: [{ bucket_id: "billing", sentence: "Carried out whole or not at all.", policies }],
  decided: 80,
  least_decisions: 30,
  automatic: automatic(),
  ...more,
});

const simulation = (line: number): Simulation => ({
  replay: {
    line,
    decided: 80,
    automatic: line > 0.95 ? 10 : 60,
    wrong: line > 0.95 ? [] : ["s-1"],
    error: 0.02,
    at_most: 0.07,
    days: [{ day: 20_000, decided: 80, automatic: 60 }],
  },
  sentence: `At ${line}`,
  wrong:
    line > 0.95
      ? []
      : [
          {
            suggestion_id: "s-1",
            conversation_id: "c-1",
            contact_name: "Priya Raman",
            confidence: 0.93,
            at: 1_700_000_000_000,
            sentence: "Moved to General",
          },
        ],
  level: 0.95,
});

function answering(policies: PolicyView[], more: Partial<PolicyList> = {}): Recorder {
  const recorder = new Recorder();
  recorder.answers["policies.list"] = () => list(policies, more);
  recorder.answers["policies.simulate"] = (input) => simulation(input.line);
  for (const name of ["policies.set", "policies.give", "policies.withdraw"] as const)
    recorder.answers[name] = () => list(policies, more);
  recorder.answers["policies.curve"] = () => ({
    points: [
      { line: 0.95, automatic: 10, wrong: 0, at_most: 0.2 },
      { line: 0.6, automatic: 60, wrong: 1, at_most: 0.07 },
    ],
    proposed: { line: 0.96, automatic: 10, wrong: 0, at_most: 0.2 },
    sentence: "96 % is the lowest line that keeps the promise.",
  });
  return recorder;
}

beforeEach(() => {
  app.buckets = buckets;
});
afterEach(cleanup);

describe("the page of policies", () => {
  it("asks for each line that the slider comes to, and shows what would have been wrong", async () => {
    const recorder = answering([policy()]);
    render(PoliciesView);
    await waitFor(() => expect(screen.getByTestId("wrong-cases").textContent).toContain("Moved to General"));
    const slider = screen.getByTestId("line-slider");
    for (const line of ["0.92", "0.97"]) await fireEvent.input(slider, { target: { value: line } });
    await waitFor(() => expect(screen.getByTestId("simulation").textContent).toContain("At 0.97"));
    expect(screen.queryByTestId("wrong-cases")).toBeNull();
    const asked = recorder.calls.filter((call) => call.name === "policies.simulate").map((call) => call.input);
    expect(asked).toContainEqual({ bucket_id: "billing", action: "reply", line: 0.92 });
    expect(asked).toContainEqual({ bucket_id: "billing", action: "reply", line: 0.97 });
  });

  it("takes the proposed line, and keeps it only when told to", async () => {
    const recorder = answering([policy()]);
    render(PoliciesView);
    await fireEvent.click(await screen.findByTestId("try-proposed"));
    expect(screen.getByTestId("line-value").textContent).toBe("96 %");
    expect(recorder.calls.some((call) => call.name === "policies.set")).toBe(false);
    await fireEvent.click(screen.getByTestId("use-line"));
    const set = recorder.calls.find((call) => call.name === "policies.set");
    expect(set?.input).toEqual({ bucket_id: "billing", action: "reply", line: 0.96 });
  });

  it("offers to switch on, to stop, and to give back, by the state it is in", async () => {
    const recorder = answering([policy()]);
    const { unmount } = render(PoliciesView);
    await fireEvent.click(await screen.findByTestId("policy-give"));
    expect(recorder.calls.find((call) => call.name === "policies.give")?.input).toEqual({
      bucket_id: "billing",
      action: "reply",
    });
    unmount();
    const on = answering([policy({ state: "given", autonomy: { autonomy: "given", at: 1 } })]);
    const shown = render(PoliciesView);
    await fireEvent.click(await screen.findByTestId("policy-withdraw"));
    expect(on.calls.some((call) => call.name === "policies.withdraw")).toBe(true);
    shown.unmount();
    const why = "Stopped by itself: of the last 3 blind samples 3 were wrong.";
    answering([
      policy({ state: "revoked", autonomy: { autonomy: "revoked", at: 1, why: { why: "person" } }, sentence: why }),
    ]);
    render(PoliciesView);
    expect((await screen.findByTestId("policy-sentence")).textContent).toBe(why);
    expect(screen.getByTestId("policy-give").textContent).toContain("Let it act again");
  });

  it("says so where nothing was decided, and where everything is stopped", async () => {
    answering([policy({ state: "no_decisions" })], {
      decided: 0,
      automatic: automatic({ stopped: true, stopped_at: 1 }),
    });
    render(PoliciesView);
    await screen.findByText("No decisions yet.");
    expect(screen.getByRole("alert").textContent).toContain("Everything automatic is stopped");
  });

  it("keeps limits as they are typed", async () => {
    const recorder = answering([policy()]);
    render(PoliciesView);
    await fireEvent.input(await screen.findByTestId("policy-cap"), { target: { value: "5" } });
    await fireEvent.submit(screen.getByRole("form", { name: "Limits" }));
    expect(recorder.calls.find((call) => call.name === "policies.set")?.input).toEqual({
      bucket_id: "billing",
      action: "reply",
      hold_seconds: 600,
      daily_cap: 5,
      sample_one_in: 10,
      error: 0.05,
      level: 0.95,
    });
  });
});

describe("the switch that stops everything", () => {
  it("stops with one press, and shows that it is stopped", async () => {
    const recorder = new Recorder();
    let stopped = false;
    recorder.answers["automatic.get"] = () => automatic({ stopped });
    recorder.answers["automatic.stop"] = () => {
      stopped = true;
      return automatic({ stopped });
    };
    receiveEvents();
    render(StopSwitch);
    await fireEvent.click(await screen.findByTestId("automatic-stop"));
    expect(recorder.calls.some((call) => call.name === "automatic.stop")).toBe(true);
    recorder.tell("automatic");
    await screen.findByTestId("automatic-stopped");
  });
});

describe("a check on the card", () => {
  it("can only be answered by a bucket", async () => {
    const ondecide = vi.fn();
    const check = detail({
      bucket_id: null,
      confidence: 0,
      probabilities: [],
      plan: { actions: [], gaps: [] },
      nothing: "A check: choose the bucket yourself.",
      mark: { kind: "check", sentence: "Drawn by lot as a check on the policies." },
    });
    new Recorder();
    render(DecisionCard, { detail: check, mode: "bucket", onmode: vi.fn(), ondecide, onwake: vi.fn() });
    expect(screen.getByTestId("policy-line").textContent).toContain("Drawn by lot");
    expect(screen.getByRole("button", { name: /approve/i })).toHaveProperty("disabled", true);
    expect(screen.getByTestId("decision-card").textContent).not.toContain("%");
    await fireEvent.click(screen.getByRole("menuitem", { name: /Billing/ }));
    expect(ondecide).toHaveBeenCalledWith({ kind: "correct", bucket_id: "billing" });
  });
});

describe("words and figures", () => {
  it("has a word for every state, and shares as exact as they are set", () => {
    const states: PolicyView["state"][] = [
      "no_decisions",
      "learning",
      "not_proven",
      "proven",
      "given",
      "given_not_proven",
      "revoked",
    ];
    expect(new Set(states.map((state) => stateWord(policy({ state })))).size).toBe(states.length);
    expect([share(0.925), share(1), share(0.05)]).toEqual(["92.5 %", "100 %", "5 %"]);
    expect(
      path(
        [
          { x: 0, y: 1 },
          { x: 1, y: 0 },
        ],
        100,
        50,
      ),
    ).toBe("M0.0 0.0L100.0 50.0");
  });
});
