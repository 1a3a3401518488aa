import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, describe, expect, it, vi } from "vitest";
import EgressSection from "$lib/features/settings/EgressSection.svelte";
import LanguageModelSection from "$lib/features/settings/LanguageModelSection.svelte";
import type { EgressEntry, EgressList, LanguageModelSettings, LanguageModelView, ModelServiceView } from "$lib/ipc";
import { CallError } from "$lib/ipc/backend";
import { promised, Recorder } from "./recorder";

const service = (id: ModelServiceView["service"], name: string, key: ModelServiceView["key"]): ModelServiceView => ({
  service: id,
  name,
  about: `About ${name}.`,
  key,
  usual_address: id === "open_ai_compatible" ? "" : "https://usual.example.com",
  usual_models: "The usual one.",
});

const settings: LanguageModelSettings = {
  service: "claude",
  address: null,
  first_model: null,
  second_model: { kind: "automatic" },
  role: { kind: "off" },
  drafts: "off",
  masks: true,
  tokens_a_day: 200_000,
  dollars_a_day: null,
  prices: [],
};

function view(more: Partial<LanguageModelView> = {}): LanguageModelView {
  return {
    settings,
    services: [
      service("claude", "Claude", "required"),
      service("open_ai_compatible", "OpenAI-compatible server", "optional"),
      service("ollama", "Ollama", "none"),
    ],
    has_key: false,
    state: "off",
    sentence: "Off: nothing leaves.",
    today: { day: 0, questions: 0, drafts: 0, tokens: 0, sentence: "0 questions, 0 of 200,000 tokens, $0" },
    today_share: 0,
    ...more,
  };
}

const entry = (id: number, more: Partial<EgressEntry> = {}): EgressEntry => ({
  id,
  at: 1_700_000_000_000,
  host: "api.example.com",
  workspace: "Acme",
  why: "To ask a language model.",
  sent_bytes: 2_400,
  received_bytes: 512,
  outcome: "Answered",
  succeeded: true,
  ...more,
});

const ledger = (more: Partial<EgressList> = {}): EgressList => ({
  blocked: false,
  rows: [],
  more: false,
  kept_days: 90,
  ...more,
});

const usage = { "language_model.usage": () => ({ days: [] }) };

afterEach(cleanup);

