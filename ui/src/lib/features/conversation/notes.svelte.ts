/** Notes that a person has begun, by conversation: they are kept until they are added, or emptied. */
import { app } from "$lib/app.svelte";
import type { ConversationId } from "$lib/ipc";

class Notes {
  #all = $state.raw<ReadonlyMap<string, string>>(new Map());

  /** Two workspaces may name a conversation alike. */
  #key(conversation: ConversationId): string {
    return `${app.info?.active_workspace ?? ""} ${conversation}`;
  }

  of(conversation: ConversationId | undefined): string {
    return conversation === undefined ? "" : (this.#all.get(this.#key(conversation)) ?? "");
  }

  keep(conversation: ConversationId, text: string): void {
    const all = new Map(this.#all);
    if (text === "") all.delete(this.#key(conversation));
    else all.set(this.#key(conversation), text);
    this.#all = all;
  }
}

/** The notes of the page. */
export const notes = new Notes();
