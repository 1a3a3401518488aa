/** Made-up answers of the core. */
import type {
  Bucket,
  BucketView,
  Conversation,
  ConversationDetail,
  DecisionView,
  QueueRow,
  SuggestionDetail,
} from "$lib/ipc";

export function bucket(id: string, name: string, position: number, more: Partial<Bucket> = {}): BucketView {
  const made: Bucket = {
    id,
    name,
    description: "",
    tone: "blue",
    team_id: null,
    team_name: name,
    reply: "We look into it.",
    closes: false,
    examples: ["One", "Two"],
    position,
    ...more,
  };
  return { bucket: made, team: name, team_id: "7", problem: null, plan_summary: `Assign to ${name}, reply` };
}

export const buckets = [
  bucket("urgent", "Urgent", 0, { tone: "red" }),
  bucket("billing", "Billing", 1, { tone: "amber" }),
  bucket("general", "General", 2),
];

export function row(id: string, more: Partial<QueueRow> = {}): QueueRow {
  return {
    suggestion_id: id,
    conversation_id: `c-${id}`,
    contact_name: "Priya Raman",
    subject: null,
    preview: "Nobody can log in",
    channel: "chat",
    message_at: 1_700_000_000_000,
    bucket_id: "urgent",
    confidence: 0.94,
    learning: false,
    plan_summary: "Assign to On-call, reply",
    state: { state: "pending" },
    mark: null,
    ...more,
  };
}

export function conversation(text: string, more: Partial<Conversation> = {}): ConversationDetail {
  const made: Conversation = {
    id: "c-1",
    subject: "Charged twice",
    channel: "email",
    status: "open",
    admin_assignee: null,
    team_assignee: null,
    contact_ids: ["p"],
    tags: [],
    priority: null,
    created_at: 1_700_000_000_000,
    updated_at: 1_700_000_000_000,
    waiting_since: null,
    snoozed_until: null,
    total_parts: 1,
    parts: [
      {
        id: "part-1",
        kind: "source",
        author: { kind: "contact", id: "p", name: "Priya Raman", email: null },
        text,
        attachments: [],
        assigned_to: null,
        created_at: 1_700_000_000_000,
        redacted: false,
      },
    ],
    ...more,
  };
  return {
    conversation: made,
    contact: null,
    contact_name: "Priya Raman",
    assigned_to: null,
    web_url: null,
    open_suggestion: "s-1",
    decisions: [],
  };
}

export function detail(more: Partial<SuggestionDetail> = {}): SuggestionDetail {
  return {
    suggestion_id: "s-1",
    part_id: "part-1",
    bucket_id: "billing",
    confidence: 0.94,
    probabilities: [
      { bucket_id: "billing", probability: 0.94 },
      { bucket_id: "general", probability: 0.06 },
    ],
    evidence: [],
    nothing: null,
    plan: {
      actions: [
        { kind: "assign", assignee: { kind: "team", id: "7", name: "Billing" } },
        { kind: "reply", body: "We look into it." },
      ],
      gaps: [],
    },
    plans: [],
    state: { state: "pending" },
    moved: null,
    moved_at: null,
    created_at: 1_700_000_000_000,
    record: {
      decisions: 50,
      similar: 40,
      agreed: 38,
      low: 0.84,
      high: 0.99,
      learning: false,
      sentence: "Right 38 of your last 40 at this level, 84 to 99 in 100",
    },
    second_opinion: null,
    draft: null,
    mark: null,
    decision: null,
    conversation: conversation("I was charged twice"),
    earlier: [],
    ...more,
  };
}

export function decision(id: string, more: Partial<DecisionView> = {}): DecisionView {
  return {
    decision_id: id,
    suggestion_id: "a",
    conversation_id: "c-a",
    contact_name: "Priya Raman",
    kind: "approved",
    decided_by: "person",
    sentence: "Approved: Assign to On-call, reply",
    bucket_id: "urgent",
    at: 0,
    undo_until: 5_000,
    undone_at: null,
    actions: [],
    needs_attention: false,
    ...more,
  };
}
