/** Chooses the host and holds the one backend of the page. */
import type { Backend } from "./backend";
import { httpBackend, keepToken, takeToken } from "./http";

export { CallError, type Backend, type Link } from "./backend";
export type * from "./types";

let current: Backend | undefined;

/** The backend. Throws when the page was not connected. */
export function backend(): Backend {
  if (!current) throw new Error("The page is not connected to a core");
  return current;
}

/** Uses this backend from here on. */
export function useBackend(next: Backend): void {
  current = next;
}

/** Connects the page to its host. False when a token is needed and none was given. */
export async function connect(): Promise<boolean> {
  if ("__TAURI_INTERNALS__" in window) {
    const { tauriBackend } = await import("./tauri");
    useBackend(tauriBackend());
    return true;
  }
  const token = takeToken(location, sessionStorage, history);
  if (!token) return false;
  useBackend(httpBackend(token));
  return true;
}

/** Connects with a token that a person typed. */
export function connectWith(token: string): void {
  keepToken(sessionStorage, token);
  useBackend(httpBackend(token));
}
