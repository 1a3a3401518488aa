/**
 * The one way to the core. Two hosts speak it: the desktop window (`tauri.ts`) and the headless program (`http.ts`).
 */
import type { ApiError, AppEvent, Commands, ErrorCode } from "./types";

/** Whether events arrive. */
export type Link = "connecting" | "connected" | "lost";

/** A refusal of the core, or of the way to it (code `unreachable`). */
export class CallError extends Error {
  constructor(
    readonly code: ErrorCode | "unreachable",
    message: string,
    readonly detail: string | null = null,
  ) {
    super(message);
    this.name = "CallError";
  }
}

/** A host of the core. */
export interface Backend {
  /** Runs a command. Rejects with a {@link CallError}. `isLast` where the page may be gone before the answer. */
  call<K extends keyof Commands>(
    name: K,
    input: Commands[K]["input"],
    isLast?: boolean,
  ): Promise<Commands[K]["answer"]>;
  /** Calls `listener` for every event, and after a break once with the tag `*`. Returns how to stop. */
  subscribe(listener: (event: AppEvent) => void): () => void;
  /** Calls `listener` when the link changes, and at once with how it stands. Returns how to stop. */
  watchLink(listener: (link: Link) => void): () => void;
  /** Opens an address outside of the page. */
  openExternal(url: string): void;
}

/** Whether a value is what the core answers when it refuses. */
export function isApiError(value: unknown): value is ApiError {
  return typeof value === "object" && value !== null && "code" in value && "message" in value;
}

/** Any thrown value as a {@link CallError}. */
export function asCallError(thrown: unknown): CallError {
  if (thrown instanceof CallError) return thrown;
  if (isApiError(thrown)) return new CallError(thrown.code, thrown.message, thrown.detail);
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return new CallError("unreachable", "The program does not answer.", words);
}
