/** Events of the core, and what to fetch again because of them. */
import { backend, type AppEvent } from "./ipc";

const listeners = new Set<(event: AppEvent) => void>();
let stop: (() => void) | undefined;

/** Begins to receive events. Call once, when the backend is known. Returns how to stop. */
export function receiveEvents(): () => void {
  stop?.();
  stop = backend().subscribe((event) => {
    for (const listener of listeners) listener(event);
  });
  return stop;
}

/** Calls `listener` for every event. Returns how to stop. */
export function onEvent(listener: (event: AppEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether an event names one of the tags. */
export function touches(event: AppEvent, tags: readonly string[]): boolean {
  return event.tags.some((tag) => tag === "*" || tags.includes(tag));
}
