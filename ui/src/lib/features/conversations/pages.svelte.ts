/** A long list of conversations, a page at a time, kept current while it is shown. */
import { untrack } from "svelte";
import { onEvent, touches } from "$lib/events";
import {
  backend,
  type CallError,
  type ConversationCursor,
  type ConversationSummary,
  type ListConversations,
} from "$lib/ipc";
import { asCallError } from "$lib/ipc/backend";

const PAGE = 100;
const BURST_MS = 150;

export class Pages {
  rows = $state.raw<ConversationSummary[]>([]);
  total = $state(0);
  open = $state(0);
  loaded = $state(false);
  error = $state.raw<CallError | undefined>(undefined);

  #next: ConversationCursor | null = null;
  #filter: ListConversations = {};
  #serial = 0;
  #busy = false;

  constructor(filter: () => ListConversations) {
    let again: ReturnType<typeof setTimeout> | undefined;
    $effect(() => {
      this.#filter = filter();
      untrack(() => void this.refresh());
    });
    $effect(() => {
      const stop = onEvent((event) => {
        if (!touches(event, ["conversations"])) return;
        clearTimeout(again);
        again = setTimeout(() => void this.refresh(), BURST_MS);
      });
      return () => {
        stop();
        clearTimeout(again);
      };
    });
  }

  /** Fetches again as much as is shown. */
  async refresh(): Promise<void> {
    const limit = Math.min(500, Math.max(PAGE, this.rows.length));
    await this.#fetch({ ...this.#filter, limit }, (rows) => rows);
  }

  /** Fetches the page after the last row. */
  async more(): Promise<void> {
    if (!this.#next || this.#busy) return;
    await this.#fetch({ ...this.#filter, limit: PAGE, before: this.#next }, (rows) => [...this.rows, ...rows]);
  }

  async #fetch(input: ListConversations, join: (rows: ConversationSummary[]) => ConversationSummary[]): Promise<void> {
    const mine = ++this.#serial;
    this.#busy = true;
    try {
      const answer = await backend().call("conversations.list", input);
      if (mine !== this.#serial) return;
      this.rows = join(answer.rows);
      this.#next = answer.next;
      this.total = answer.total;
      this.open = answer.open;
      this.error = undefined;
      this.loaded = true;
    } catch (thrown) {
      if (mine === this.#serial) this.error = asCallError(thrown);
    } finally {
      if (mine === this.#serial) this.#busy = false;
    }
  }
}
