/** What the review screen holds: what is selected, what is being done with it, and what was decided last. */
import {
  backend,
  type BucketId,
  type DecisionView,
  type DraftId,
  type DraftView,
  type QueueRow,
  type SuggestionDetail,
  type SuggestionId,
  type Verdict,
} from "$lib/ipc";
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
  /** What is edited is the draft of the language model, and not the bucket's reply. */
  drafted = $state(false);
  /** The suggestion whose draft is to be opened as soon as it is there. */
  #wanted: SuggestionId | undefined = undefined;
  /** How it stood with a draft when one was asked for: the same again is no answer. */
  #stood = "";
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
    if (this.drafted && this.mode === "edit") {
      // It answers what the conversation was before.
      this.mode = "look";
      toasts.show("info", "The draft was dropped: the conversation has moved on.");
    }
    if (!successor) this.mode = "look";
  }

  /** Goes over to something else. */
  enter(mode: Mode): void {
    this.target = undefined;
    this.drafted = false;
    this.mode = mode;
  }

  /** Edits the reply of the suggested bucket, or of another one. */
  edit(bucket?: BucketId): void {
    this.target = bucket;
    this.drafted = false;
    this.mode = "edit";
  }

  /** Opens the draft to be changed and signed, or asks for one. */
  async draft(detail: SuggestionDetail): Promise<void> {
    const draft = detail.draft;
    if (!draft) return;
    if (draft.state === "off") toasts.show("info", draft.sentence);
    else if (draft.state === "reply" && !draft.is_outdated) this.openDraft();
    else if (draft.state !== "asked") await this.askForDraft(detail);
  }

  /** Edits the draft. */
  openDraft(): void {
    this.#wanted = undefined;
    this.target = undefined;
    this.drafted = true;
    this.mode = "edit";
  }

  /** Asks for a draft, to be opened when it is there and nothing else is begun meanwhile. */
  async askForDraft({ suggestion_id: id, draft }: SuggestionDetail): Promise<void> {
    this.#wanted = id;
    this.#stood = JSON.stringify(draft);
    this.spoken = "The language model is drafting a reply.";
    try {
      await backend().call("drafts.ask", { suggestion_id: id });
    } catch (thrown) {
      this.#wanted = undefined;
      this.spoken = asCallError(thrown).message;
      toasts.show("problem", this.spoken);
    }
  }

  /** Gives up the draft that is being written. */
  async giveUpDraft(id: SuggestionId): Promise<void> {
    this.#wanted = undefined;
    try {
      await backend().call("drafts.give_up", { suggestion_id: id });
      this.spoken = "The draft was given up.";
    } catch (thrown) {
      toasts.show("problem", asCallError(thrown).message);
    }
  }

  /** What came of the question that a person asked. */
  draftCame(id: SuggestionId, draft: DraftView): void {
    if (this.#wanted !== id || draft.state === "asked" || JSON.stringify(draft) === this.#stood) return;
    this.#wanted = undefined;
    if (draft.state === "ready") return;
    if (draft.state !== "reply") this.spoken = draft.sentence;
    else if (this.mode === "look") {
      this.openDraft();
      this.spoken = `The draft is open. ${draft.sentence}`;
    } else this.spoken = "The draft is ready.";
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
  async decide(rows: readonly QueueRow[], id: SuggestionId, verdict: Verdict, draft?: DraftId): Promise<void> {
    if (this.gone.has(id)) return;
    const place = rows.findIndex((row) => row.suggestion_id === id);
    const next = rows[place + 1] ?? rows[place - 1];
    this.#touched = true;
    this.mode = "look";
    this.gone = new Set([...this.gone, id]);
    if (this.selected === id) this.selected = next?.suggestion_id;
    this.#deciding = this.#ask(id, verdict, this.looking.took(id), draft);
    await this.#deciding;
  }

  async #ask(
    id: SuggestionId,
    verdict: Verdict,
    looked: number | undefined,
    draft: DraftId | undefined,
  ): Promise<void> {
    try {
      const decision = await backend().call("suggestions.decide", {
        suggestion_id: id,
        decision: verdict,
        ...(looked === undefined ? {} : { looked_ms: looked }),
        ...(draft === undefined ? {} : { draft_id: draft }),
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
