import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "$lib/app.svelte";
import DecisionCard from "$lib/features/review/DecisionCard.svelte";
import MacroPicker from "$lib/features/review/MacroPicker.svelte";
import { macrosNamed } from "$lib/features/review/macros";
import type { ArticleView, MacroList, MacroView } from "$lib/ipc";
import { forgetAnswers } from "$lib/query.svelte";
import { buckets, detail } from "./examples";
import { Recorder } from "./recorder";

function article(id: string, title: string): ArticleView {
  const url = `https://help.example/${id}`;
  return { article_id: id, title, url, quotation: `About ${title}.`, insertion: `“About ${title}.”\n${title}: ${url}` };
}
function macro(id: string, name: string, text: string, more: Partial<MacroView> = {}): MacroView {
  return { macro_id: id, name, text, insertion: text, gap: null, ...more };
}
const ARTICLES = [article("1", "Refunds"), article("2", "Invoices")];
const MACROS = [
  macro("1", "Refund is on its way", "It arrives within five days."),
  macro("2", "Greeting", "Hi {{first_name|there}}, we refund it.", { insertion: "Hi Priya, we refund it." }),
  macro("3", "Order", "Order {{order.number}}", {
    gap: { text: "Order {{order.number}}", from: 6, to: 22, sentence: "No." },
  }),
];

let recorder: Recorder;
beforeEach(() => {
  forgetAnswers();
  app.buckets = buckets;
  const list: MacroList = { macros: MACROS, remark: null };
  recorder = new Recorder({
    "macros.list": () => list,
    "replies.preview": (input) => ({
      text: input.text,
      gap: null,
      conversation_id: null,
      customers: [],
      variables: [],
    }),
  });
});

function editor() {
  const made = render(DecisionCard, {
    detail: detail(),
    mode: "edit",
    articles: ARTICLES,
    onmode: vi.fn(),
    ondecide: vi.fn(),
    onwake: vi.fn(),
  });
  const field = screen.getByTestId<HTMLTextAreaElement>("reply-field");
  return { ...made, field };
}

describe("articles on the card", () => {
  it("lists them with a link, and puts quotation and link behind the reply", async () => {
    const { field } = editor();
    const shown = screen.getByTestId("help-articles");
    expect(shown.textContent).toContain("About Refunds.");
    await fireEvent.click(screen.getByRole("button", { name: "Refunds" }));
    expect(recorder.opened).toEqual(["https://help.example/1"]);
    await fireEvent.click(screen.getByRole("button", { name: /Quote\s+Invoices/ }));
    expect(field.value).toBe("We look into it.\n\n“About Invoices.”\nInvoices: https://help.example/2");
  });

  it("offers the next one to the key once one is quoted, and then none", async () => {
    const { component, field } = editor();
    const offered = () => screen.queryByText(/Ctrl/, { selector: "[data-testid=help-articles] *" });
    expect(offered()).not.toBeNull();
    await component.quote();
    await waitFor(() => expect(field.value).toContain("help.example/1"));
    await component.quote();
    await waitFor(() => expect(field.value).toContain("help.example/2"));
    const both = field.value;
    await component.quote();
    expect(field.value).toBe(both);
  });

  it("shows nothing where nothing was found", () => {
    render(DecisionCard, { detail: detail(), mode: "look", onmode: vi.fn(), ondecide: vi.fn(), onwake: vi.fn() });
    expect(screen.queryByTestId("help-articles")).toBeNull();
  });
});

describe("macros", () => {
  it("are found by their names first, then by their words", () => {
    expect(macrosNamed(MACROS, "refund").map((one) => one.macro_id)).toEqual(["1", "2"]);
    expect(macrosNamed(MACROS, "").length).toBe(3);
    expect(macrosNamed(MACROS, "nothing")).toEqual([]);
  });

  it("are chosen by typing, arrows and Enter", async () => {
    const onchoose = vi.fn();
    const onclose = vi.fn();
    render(MacroPicker, { conversation: "c-1", onchoose, onclose });
    await screen.findByText("Greeting");
    expect(recorder.of("macros.list")).toEqual([{ conversation_id: "c-1" }]);
    expect(screen.getByText(/Has to be finished: \{\{order.number\}\}/)).toBeTruthy();
    const field = screen.getByRole("combobox");
    await fireEvent.input(field, { target: { value: "refund" } });
    await fireEvent.keyDown(field, { key: "ArrowDown" });
    await fireEvent.keyDown(field, { key: "ArrowDown" });
    await fireEvent.keyDown(field, { key: "Enter" });
    expect(onclose).toHaveBeenCalled();
    expect(onchoose).toHaveBeenCalledWith(MACROS[1]);
  });

  it("say why there are none", async () => {
    recorder.answers["macros.list"] = () => ({ macros: [], remark: "The macros cannot be read: no permission." });
    render(MacroPicker, { conversation: "c-1", onchoose: vi.fn(), onclose: vi.fn() });
    expect((await screen.findByTestId("macro-remark")).textContent).toContain("no permission");
  });

  it("take the place of a holding reply that nobody touched, and of nothing a person wrote", async () => {
    const { component, field } = editor();
    await component.pickMacro();
    await fireEvent.click(await screen.findByText("Greeting"));
    await waitFor(() => expect(field.value).toBe("Hi Priya, we refund it."));
    await component.pickMacro();
    field.setSelectionRange(0, 0);
    await fireEvent.click(await screen.findByText("Refund is on its way"));
    await waitFor(() => expect(field.value).toBe("It arrives within five days.Hi Priya, we refund it."));
  });
});
