/**
 * Replies that a person has begun, by conversation. They outlive the suggestion they were written for, going to another
 * conversation, and a change of the view; they are gone when they are sent, discarded, or the page is closed.
 */
import { app } from "$lib/app.svelte";
import type { BucketId, ConversationId, DraftView, SuggestionId } from "$lib/ipc";

/** A draft of the language model that is there. */
export type DraftReply = Extract<DraftView, { state: "reply" }>;

export interface Begun {
  text: string;
  /** The suggestion whose state the person had in front of them. */
  suggestion: SuggestionId;
  /** Who it is to, for the list. */
  name: string;
  /** The bucket it is sent as, where that is not the suggested one. */
  bucket?: BucketId | undefined;
  /** The draft that it began as. */
  draft?: DraftReply | undefined;
}

/** A draft that nobody has changed. */
export function isUntouched(begun: Begun): boolean {
  return begun.text === begun.draft?.text && begun.bucket === undefined;
}

export class Texts {
  #all = $state.raw<ReadonlyMap<string, Begun>>(new Map());

  /** Two workspaces may name a conversation alike. */
  #key(conversation: ConversationId): string {
    return `${app.info?.active_workspace ?? ""} ${conversation}`;
  }

  /** What was begun in a conversation. */
  of(conversation: ConversationId | undefined): Begun | undefined {
    return conversation === undefined ? undefined : this.#all.get(this.#key(conversation));
  }

  keep(conversation: ConversationId, begun: Begun): void {
    this.#all = new Map(this.#all).set(this.#key(conversation), begun);
  }

  drop(conversation: ConversationId): void {
    const left = new Map(this.#all);
    if (left.delete(this.#key(conversation))) this.#all = left;
  }

  /** All of this workspace, the one begun last at the end. */
  list(): { conversation: ConversationId; begun: Begun }[] {
    const own = this.#key("");
    return [...this.#all]
      .filter(([key]) => key.startsWith(own))
      .map(([key, begun]) => ({ conversation: key.slice(own.length), begun }));
  }
}
