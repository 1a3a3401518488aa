/** What a part without a message says, in words. */
import type { Part } from "$lib/ipc";

const VERBS: Record<string, string> = {
  assignment: "assigned it",
  assign_and_reopen: "assigned and opened it",
  default_assignment: "was assigned by default",
  away_mode_assignment: "was reassigned while away",
  close: "closed it",
  open: "opened it",
  snoozed: "snoozed it",
  unsnoozed: "ended the snooze",
  timer_unsnooze: "woke it from its snooze",
  conversation_rating_changed: "rated the conversation",
  participant_added: "added somebody",
  participant_removed: "removed somebody",
  conversation_tags_updated: "changed the tags",
  conversation_attribute_updated_by_admin: "changed an attribute",
};

/** "Ana Duarte assigned it to Billing". */
export function happened(part: Part): string {
  const who =
    part.author.name?.trim() || part.author.email || (part.author.kind === "contact" ? "The customer" : "Somebody");
  const verb = VERBS[part.kind] ?? part.kind.replaceAll("_", " ");
  return part.assigned_to ? `${who} ${verb} to ${part.assigned_to}` : `${who} ${verb}`;
}