describe("the language model in settings", () => {
  it("says how it stands, and saves what is chosen", async () => {
    const on = view({ settings: { ...settings, role: { kind: "below", confidence: 0.6 } }, state: "key_missing" });
    const backend = new Recorder({
      ...usage,
      "language_model.get": () => view(),
      "language_model.set": () => on,
    });
    render(LanguageModelSection, { onledger: vi.fn() });
    const status = await screen.findByTestId("model-status");
    expect(status.textContent).toContain("Off: nothing leaves.");
    expect(status.textContent).toContain("0 of 200,000 tokens");
    await fireEvent.click(screen.getByLabelText(/^Second opinion where/));
    await fireEvent.change(screen.getByLabelText("Confidence in percent"), { target: { value: "60" } });
    await fireEvent.click(screen.getByText("Save"));
    await waitFor(() => expect(screen.getByTestId("model-status").dataset["state"]).toBe("key_missing"));
    expect(backend.of("language_model.set")).toEqual([
      { settings: { ...settings, role: { kind: "below", confidence: 0.6 } } },
    ]);
  });

  it("switches drafts on by themselves, and says what leaves then", async () => {
    const backend = new Recorder({
      ...usage,
      "language_model.get": () => view(),
      "language_model.set": () => view({ settings: { ...settings, drafts: "when_asked" }, state: "key_missing" }),
    });
    render(LanguageModelSection, { onledger: vi.fn() });
    await fireEvent.click(await screen.findByLabelText(/^When you ask/));
    expect(document.body.textContent).toMatch(/Then leave: [^]* three\s+articles of your help center/);
    await fireEvent.click(screen.getByText("Save"));
    await waitFor(() => expect(screen.getByTestId("model-status").dataset["state"]).toBe("key_missing"));
    expect(backend.of("language_model.set")).toEqual([{ settings: { ...settings, drafts: "when_asked" } }]);
  });

  it("hands a key over once and shows it nowhere", async () => {
    const backend = new Recorder({
      ...usage,
      "language_model.get": () => view(),
      "language_model.set_key": () => view({ has_key: true }),
    });
    render(LanguageModelSection, { onledger: vi.fn() });
    await fireEvent.input(await screen.findByTestId("model-key"), { target: { value: "sk-secret" } });
    await fireEvent.click(screen.getByText("Save key"));
    await screen.findByRole("button", { name: "Forget the key" });
    expect(backend.of("language_model.set_key")).toEqual([{ key: "sk-secret", session_only: false }]);
    expect(document.body.innerHTML).not.toContain("sk-secret");
    expect(screen.getByTestId("model-key")).toHaveProperty("value", "");
  });

  it("says that it checks, and what was found", async () => {
    const check = promised<unknown>();
    new Recorder({ ...usage, "language_model.get": () => view(), "language_model.check": () => check.promise });
    render(LanguageModelSection, { onledger: vi.fn() });
    await fireEvent.click(await screen.findByRole("button", { name: "Check" }));
    expect(screen.getByRole("button", { name: "Checking" })).toHaveProperty("disabled", true);
    check.give({ works: false, sentence: "The key is not accepted." });
    expect((await screen.findByRole("alert")).textContent).toContain("The key is not accepted.");
  });

  it("puts a refusal beside its field", async () => {
    new Recorder({
      ...usage,
      "language_model.get": () => view(),
      "language_model.set": () => {
        throw new CallError("bad_request", "The address must begin with https://.", "address");
      },
    });
    render(LanguageModelSection, { onledger: vi.fn() });
    const address = await screen.findByTestId("model-address");
    await fireEvent.input(address, { target: { value: "http://models.example" } });
    await fireEvent.click(screen.getByText("Save"));
    await screen.findByText("The address must begin with https://.");
    expect(address.closest("label")?.textContent).toContain("must begin with https://");
  });

  it("asks for no key where the service takes none", async () => {
    const ollama = { ...settings, service: "ollama" as const };
    new Recorder({ ...usage, "language_model.get": () => view({ settings: ollama, state: "budget_spent" }) });
    render(LanguageModelSection, { onledger: vi.fn() });
    const status = await screen.findByTestId("model-status");
    expect(status.textContent).toContain("Budget used up");
    expect(screen.queryByTestId("model-key")).toBeNull();
  });
});

describe("what leaves", () => {
  it("lists each request and says where nothing left", async () => {
    new Recorder({ "egress.list": () => ledger() });
    render(EgressSection);
    expect((await screen.findByTestId("egress-empty")).textContent).toContain("Nothing has left");
    cleanup();
    const failed = entry(2, { outcome: "Answered with HTTP 401", succeeded: false });
    new Recorder({ "egress.list": () => ledger({ rows: [failed, entry(1)] }) });
    render(EgressSection);
    const rows = await screen.findAllByTestId("egress-row");
    expect(rows[0]?.textContent).toContain("HTTP 401");
    expect(rows[1]?.textContent).toContain("api.example.com");
    expect(rows[1]?.textContent).toContain("2.4 kB");
  });

  it("fetches older ones behind those that are shown", async () => {
    const backend = new Recorder({
      "egress.list": (input) =>
        input.before === undefined
          ? ledger({ rows: [entry(9), entry(8)], more: true })
          : ledger({ rows: [entry(7, { host: "older.example.com" })] }),
    });
    render(EgressSection);
    await fireEvent.click(await screen.findByRole("button", { name: "Show older" }));
    await screen.findByText("older.example.com");
    expect(screen.getAllByTestId("egress-row")).toHaveLength(3);
    expect(backend.of("egress.list").at(-1)).toEqual({ before: 8, limit: 100 });
    expect(screen.queryByRole("button", { name: "Show older" })).toBeNull();
  });

  it("blocks everything but Intercom", async () => {
    let blocked = false;
    const backend = new Recorder({
      "egress.list": () => ledger({ blocked }),
      "egress.block": (input) => ledger({ blocked: (blocked = input.blocked) }),
    });
    render(EgressSection);
    await fireEvent.click(await screen.findByRole("switch"));
    await screen.findByText(/On: no language model is asked/);
    expect(backend.of("egress.block")).toEqual([{ blocked: true }]);
  });
});
