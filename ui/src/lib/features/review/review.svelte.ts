/** What the review screen holds: what is selected, what is being done with it, and what was decided last. */
import {
  backend,
  type BucketId,
  type ConversationId,
  type DecisionView,
  type DraftId,
  type QueueRow,
  type SuggestionDetail,
  type SuggestionId,
  type Verdict,
} from "$lib/ipc";
import { asCallError } from "$lib/ipc/backend";
import { notes } from "$lib/features/conversation/notes.svelte";
import { toasts } from "$lib/toasts.svelte";
import { Looking } from "./looking";
import { type Begun, type DraftReply, isUntouched, Texts } from "./texts.svelte";

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
  /** Replies that were begun. */
  readonly texts = new Texts();
  /** The reply that the newest decision took along: it comes back with it. */
  #sent: { id: SuggestionId; conversation: ConversationId; begun: Begun } | undefined = undefined;
  /** The conversation of the selected suggestion, also when its row is gone. */
  #conversation: ConversationId | undefined = undefined;
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
  /** Whether the card says why; in a low window it begins as one line. */
  why = $state(typeof innerHeight === "undefined" || innerHeight >= 720);
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

  /**
   * Keeps the selection on a row that is shown, or on a conversation with a reply that was begun. `before` are the rows
   * shown until now, `all` those of the other tabs too.
   */
  settle(rows: readonly QueueRow[], before: readonly QueueRow[], all: readonly QueueRow[] = rows): void {
    if (!this.#touched) {
      this.selected = rows[0]?.suggestion_id;
      this.#conversation = rows[0]?.conversation_id;
      return;
    }
    const shown = rows.find((row) => row.suggestion_id === this.selected);
    if (shown) {
      this.#awaited = undefined;
      this.#conversation = shown.conversation_id;
      return;
    }
    if (this.selected !== undefined && this.selected === this.#awaited) return;
    // The same conversation with a newer suggestion, else whatever has moved to its place.
    const place = before.findIndex((row) => row.suggestion_id === this.selected);
    const conversation = before[place]?.conversation_id ?? this.#conversation;
    const isNoting = this.mode === "note" && notes.of(conversation) !== "";
    const isBegun = isNoting || this.texts.of(conversation) !== undefined;
    const successor = (isBegun ? all : rows).find((row) => row.conversation_id === conversation);
    // Whoever is writing stays where the text is, also where nothing is suggested any more.
    if (!successor && isBegun) return;
    const next = successor ?? rows[Math.max(0, Math.min(place, rows.length - 1))];
    this.selected = next?.suggestion_id;
    this.#conversation = next?.conversation_id;
    if (!successor) this.mode = "look";
  }

  /** Goes over to something else. */
  enter(mode: Mode): void {
    if (mode !== "edit") this.#leave();
    this.target = undefined;
    this.mode = mode;
    if (mode !== "look") this.#touched = true;
  }

  /** A draft that was only looked at is not begun: the card has it still. */
  #leave(): void {
    // What was written last is kept before anything else is done.
    this.texts.keeper?.flush();
    const begun = this.texts.of(this.#conversation);
    if (this.#conversation === undefined || !begun || begun.suggestion !== this.selected) return;
    if (isUntouched(begun)) this.texts.drop(this.#conversation);
  }

  /** Edits the reply of the suggested bucket, or of another one. */
  edit(bucket?: BucketId): void {
    this.target = bucket;
    this.mode = "edit";
    this.#touched = true;
  }

  /** Opens the draft to be changed and signed, or asks for one. */
  async draft(detail: SuggestionDetail): Promise<void> {
    const draft = detail.draft;
    if (!draft) return;
    if (draft.state === "off") toasts.show("info", draft.sentence);
    else if (draft.state === "reply" && (!draft.is_outdated || this.#isGoneOnWith(detail, draft)))
      this.openDraft(detail, draft);
    else if (draft.state !== "asked") await this.askForDraft(detail);
  }

  /** Whether a person has gone on from a draft: what they made of it stands by itself. */
  #isGoneOnWith({ conversation }: SuggestionDetail, draft: DraftReply): boolean {
    const begun = this.texts.of(conversation.conversation.id);
    return begun?.draft?.draft_id === draft.draft_id && !isUntouched(begun);
  }

  /** Edits the draft. What a person has begun does not give way to it. */
  openDraft(detail: SuggestionDetail, draft: DraftReply): void {
    this.#wanted = undefined;
    const { conversation, contact_name: name } = detail.conversation;
    const begun = this.texts.of(conversation.id);
    if (!begun || isUntouched(begun))
      this.texts.keep(conversation.id, { text: draft.text, suggestion: detail.suggestion_id, name, draft });
    else if (begun.draft?.draft_id !== draft.draft_id)
      toasts.show("info", "This is the reply that you began. Discard it to open the draft.");
    this.edit();
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
  draftCame(detail: SuggestionDetail): void {
    const { draft, suggestion_id: id } = detail;
    if (!draft || this.#wanted !== id || draft.state === "asked" || JSON.stringify(draft) === this.#stood) return;
    this.#wanted = undefined;
    if (draft.state === "ready") return;
    if (draft.state !== "reply") this.spoken = draft.sentence;
    else if (this.mode === "look" && !this.#hasWords(detail)) {
      this.openDraft(detail, draft);
      this.spoken = `The draft is open. ${draft.sentence}`;
    } else this.spoken = "The draft is ready.";
  }

  /** Whether a person has written in the conversation. */
  #hasWords(detail: SuggestionDetail): boolean {
    const begun = this.texts.of(detail.conversation.conversation.id);
    return begun !== undefined && !isUntouched(begun);
  }

  /** Selects the row so many places on. */
  step(rows: readonly QueueRow[], by: number): void {
    const place = rows.findIndex((row) => row.suggestion_id === this.selected);
    const next = rows[Math.max(0, Math.min(rows.length - 1, place + by))];
    if (next) this.select(next.suggestion_id, next.conversation_id);
  }

  select(id: SuggestionId, conversation?: ConversationId): void {
    if (id !== this.selected) this.enter("look");
    this.#touched = true;
    this.selected = id;
    if (conversation !== undefined) this.#conversation = conversation;
  }

  /** Decides: the row leaves at once, and comes back with the reason when the core refuses. */
  async decide(rows: readonly QueueRow[], id: SuggestionId, verdict: Verdict, draft?: DraftId): Promise<void> {
    if (this.gone.has(id)) return;
    const place = rows.findIndex((row) => row.suggestion_id === id);
    const next = rows[place + 1] ?? rows[place - 1];
    const conversation = rows[place]?.conversation_id ?? (this.selected === id ? this.#conversation : undefined);
    const begun = this.texts.of(conversation);
    this.#sent = undefined;
    let handed: Promise<void> | undefined;
    if (conversation !== undefined && begun && verdict.kind !== "snooze") {
      this.#sent = { id, conversation, begun };
      handed = this.texts.handOver(conversation);
    }
    this.#touched = true;
    this.mode = "look";
    this.gone = new Set([...this.gone, id]);
    if (this.selected === id) {
      this.selected = next?.suggestion_id;
      this.#conversation = next?.conversation_id;
    }
    this.#deciding = this.#ask(id, verdict, this.looking.took(id), draft, handed).finally(() => {
      if (handed && conversation !== undefined) this.texts.answered(conversation);
    });
    await this.#deciding;
  }

  async #ask(
    id: SuggestionId,
    verdict: Verdict,
    looked: number | undefined,
    draft: DraftId | undefined,
    handed: Promise<void> | undefined,
  ): Promise<void> {
    try {
      // The decision takes along what is kept: all that was written is kept by then.
      if (handed) await handed;
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
      this.select(id);
      this.#takeBack(id);
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
        this.select(undone.suggestion_id, undone.conversation_id);
        this.#takeBack(undone.suggestion_id);
      }
      this.decided = Math.max(0, this.decided - 1);
      this.spoken = "Taken back";
      toasts.show("success", "Taken back. Nothing was sent.");
    } catch (thrown) {
      toasts.show("problem", asCallError(thrown).message);
    }
  }

  /** Puts the reply that a decision took along back into the editor. */
  #takeBack(id: SuggestionId): void {
    const sent = this.#sent;
    if (sent?.id !== id) return;
    this.#sent = undefined;
    this.#conversation = sent.conversation;
    // What was begun in it since stays.
    if (!this.texts.of(sent.conversation)) this.texts.keep(sent.conversation, sent.begun);
    this.edit(sent.begun.bucket);
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
