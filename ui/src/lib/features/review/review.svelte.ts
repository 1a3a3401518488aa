/** What the review screen holds: what is selected, what is being done with it, and what was decided last. */
import { backend, type BucketId, type DecisionView, type QueueRow, type SuggestionId, type Verdict } from "$lib/ipc";
import { asCallError } from "$lib/ipc/backend";
import { toasts } from "$lib/toasts.svelte";
import { Looking } from "./looking";

/** What the person is in the middle of. */
export type Mode = "look" | "edit" | "bucket" | "snooze" | "reject" | "note";
/** Which rows are shown. */
export type Tab = { kind: "all" } | { kind: "bucket"; id: BucketId | null } | { kind: "snoozed" };

export class Review {
  tab = $state.raw<Tab>({ kind: "all" });
  selected = $state<SuggestionId | undefined>(undefined);
  mode = $state<Mode>("look");
  /** The bucket whose reply is edited, where it is not the suggested one. */
  target = $state<BucketId | undefined>(undefined);
  /** Decided here, and still in the list that was fetched before. */
  gone = $state.raw<ReadonlySet<SuggestionId>>(new Set());
  /** The newest decision, for as long as it can be taken back. */
  last = $state.raw<DecisionView | undefined>(undefined);
  /** For screen readers. */
  spoken = $state("");
  decided = $state(0);
  /** Whether the card says why. */
  why = $state(true);
  /** How long the card has been looked at. */
  readonly looking = new Looking();
  /** The person has chosen a row, or decided; until then the first row is the one. */
  #touched = false;
  /** Taken back, and on its way into the list again. */
  #awaited: SuggestionId | undefined = undefined;
  /** The decision that the core has not answered yet: U pressed now means that one. */
  #deciding: Promise<void> = Promise.resolve();

  /** The rows to show of those fetched. */
  rows(fetched: readonly QueueRow[]): QueueRow[] {
    const tab = this.tab;
    return fetched.filter(
      (row) => !this.gone.has(row.suggestion_id) && (tab.kind !== "bucket" || row.bucket_id === tab.id),
    );
  }

  /** Keeps the selection on a row that is shown. `before` are the rows shown until now. */
  settle(rows: readonly QueueRow[], before: readonly QueueRow[]): void {
    if (!this.#touched) {
      this.selected = rows[0]?.suggestion_id;
      return;
    }
    if (rows.some((row) => row.suggestion_id === this.selected)) {
      this.#awaited = undefined;
      return;
    }
    if (this.selected !== undefined && this.selected === this.#awaited) return;
    // The same conversation with a newer suggestion, else whatever has moved to its place.
    const place = before.findIndex((row) => row.suggestion_id === this.selected);
    const conversation = before[place]?.conversation_id;
    const successor = rows.find((row) => row.conversation_id === conversation);
    const next = successor ?? rows[Math.max(0, Math.min(place, rows.length - 1))];
    this.selected = next?.suggestion_id;
    if (!successor) this.mode = "look";
  }

  /** Goes over to something else. */
  enter(mode: Mode): void {
    this.target = undefined;
    this.mode = mode;
  }

  /** Edits the reply of the suggested bucket, or of another one. */
  edit(bucket?: BucketId): void {
    this.target = bucket;
    this.mode = "edit";
  }

  /** Selects the row so many places on. */
  step(rows: readonly QueueRow[], by: number): void {
    const place = rows.findIndex((row) => row.suggestion_id === this.selected);
    const next = rows[Math.max(0, Math.min(rows.length - 1, place + by))];
    if (next) this.select(next.suggestion_id);
  }

  select(id: SuggestionId): void {
    if (id !== this.selected) this.mode = "look";
    this.#touched = true;
    this.selected = id;
  }

  /** Decides: the row leaves at once, and comes back with the reason when the core refuses. */
  async decide(rows: readonly QueueRow[], id: SuggestionId, verdict: Verdict): Promise<void> {
    if (this.gone.has(id)) return;
    const place = rows.findIndex((row) => row.suggestion_id === id);
    const next = rows[place + 1] ?? rows[place - 1];
    this.#touched = true;
    this.mode = "look";
    this.gone = new Set([...this.gone, id]);
    if (this.selected === id) this.selected = next?.suggestion_id;
    this.#deciding = this.#ask(id, verdict, this.looking.took(id));
    await this.#deciding;
  }

  async #ask(id: SuggestionId, verdict: Verdict, looked: number | undefined): Promise<void> {
    try {
      const decision = await backend().call("suggestions.decide", {
        suggestion_id: id,
        decision: verdict,
        ...(looked === undefined ? {} : { looked_ms: looked }),
      });
      this.last = decision;
      this.decided += 1;
      this.spoken = decision.sentence;
    } catch (thrown) {
      const error = asCallError(thrown);
      this.comeBack(id);
      this.selected = id;
      this.spoken = error.message;
      toasts.show("problem", error.message);
    }
  }

  /** Takes the newest decision back. */
  async undo(): Promise<void> {
    await this.#deciding;
    const last = this.last;
    if (!last || last.undone_at !== null) return;
    this.last = undefined;
    try {
      const undone = await backend().call("decisions.undo", { decision_id: last.decision_id });
      if (undone.suggestion_id) {
        this.comeBack(undone.suggestion_id);
        this.#awaited = undone.suggestion_id;
        this.selected = undone.suggestion_id;
      }
      this.decided = Math.max(0, this.decided - 1);
      this.spoken = "Taken back";
      toasts.show("success", "Taken back. Nothing was sent.");
    } catch (thrown) {
      toasts.show("problem", asCallError(thrown).message);
    }
  }

  /** Shows a suggestion again that was hidden. */
  comeBack(id: SuggestionId): void {
    const gone = new Set(this.gone);
    gone.delete(id);
    this.gone = gone;
  }

  /** Forgets what is hidden once the list no longer holds it. */
  forgetGone(fetched: readonly QueueRow[]): void {
    const left = [...this.gone].filter((id) => fetched.some((row) => row.suggestion_id === id));
    if (left.length !== this.gone.size) this.gone = new Set(left);
  }
}

/** The one review of the page: it outlives the view. */
export const review = new Review();
