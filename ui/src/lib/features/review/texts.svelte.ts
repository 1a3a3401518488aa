/**
 * Replies that a person has begun, by conversation. They outlive the suggestion they were written for, going to another
 * conversation, and a change of the view; they are gone when they are sent, discarded, or erased. What is held here is kept
 * by the core too ({@link Keeper}), so that it outlives the page.
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

/** Whoever keeps what is begun beyond the page. */
export interface Keeper {
  /** What was begun there is another now, or gone. */
  changed(workspace: string, conversation: ConversationId): void;
  /** Keeps all that is not kept yet. */
  flush(): void;
  /** A decision takes it along: keeps it as it stands first. */
  hand(workspace: string, conversation: ConversationId): Promise<void>;
  /** That decision was answered. */
  answered(workspace: string, conversation: ConversationId): void;
}

/** A draft that nobody has changed. */
export function isUntouched(begun: Begun): boolean {
  return begun.text === begun.draft?.text && begun.bucket === undefined;
}

export class Texts {
  #all = $state.raw<ReadonlyMap<string, Begun>>(new Map());
  keeper: Keeper | undefined;

  /** Two workspaces may name a conversation alike. */
  #key(conversation: ConversationId, workspace = this.#workspace): string {
    return `${workspace} ${conversation}`;
  }

  get #workspace(): string {
    return app.info?.active_workspace ?? "";
  }

  /** What was begun in a conversation. */
  of(conversation: ConversationId | undefined): Begun | undefined {
    return conversation === undefined ? undefined : this.#all.get(this.#key(conversation));
  }

  keep(conversation: ConversationId, begun: Begun): void {
    this.put(this.#workspace, conversation, begun);
    this.keeper?.changed(this.#workspace, conversation);
  }

  drop(conversation: ConversationId): void {
    if (!this.of(conversation)) return;
    this.put(this.#workspace, conversation, undefined);
    this.keeper?.changed(this.#workspace, conversation);
  }

  /** Lets a decision take it along; the core sets aside what it keeps. Settles when that is all there is. */
  async handOver(conversation: ConversationId): Promise<void> {
    const kept = this.keeper?.hand(this.#workspace, conversation);
    this.put(this.#workspace, conversation, undefined);
    await kept;
  }

  /** The decision was answered. */
  answered(conversation: ConversationId): void {
    this.keeper?.answered(this.#workspace, conversation);
  }

  /** All of this workspace, the one begun last at the end. */
  list(workspace = this.#workspace): { conversation: ConversationId; begun: Begun }[] {
    const own = this.#key("", workspace);
    return [...this.#all]
      .filter(([key]) => key.startsWith(own))
      .map(([key, begun]) => ({ conversation: key.slice(own.length), begun }));
  }

  /** What was begun in a conversation of any workspace. */
  in(workspace: string, conversation: ConversationId): Begun | undefined {
    return this.#all.get(this.#key(conversation, workspace));
  }

  /** Sets what the page holds, and tells nobody. */
  put(workspace: string, conversation: ConversationId, begun: Begun | undefined): void {
    const all = new Map(this.#all);
    if (begun) all.set(this.#key(conversation, workspace), begun);
    else all.delete(this.#key(conversation, workspace));
    this.#all = all;
  }
}
