/**
 * Answers of the core that keep themselves current: fetched for an input, and again when an event names a tag of theirs.
 * What is shown stays until the newer answer is there; answers that come out of order are dropped.
 */
import { untrack } from "svelte";
import { onEvent, touches } from "./events";
import { backend, CallError, type Commands } from "./ipc";
import { asCallError } from "./ipc/backend";

type Name = keyof Commands;
type Input<K extends Name> = Commands[K]["input"];
type Answer<K extends Name> = Commands[K]["answer"];

/** Events come in bursts: one fetch serves those within so many milliseconds. */
const BURST_MS = 40;
const KEPT = 200;

const kept = new Map<string, unknown>();

function keep(key: string, answer: unknown): void {
  kept.delete(key);
  kept.set(key, answer);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value ?? "");
}

function keyOf(name: Name, input: unknown): string {
  return `${name} ${JSON.stringify(input)}`;
}

/** Forgets every kept answer, for another workspace or after a break. */
export function forgetAnswers(): void {
  kept.clear();
}

/** Runs a command and keeps its answer for a query of the same input. Errors are left to that query. */
export async function prefetch<K extends Name>(name: K, input: Input<K>): Promise<void> {
  const key = keyOf(name, input);
  if (kept.has(key)) return;
  try {
    keep(key, await backend().call(name, input));
  } catch {
    // Whoever asks for it is told.
  }
}

/** An answer that keeps itself current. Make it while a component is set up. */
export class Query<K extends Name> {
  data = $state.raw<Answer<K> | undefined>(undefined);
  error = $state.raw<CallError | undefined>(undefined);
  loading = $state(false);
  /** The input that `data` answers. */
  answered = $state.raw<Input<K> | undefined>(undefined);

  readonly #name: K;
  #input: Input<K> | null = null;
  #newest = 0;
  #again: ReturnType<typeof setTimeout> | undefined;

  /** `input` may give null: nothing is asked then. */
  constructor(name: K, input: () => Input<K> | null, tags: () => readonly string[]) {
    this.#name = name;
    $effect(() => {
      const next = input();
      untrack(() => this.#ask(next));
    });
    $effect(() => {
      const wanted = tags();
      return onEvent((event) => {
        if (touches(event, wanted)) this.#soon();
      });
    });
    $effect(() => () => clearTimeout(this.#again));
  }

  /** Fetches again now. */
  async refetch(): Promise<void> {
    await this.#fetch();
  }

  #ask(input: Input<K> | null): void {
    this.#input = input;
    if (input === null) {
      this.#newest += 1;
      this.data = undefined;
      this.answered = undefined;
      this.error = undefined;
      this.loading = false;
      return;
    }
    const known = kept.get(keyOf(this.#name, input)) as Answer<K> | undefined;
    if (known !== undefined) {
      this.data = known;
      this.answered = input;
      this.error = undefined;
    }
    void this.#fetch();
  }

  #soon(): void {
    kept.delete(keyOf(this.#name, this.#input));
    this.#again ??= setTimeout(() => {
      this.#again = undefined;
      void this.#fetch();
    }, BURST_MS);
  }

  async #fetch(): Promise<void> {
    const input = this.#input;
    if (input === null) return;
    const mine = ++this.#newest;
    this.loading = true;
    try {
      const answer = await backend().call(this.#name, input);
      if (mine !== this.#newest) return;
      keep(keyOf(this.#name, input), answer);
      this.data = answer;
      this.answered = input;
      this.error = undefined;
    } catch (thrown) {
      if (mine === this.#newest) this.error = asCallError(thrown);
    } finally {
      if (mine === this.#newest) this.loading = false;
    }
  }
}
