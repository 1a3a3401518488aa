/**
 * The list of deliveries: follows what comes, or stands still and counts what it would show.
 */
import { untrack } from "svelte";
import { onEvent, touches } from "$lib/events";
import { backend, type CallError, type DeliveryList, type DeliveryView, type ListDeliveries } from "$lib/ipc";
import { asCallError } from "$lib/ipc/backend";
import { withNewest, withOlder } from "./rows";

const PAGE = 200;
const BURST_MS = 150;

export class Feed {
  rows = $state.raw<DeliveryView[]>([]);
  counts = $state.raw<DeliveryList["counts"] | undefined>(undefined);
  topics = $state.raw<string[]>([]);
  loaded = $state(false);
  paused = $state(false);
  /** Deliveries that came since the list stands still. */
  waiting = $state(0);
  error = $state.raw<CallError | undefined>(undefined);

  #filter: ListDeliveries = {};
  #next: string | null = null;
  #serial = 0;
  #busy = false;

  /** Make it while a component is set up. */
  constructor(filter: () => ListDeliveries) {
    let again: ReturnType<typeof setTimeout> | undefined;
    $effect(() => {
      this.#filter = filter();
      untrack(() => void this.restart());
    });
    $effect(() => {
      const stop = onEvent((event) => {
        if (!touches(event, ["deliveries"])) return;
        again ??= setTimeout(() => {
          again = undefined;
          void (this.paused ? this.#count() : this.refresh());
        }, BURST_MS);
      });
      return () => {
        stop();
        clearTimeout(again);
      };
    });
  }

  /** Reads the newest page and forgets the rest. */
  async restart(): Promise<void> {
    this.waiting = 0;
    await this.#read(undefined, (answer) => answer.rows);
  }

  /** Reads the newest page again, over what is shown. */
  async refresh(): Promise<void> {
    await this.#read(undefined, (answer) => withNewest(this.rows, answer.rows, answer.next === null));
  }

  /** Reads the page after the last row. */
  async more(): Promise<void> {
    if (!this.#next || this.#busy) return;
    await this.#read(this.#next, (answer) => withOlder(this.rows, answer.rows));
  }

  /** Lets the list stand still. */
  pause(): void {
    this.paused = true;
    this.waiting = 0;
  }

  /** Shows what came meanwhile, and follows again. */
  async resume(): Promise<void> {
    this.paused = false;
    await this.restart();
  }

  /** Reads one row anew where it stands, after something was done with it. */
  put(row: DeliveryView): void {
    this.rows = this.rows.map((one) => (one.delivery_id === row.delivery_id ? row : one));
  }

  async #count(): Promise<void> {
    const newest = this.rows[0]?.delivery_id;
    try {
      const answer = await backend().call("deliveries.newer", {
        ...this.#filter,
        ...(newest ? { after: newest } : {}),
      });
      if (this.paused) this.waiting = answer.number;
    } catch (thrown) {
      this.error = asCallError(thrown);
    }
  }

  async #read(before: string | undefined, join: (answer: DeliveryList) => DeliveryView[]): Promise<void> {
    const mine = ++this.#serial;
    this.#busy = true;
    try {
      const answer = await backend().call("deliveries.list", {
        ...this.#filter,
        limit: PAGE,
        ...(before ? { before } : {}),
      });
      if (mine !== this.#serial) return;
      const kept = this.#next;
      this.rows = join(answer);
      // A refresh of the newest page leaves the end of the list where it was.
      const end = answer.rows.at(-1)?.delivery_id;
      const longer = !before && this.rows.length > answer.rows.length && this.rows.at(-1)?.delivery_id !== end;
      this.#next = longer ? (kept ?? null) : answer.next;
      this.counts = answer.counts;
      this.topics = answer.topics;
      this.error = undefined;
      this.loaded = true;
    } catch (thrown) {
      if (mine === this.#serial) this.error = asCallError(thrown);
    } finally {
      if (mine === this.#serial) this.#busy = false;
    }
  }
}
