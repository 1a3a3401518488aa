import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";
import TunnelSection from "$lib/features/settings/TunnelSection.svelte";
import type { TunnelProviders, TunnelView } from "$lib/ipc";
import { CallError } from "$lib/ipc/backend";
import { Recorder } from "./recorder";

const NEW = "https://new.example.com/webhooks/intercom";
const OLD = "https://old.example.com/webhooks/intercom";

const providers: TunnelProviders = {
  providers: [
    {
      id: "own_url",
      name: "My own URL",
      about: "Nothing is started.",
      stability: "stable",
      stability_note: "The address stays.",
      install: null,
      fields: [
        {
          key: "public_url",
          label: "Public URL",
          hint: "The https address.",
          kind: "url",
          optional: false,
          example: "https://hooks.example.com",
        },
      ],
    },
    {
      id: "cloudflared_quick",
      name: "Quick tunnel",
      about: "No account.",
      stability: "changes",
      stability_note: "The address is another one after each start.",
      install: "The program cloudflared is not on this machine.",
      fields: [],
    },
  ],
  why_stable: "It is entered once.",
  logins: "Each keeps its own.",
};

function view(more: Partial<TunnelView> = {}): TunnelView {
  return {
    choice: null,
    on: false,
    state: { state: "off" },
    sentence: "The tunnel is off",
    advice: null,
    webhook_url: null,
    change: null,
    ...more,
  };
}

const up = view({
  choice: { provider: "own_url", options: { public_url: "https://new.example.com" } },
  on: true,
  state: { state: "up", url: "https://new.example.com", since: 1_700_000_000_000, reached_at: null, failures: 0 },
  sentence: "The tunnel is up, and the listener is reached through it",
  webhook_url: NEW,
});

afterEach(cleanup);

describe("the tunnel in settings", () => {
  it("shows a changed address with the old and the new one until the person says it is entered", async () => {
    const changed = { ...up, change: { old: OLD, new: NEW, sentence: "The tunnel's address has changed." } };
    const backend = new Recorder({
      "tunnel.get": () => changed,
      "tunnel.providers": () => providers,
      "tunnel.acknowledge_url": () => up,
    });
    render(TunnelSection);
    const notice = await screen.findByRole("alert");
    expect(notice.textContent).toContain("The tunnel's address has changed");
    expect((screen.getByLabelText(/^Old endpoint URL/) as HTMLInputElement).value).toBe(OLD);
    expect((screen.getByLabelText(/^New endpoint URL/) as HTMLInputElement).value).toBe(NEW);
    await fireEvent.click(screen.getByRole("button", { name: "I have changed it in Intercom" }));
    await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
    expect(backend.of("tunnel.acknowledge_url")).toEqual([{ url: NEW }]);
    expect((screen.getByLabelText(/^Endpoint URL/) as HTMLInputElement).value).toBe(NEW);
  });

  it("asks for what the chosen way wants and puts a refusal beside its field", async () => {
    const backend = new Recorder({
      "tunnel.get": () => view(),
      "tunnel.providers": () => providers,
      "tunnel.set": () => {
        throw new CallError("bad_request", "The address must start with https://.", "public_url");
      },
    });
    render(TunnelSection);
    await fireEvent.click(await screen.findByRole("radio", { name: /My own URL/ }));
    const field = screen.getByTestId("tunnel-public_url");
    await fireEvent.input(field, { target: { value: "http://new.example.com" } });
    await fireEvent.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByText("The address must start with https://.");
    expect(field.closest("label")?.textContent).toContain("The address must start with https://.");
    expect(backend.of("tunnel.set")).toEqual([
      { provider: "own_url", options: { public_url: "http://new.example.com" } },
    ]);
  });

  it("says how to install a program that is missing, and that an address will change", async () => {
    new Recorder({ "tunnel.get": () => view(), "tunnel.providers": () => providers });
    render(TunnelSection);
    await fireEvent.click(await screen.findByRole("radio", { name: /Quick tunnel/ }));
    expect(screen.getByText("The program cloudflared is not on this machine.")).toBeTruthy();
    expect(screen.getByText("The address is another one after each start.")).toBeTruthy();
  });

  it("starts and stops", async () => {
    const chosen = { ...up, on: false, state: { state: "off" as const }, webhook_url: null };
    const backend = new Recorder({
      "tunnel.get": () => chosen,
      "tunnel.providers": () => providers,
      "tunnel.start": () => up,
      "tunnel.stop": () => chosen,
    });
    render(TunnelSection);
    await fireEvent.click(await screen.findByRole("button", { name: "Start" }));
    await fireEvent.click(await screen.findByRole("button", { name: "Stop" }));
    await screen.findByRole("button", { name: "Start" });
    expect([backend.of("tunnel.start"), backend.of("tunnel.stop")]).toEqual([[{}], [{}]]);
  });
});
