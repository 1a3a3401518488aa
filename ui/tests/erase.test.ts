import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import EraseDialog from "$lib/features/contacts/EraseDialog.svelte";
import EraseList from "$lib/features/contacts/EraseList.svelte";
import { app } from "$lib/app.svelte";
import type { ErasureCertificate, ErasurePreview } from "$lib/ipc";
import { CallError } from "$lib/ipc/backend";
import { forgetAnswers } from "$lib/query.svelte";
import { promised, Recorder } from "./recorder";

beforeEach(forgetAnswers);

const preview: ErasurePreview = {
  contact_id: "c1",
  name: "Maria Silva",
  lines: [
    { what: "conversations that were theirs alone, whole", count: 3 },
    { what: "messages and notes", count: 14 },
  ],
  notes: ["This machine only."],
};
const certificate: ErasureCertificate = {
  erasure_id: "0190",
  cause: "person",
  finished_at: 1_790_000_000_000,
  contact_key: "f56b83f2f5e6aaa7",
  erased: preview.lines,
  checks: ["The data file was searched: none is left"],
  not_erased: ["Intercom itself"],
  sha256: "ab12",
  document: "Certificate of erasure\nSHA-256 of the lines above: ab12\n",
  file_name: "erasure-f56b83f2.txt",
};

function dialog(answers: ConstructorParameters<typeof Recorder>[0] = {}) {
  const backend = new Recorder({ "contacts.erase_preview": () => preview, ...answers });
  const onclose = vi.fn();
  render(EraseDialog, { somebody: { id: "c1", name: "Maria Silva" }, onclose });
  return { backend, onclose };
}

describe("erasing a person", () => {
  it("names the person, shows what would go, and erases nothing by being opened or closed", async () => {
    const { backend, onclose } = dialog();
    const counts = await screen.findByTestId("erase-counts");
    expect(counts.textContent).toContain("14");
    expect(screen.getByRole("dialog", { name: "Erase Maria Silva?" }).textContent).toContain("This machine only.");
    screen.getByRole("button", { name: "Keep" }).click();
    expect(onclose).toHaveBeenCalled();
    expect(backend.of("contacts.erase")).toEqual([]);
  });

  it("cannot be confirmed before the counts are there", async () => {
    const counting = promised<ErasurePreview>();
    dialog({ "contacts.erase_preview": () => counting.promise });
    const confirm = screen.getByTestId("erase-confirm");
    expect(confirm).toHaveProperty("disabled", true);
    counting.give(preview);
    await waitFor(() => expect(confirm).toHaveProperty("disabled", false));
  });

  it("erases once and shows the certificate, which can be copied whole", async () => {
    const erasing = promised<ErasureCertificate>();
    const { backend } = dialog({ "contacts.erase": () => erasing.promise });
    await screen.findByTestId("erase-counts");
    await fireEvent.click(screen.getByRole("checkbox"));
    const confirm = screen.getByTestId("erase-confirm");
    await fireEvent.click(confirm);
    expect(confirm).toHaveProperty("disabled", true);
    erasing.give(certificate);
    const shown = await screen.findByTestId("erase-certificate");
    expect(shown.textContent).toContain("none is left");
    expect(shown.textContent).toContain("Intercom itself");
    expect(backend.of("contacts.erase")).toEqual([{ contact_id: "c1", keep_id: true }]);
    const writeText = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve());
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    await fireEvent.click(screen.getByRole("button", { name: /copy certificate/i }));
    expect(writeText).toHaveBeenCalledWith(certificate.document);
    vi.unstubAllGlobals();
  });

  it("says why it did not work, and can be tried again", async () => {
    dialog({
      "contacts.erase": () => {
        throw new CallError("storage", "The disk is full");
      },
    });
    await screen.findByTestId("erase-counts");
    await fireEvent.click(screen.getByTestId("erase-confirm"));
    expect((await screen.findByRole("alert")).textContent).toContain("The disk is full");
    expect(screen.getByTestId("erase-confirm")).toHaveProperty("disabled", false);
  });
});

describe("the list of erasures", () => {
  it("opens a certificate again", async () => {
    app.info = { active_workspace: "w", workspaces: [{ workspace_id: "w" }] } as never;
    new Recorder({ "contacts.list_erasures": () => ({ rows: [certificate] }) });
    render(EraseList);
    const row = await screen.findByTestId("erasures");
    expect(row.textContent).toContain("f56b83f2");
    await fireEvent.click(screen.getByRole("button", { name: "Certificate f56b83f2" }));
    expect(await screen.findByTestId("erase-certificate")).toBeTruthy();
  });
});
