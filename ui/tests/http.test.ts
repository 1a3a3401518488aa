import { afterEach, describe, expect, it, vi } from "vitest";
import { httpBackend, takeToken } from "$lib/ipc/http";
import { promised } from "./recorder";

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

afterEach(() => vi.useRealTimers());

describe("the backend over HTTP", () => {
  it("sends the command with the token and the input", async () => {
    const fetcher = vi.fn(async () => json({ rows: [] }));
    await httpBackend("T", fetcher as never).call("decisions.list", { limit: 3 });
    expect(fetcher).toHaveBeenCalledWith(
      "/rpc/decisions.list",
      expect.objectContaining({ method: "POST", headers: { Authorization: "Bearer T" }, body: '{"limit":3}' }),
    );
  });

  it("has the browser carry what is last to its end, unless that is too long for it", async () => {
    const fetcher = vi.fn<(url: string, how: RequestInit) => Promise<Response>>(async () => json({ changed_at: 1 }));
    const call = (text: string, isLast: boolean) =>
      httpBackend("T", fetcher as never).call(
        "begun_replies.keep",
        { conversation_id: "c", suggestion_id: "s", text },
        isLast,
      );
    for (const [text, isLast] of [
      ["x", true],
      ["x", false],
      ["x".repeat(60_000), true],
    ] as const)
      await call(text, isLast);
    expect(fetcher.mock.calls.map(([, how]) => how.keepalive)).toEqual([true, undefined, undefined]);
  });

  it("gives the core's refusal with its code and words", async () => {
    const refusal = { code: "moved", message: "Not done: Ana closed it.", detail: null };
    const call = httpBackend("T", (async () => json(refusal, 409)) as never).call("health.get", {});
    await expect(call).rejects.toMatchObject({ code: "moved", message: "Not done: Ana closed it." });
  });

  it("says that the program does not answer when it does not", async () => {
    const call = httpBackend("T", (async () => Promise.reject(new TypeError("refused"))) as never).call(
      "health.get",
      {},
    );
    await expect(call).rejects.toMatchObject({ code: "unreachable" });
    const odd = httpBackend("T", (async () => new Response("<html>", { status: 502 })) as never).call("health.get", {});
    await expect(odd).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("502") });
  });

  it("reads events, and after a break asks for everything again", async () => {
    vi.useFakeTimers();
    const streams = [promised<Response>(), promised<Response>(), promised<Response>()];
    let next = 0;
    const backend = httpBackend("T", (async () => streams[next++]?.promise) as never);
    const heard: string[][] = [];
    const links: string[] = [];
    backend.watchLink((link) => links.push(link));
    const stop = backend.subscribe((event) => heard.push(event.tags));
    streams[0]?.give(new Response('data: {"workspace":null,"tags":["health"],"notice":null}\n\n'));
    await vi.waitFor(() => expect(heard).toEqual([["*"], ["health"]]));
    await vi.waitFor(() => expect(links).toEqual(["connecting", "connected", "lost"]));
    await vi.advanceTimersByTimeAsync(600);
    streams[1]?.give(new Response(new ReadableStream()));
    await vi.waitFor(() => expect(heard.at(-1)).toEqual(["*"]));
    expect(links.at(-1)).toBe("connected");
    stop();
  });
});

describe("the token", () => {
  it("is taken out of the address and kept for the session", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    const history = { replaceState: vi.fn() };
    const location = { hash: "#token=secret", pathname: "/", search: "" };
    expect(takeToken(location as never, storage as never, history as never)).toBe("secret");
    expect(history.replaceState).toHaveBeenCalledWith(null, "", "/");
    expect(takeToken({ ...location, hash: "" } as never, storage as never, history as never)).toBe("secret");
  });
});
