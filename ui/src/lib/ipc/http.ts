/** The core behind HTTP on this machine, with a token. */
import { asCallError, CallError, isApiError, type Backend, type Link } from "./backend";
import { EventParser } from "./sse";
import type { AppEvent } from "./types";

const TOKEN = "countersign-token";
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** What a browser sends for a page that is gone, less some room for others. */
const CARRIED_BYTES = 48 * 1024;

/** Takes the token out of the address, so that it is neither shown nor kept in the history. */
export function takeToken(location: Location, storage: Storage, history: History): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    storage.setItem(TOKEN, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return given ?? storage.getItem(TOKEN);
}

/** Keeps a token that a person typed. */
export function keepToken(storage: Storage, token: string): void {
  storage.setItem(TOKEN, token);
}

/** The backend of the headless program. */
export function httpBackend(token: string, fetcher: typeof fetch = fetch.bind(globalThis)): Backend {
  const headers = { Authorization: `Bearer ${token}` };
  const listeners = new Set<(event: AppEvent) => void>();
  const watchers = new Set<(link: Link) => void>();
  let link: Link = "connecting";
  let stop: AbortController | undefined;

  function become(next: Link): void {
    if (link === next) return;
    link = next;
    for (const watcher of watchers) watcher(next);
  }

  function tell(event: AppEvent): void {
    for (const listener of listeners) listener(event);
  }

  async function read(signal: AbortSignal): Promise<void> {
    const answer = await fetcher("/events", { headers, signal });
    if (!answer.ok || !answer.body) throw new Error(`HTTP ${answer.status}`);
    become("connected");
    // Events of the time before were not heard.
    tell({ workspace: null, tags: ["*"], notice: null });
    const parser = new EventParser();
    const decoder = new TextDecoder();
    const reader = answer.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const data of parser.push(decoder.decode(value, { stream: true }))) tell(JSON.parse(data) as AppEvent);
    }
  }

  async function keepReading(signal: AbortSignal): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        await read(signal);
        pause = FIRST_PAUSE_MS;
      } catch {
        // Told by the link; tried again below.
      }
      if (signal.aborted) return;
      become("lost");
      const wait = pause;
      await new Promise((resume) => setTimeout(resume, wait));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  return {
    async call(name, input, isLast = false) {
      let answer: Response;
      try {
        const body = JSON.stringify(input);
        // The browser carries only short ones to their end.
        const keepalive = isLast && new Blob([body]).size <= CARRIED_BYTES ? { keepalive: true } : {};
        answer = await fetcher(`/rpc/${name}`, { method: "POST", headers, body, ...keepalive });
      } catch (thrown) {
        throw asCallError(thrown);
      }
      const body: unknown = await answer.json().catch(() => null);
      if (answer.ok) return body as never;
      if (isApiError(body)) throw new CallError(body.code, body.message, body.detail);
      throw new CallError("unreachable", `The program answered HTTP ${answer.status}.`);
    },
    subscribe(listener) {
      listeners.add(listener);
      if (!stop) {
        stop = new AbortController();
        void keepReading(stop.signal);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) {
          stop?.abort();
          stop = undefined;
        }
      };
    },
    watchLink(watcher) {
      watchers.add(watcher);
      watcher(link);
      return () => watchers.delete(watcher);
    },
    openExternal(url) {
      window.open(url, "_blank", "noopener,noreferrer");
    },
  };
}
