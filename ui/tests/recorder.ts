/** A backend that writes down what it is asked, and answers what a test says. */
import { CallError, type Backend, type Link } from "$lib/ipc/backend";
import { useBackend, type AppEvent, type Commands } from "$lib/ipc";

type Name = keyof Commands;
type Answers = { [K in Name]?: (input: Commands[K]["input"]) => unknown };

export interface Call {
  name: Name;
  input: unknown;
}

export class Recorder implements Backend {
  calls: Call[] = [];
  opened: string[] = [];
  #listeners = new Set<(event: AppEvent) => void>();

  constructor(readonly answers: Answers = {}) {
    useBackend(this);
  }

  async call<K extends Name>(name: K, input: Commands[K]["input"]): Promise<Commands[K]["answer"]> {
    this.calls.push({ name, input });
    const answer = this.answers[name] as ((input: unknown) => unknown) | undefined;
    if (!answer) throw new CallError("internal", `No answer to ${name} in this test`);
    return (await answer(input)) as never;
  }

  subscribe(listener: (event: AppEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watchLink(listener: (link: Link) => void): () => void {
    listener("connected");
    return () => {};
  }

  openExternal(url: string): void {
    this.opened.push(url);
  }

  /** Tells the page of a change. */
  tell(...tags: string[]): void {
    for (const listener of this.#listeners) listener({ workspace: null, tags, notice: null });
  }

  /** The inputs of the calls of a command. */
  of(name: Name): unknown[] {
    return this.calls.filter((call) => call.name === name).map((call) => call.input);
  }
}

/** A promise that a test settles. */
export function promised<T>(): { promise: Promise<T>; give: (value: T) => void; fail: (error: unknown) => void } {
  let give!: (value: T) => void;
  let fail!: (error: unknown) => void;
  const promise = new Promise<T>((resolve, reject) => {
    give = resolve;
    fail = reject;
  });
  return { promise, give, fail };
}
