// Generated from the Rust types by `UPDATE_BINDINGS=1 cargo test -p app bindings`. Do not edit.

/**
 * Input of `tunnel.acknowledge_url`.
 */
export type AcknowledgeUrl = { 
/**
 * The endpoint URL that was entered at Intercom.
 */
url: string, };

/**
 * One call to make on the vendor.
 */
export type ActionId = string;

/**
 * One call to make.
 */
export type ActionKind = { "kind": "assign", 
/**
 * To whom.
 */
assignee: Assignee, } | { "kind": "reply", 
/**
 * Plain text; paragraphs are separated by blank lines.
 */
body: string, } | { "kind": "note", 
/**
 * Plain text.
 */
body: string, } | { "kind": "close" } | { "kind": "open" } | { "kind": "snooze", 
/**
 * Until when.
 */
until: Timestamp, };

/**
 * Where an action is in its life.
 */
export type ActionState = { "state": "held", 
/**
 * When it may be sent.
 */
until: Timestamp, } | { "state": "undone" } | { "state": "sending", 
/**
 * When the lease runs out.
 */
lease_until: Timestamp, 
/**
 * Attempts begun, this one included.
 */
attempts: number, } | { "state": "done", 
/**
 * When.
 */
at: Timestamp, } | { "state": "retry", 
/**
 * When.
 */
at: Timestamp, 
/**
 * Attempts so far.
 */
attempts: number, 
/**
 * What went wrong last.
 */
fault: Fault, } | { "state": "unknown", 
/**
 * When to look.
 */
at: Timestamp, 
/**
 * Attempts so far.
 */
attempts: number, 
/**
 * What went wrong.
 */
fault: Fault, } | { "state": "refused", 
/**
 * Who did what.
 */
movement: Movement, } | { "state": "failed", 
/**
 * What the vendor said.
 */
fault: Fault, };

/**
 * An action with its state in words.
 */
export type ActionView = { 
/**
 * Which.
 */
action_id: ActionId, 
/**
 * Place in the plan, from 0.
 */
step: number, 
/**
 * What is done.
 */
kind: ActionKind, 
/**
 * "Assign to Billing".
 */
sentence: string, 
/**
 * Where it is in its life.
 */
state: ActionState, 
/**
 * What went wrong, or who acted first, and what to do; `None` when all is well.
 */
problem: string | null, };

/**
 * A kind of action without its content: [`ActionKind::word`] as a type. Policies know actions by it only.
 */
export type ActionWord = "assign" | "reply" | "note" | "close" | "open" | "snooze";

/**
 * Answer of `activity.list`.
 */
export type ActivityList = { 
/**
 * Newest first.
 */
rows: Array<ActivityView>, };

/**
 * An entry of the activity log.
 */
export type ActivityView = { 
/**
 * Place in the log; larger is later.
 */
id: number, 
/**
 * When.
 */
at: Timestamp, 
/**
 * What kind, a dotted word: `decision.approved`, `action.done`, `action.failed` …
 */
kind: string, 
/**
 * What happened, in one sentence.
 */
sentence: string, 
/**
 * The conversation.
 */
conversation_id: ConversationId | null, 
/**
 * What to call its customer.
 */
contact_name: string | null, 
/**
 * The suggestion.
 */
suggestion_id: SuggestionId | null, 
/**
 * The decision.
 */
decision_id: DecisionId | null, };

/**
 * Input of `conversations.note`: a note that only the team sees, sent after the undo window.
 */
export type AddNote = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Which.
 */
conversation_id: ConversationId, 
/**
 * Plain text.
 */
body: string, };

/**
 * A teammate.
 */
export type Admin = { 
/**
 * The vendor's id.
 */
id: AdminId, 
/**
 * Name as shown in the inbox.
 */
name: string, 
/**
 * Email; empty for bots.
 */
email: string, 
/**
 * Away from the inbox just now.
 */
away: boolean, 
/**
 * Has a seat in the inbox, so that conversations can be assigned to this teammate.
 */
has_inbox_seat: boolean, };

/**
 * A teammate, the vendor's id.
 */
export type AdminId = string;

/**
 * When an advisor is asked, chosen for each workspace.
 */
export type AdvisorRole = { "kind": "off" } | { "kind": "below", 
/**
 * The local model's confidence, from 0 to 1.
 */
confidence: number, } | { "kind": "always" };

/**
 * A refusal: a code to act on and a sentence for people.
 */
export type ApiError = { 
/**
 * What to act on.
 */
code: ErrorCode, 
/**
 * What happened and what to do, in a sentence or two.
 */
message: string, 
/**
 * More for whoever asks: the vendor's words, the field at fault. Never a secret, never customer text.
 */
detail: string | null, };

/**
 * Something changed. The page fetches again whatever it shows under one of the tags.
 *
 * Tags: `app`, `workspaces`, `suggestions`, `suggestion:<id>`, `conversations`, `conversation:<id>`, `decisions`,
 * `deliveries`, `activity`, `health`, `listener`, `tunnel`, `coverage`, `buckets`, `directory`, `settings`,
 * `language_model`, `egress`, and `*` for everything (sent when events may have been missed).
 */
export type AppEvent = { 
/**
 * The workspace it happened in; `None` when it concerns the program.
 */
workspace: WorkspaceId | null, 
/**
 * What to fetch again.
 */
tags: Array<string>, 
/**
 * Something to tell the person at once.
 */
notice: Notice | null, };

/**
 * Answer of `app.get`: what the page needs before anything else.
 */
export type AppInfo = { 
/**
 * Version of the program.
 */
version: string, 
/**
 * What runs the page.
 */
host: Host, 
/**
 * All workspaces.
 */
workspaces: Array<WorkspaceView>, 
/**
 * The one that commands act on when none is named.
 */
active_workspace: WorkspaceId | null, 
/**
 * The user's choices.
 */
settings: Settings, 
/**
 * The keychain.
 */
keychain: Keychain, 
/**
 * The time of the core, milliseconds since the epoch, to show ages by.
 */
now: Timestamp, };

/**
 * An article of the help center, the vendor's id.
 */
export type ArticleId = string;

/**
 * Answer of `articles.find`.
 */
export type ArticleList = { 
/**
 * The best first, three at most; none where none answers.
 */
articles: Array<ArticleView>, };

/**
 * An article that may answer the customer.
 */
export type ArticleView = { 
/**
 * The helpdesk's id of it.
 */
article_id: ArticleId, 
/**
 * Its heading.
 */
title: string, 
/**
 * Where customers read it.
 */
url: string, 
/**
 * The passage that answers best, as it stands in the article; empty where only the heading does.
 */
quotation: string, 
/**
 * Quotation and link, as they are put into a reply.
 */
insertion: string, };

/**
 * Whom a conversation is given to.
 */
export type Assignee = { "kind": "team", 
/**
 * The vendor's id.
 */
id: TeamId, 
/**
 * Name at the time of planning.
 */
name: string, } | { "kind": "admin", 
/**
 * The vendor's id.
 */
id: AdminId, 
/**
 * Name at the time of planning.
 */
name: string, };

/**
 * A file that came with a part. Only its description is kept; the file stays with the vendor.
 */
export type Attachment = { 
/**
 * File name.
 */
name: string, 
/**
 * MIME type; empty when unknown.
 */
content_type: string, 
/**
 * Size in bytes, when known.
 */
size: number | null, 
/**
 * Where the vendor serves it. Such addresses expire.
 */
url: string, };

/**
 * The author of a part.
 */
export type Author = { 
/**
 * Customer, teammate or bot.
 */
kind: AuthorKind, 
/**
 * The vendor's id; empty when the vendor gave none.
 */
id: string, 
/**
 * Name, when known.
 */
name: string | null, 
/**
 * Email, when known.
 */
email: string | null, };

/**
 * Who wrote or did something.
 */
export type AuthorKind = "contact" | "admin" | "bot";

/**
 * Answer of `automatic.get`, `automatic.stop` and `automatic.start`.
 */
export type AutomaticView = { 
/**
 * Everything automatic is stopped, in every workspace.
 */
stopped: boolean, 
/**
 * Since when.
 */
stopped_at: Timestamp | null, 
/**
 * Policies that act by themselves in this workspace, as far as the switch lets them.
 */
acting: number, 
/**
 * Plans that are held by policies in this workspace.
 */
held: number, 
/**
 * In words.
 */
sentence: string, };

/**
 * Whether a policy may act without a person.
 */
export type Autonomy = { "autonomy": "not_given" } | { "autonomy": "given", 
/**
 * When.
 */
at: Timestamp, } | { "autonomy": "revoked", 
/**
 * When.
 */
at: Timestamp, 
/**
 * Why.
 */
why: Revocation, };

/**
 * How the backfill stands.
 */
export type BackfillState = "running" | "paused" | "waiting" | "finished";

/**
 * Fetching what is older than the first start.
 */
export type BackfillView = { 
/**
 * How it stands.
 */
state: BackfillState, 
/**
 * In words.
 */
sentence: TimedSentence, 
/**
 * Conversations looked at.
 */
done: number, 
/**
 * Conversations in all, when the helpdesk says.
 */
total: number | null, };

/**
 * How it is known that nothing of a time is missing, or that it is not known.
 */
export type BandKind = "listening" | "catch_up" | "backfill" | "gap" | "pending";

/**
 * Answer of `begun_replies.list` and `begun_replies.drop`: the one begun last at the end.
 */
export type BegunReplyList = { 
/**
 * Those that no decision has taken along.
 */
replies: Array<BegunReplyView>, };

/**
 * A reply that was begun.
 */
export type BegunReplyView = { 
/**
 * The conversation.
 */
conversation_id: ConversationId, 
/**
 * What to call the customer.
 */
contact_name: string, 
/**
 * What is written.
 */
text: string, 
/**
 * The suggestion that the person had in front of them.
 */
suggestion_id: SuggestionId, 
/**
 * The bucket that it is to be sent as, where that is not the suggested one.
 */
bucket_id: BucketId | null, 
/**
 * The draft that it began as, while that is kept.
 */
draft: DraftView | null, 
/**
 * When it was changed last.
 */
changed_at: Timestamp, };

/**
 * Input of `egress.block`.
 */
export type BlockEgress = { 
/**
 * Whether everything but the helpdesk is blocked.
 */
blocked: boolean, };

/**
 * What a conversation is about, and what is done then.
 */
export type Bucket = { 
/**
 * Stable key.
 */
id: BucketId, 
/**
 * Name for people.
 */
name: string, 
/**
 * What belongs here, in a sentence or two.
 */
description: string, 
/**
 * Colour.
 */
tone: BucketTone, 
/**
 * The team chosen by the user.
 */
team_id: TeamId | null, 
/**
 * The name to look a team up by while none is chosen; empty for none.
 */
team_name: string, 
/**
 * The holding reply; empty for none.
 */
reply: string, 
/**
 * Close the conversation at the end of the plan.
 */
closes: boolean, 
/**
 * Messages that belong here; the local model starts from them.
 */
examples: Array<string>, 
/**
 * Order in lists, and the number key that picks it (position 0 is key 1).
 */
position: number, };

/**
 * How many pending suggestions a bucket has.
 */
export type BucketCount = { 
/**
 * The bucket; `None` for those with nothing to classify.
 */
bucket_id: BucketId | null, 
/**
 * How many.
 */
pending: number, };

/**
 * How often a bucket was suggested.
 */
export type BucketDrift = { 
/**
 * The bucket.
 */
bucket_id: BucketId, 
/**
 * Suggestions before.
 */
before: number, 
/**
 * Suggestions lately.
 */
lately: number, };

/**
 * A bucket: `urgent`, `billing`, `general`, `spam`, or the team's own key.
 */
export type BucketId = string;

/**
 * Answer of `buckets.list`.
 */
export type BucketList = { 
/**
 * In order; the first is picked by key 1.
 */
buckets: Array<BucketView>, };

/**
 * What a bucket would do with a conversation.
 */
export type BucketPlan = { 
/**
 * The bucket.
 */
bucket_id: BucketId, 
/**
 * Its plan.
 */
plan: Plan, 
/**
 * In a few words.
 */
summary: string, };

/**
 * The policies of a bucket.
 */
export type BucketPolicies = { 
/**
 * The bucket.
 */
bucket_id: BucketId, 
/**
 * What it would take for a plan to be automatic, in words.
 */
sentence: string, 
/**
 * One for each kind of action.
 */
policies: Array<PolicyView>, };

/**
 * A bucket with its probability.
 */
export type BucketProbability = { 
/**
 * The bucket.
 */
bucket_id: BucketId, 
/**
 * 0 to 1.
 */
probability: number, };

/**
 * The colour a bucket is shown in; never the only sign of it.
 */
export type BucketTone = "red" | "amber" | "blue" | "grey" | "green" | "violet" | "teal" | "pink";

/**
 * A bucket with what it resolves to in this workspace.
 */
export type BucketView = { 
/**
 * The bucket.
 */
bucket: Bucket, 
/**
 * The name of the team it assigns to; `None` when it assigns to none, or the team is missing.
 */
team: string | null, 
/**
 * The id of that team, also when it was found by its name: what an editor should start from.
 */
team_id: TeamId | null, 
/**
 * What is wrong with it: "No team is named On-call".
 */
problem: string | null, 
/**
 * Its plan in a few words.
 */
plan_summary: string, };

/**
 * The calibration plot, and its figures.
 */
export type Calibration = { 
/**
 * Answers by confidence, 15 bins of equal width, with Wilson's intervals.
 */
bins: Array<CalibrationBin>, 
/**
 * How many answers.
 */
answers: number, 
/**
 * Expected calibration error, 0 to 1; `None` without answers.
 */
expected_error: number | null, 
/**
 * Brier score, 0 to 1, lower is better; `None` without answers.
 */
brier: number | null, 
/**
 * How well confidence ranks right above wrong, 0.5 (not at all) to 1; `None` unless there are both.
 */
auroc: number | null, };

/**
 * Answers of about the same confidence.
 */
export type CalibrationBin = { 
/**
 * Confidences above this (in the first bin, 0 too)...
 */
above: number, 
/**
 * ...and up to this.
 */
up_to: number, 
/**
 * How many answers.
 */
count: number, 
/**
 * How many of them were right.
 */
right: number, 
/**
 * Their mean confidence; `None` where there are none.
 */
confidence: number | null, 
/**
 * Wilson's interval of the share that is right.
 */
interval: Interval, };

/**
 * Answer of `insights.cases`.
 */
export type CaseList = { 
/**
 * What they have in common: "Suggested Billing, decided General".
 */
headline: string, 
/**
 * Newest first, a hundred at most.
 */
rows: Array<CaseView>, 
/**
 * How many there are.
 */
total: number, };

/**
 * A decided case.
 */
export type CaseView = { 
/**
 * The suggestion.
 */
suggestion_id: SuggestionId, 
/**
 * The conversation; `None` where it is not kept here any more.
 */
conversation_id: ConversationId | null, 
/**
 * What to call the customer.
 */
contact_name: string, 
/**
 * The message in one line; empty once it was erased.
 */
preview: string, 
/**
 * The confidence that was shown.
 */
confidence: number, 
/**
 * When it was decided.
 */
at: Timestamp, };

/**
 * Catching up, as it stands.
 */
export type CatchUpView = { 
/**
 * At work now, or about to be.
 */
running: boolean, 
/**
 * What it does, or how it ended last.
 */
sentence: TimedSentence, 
/**
 * Conversations fetched by the run under way.
 */
fetched: number, 
/**
 * Conversations that the run under way found changed; 0 while none is known.
 */
found: number, 
/**
 * When it begins again by itself.
 */
next_at: Timestamp | null, };

/**
 * A company that a contact belongs to.
 */
export type Company = { 
/**
 * The vendor's id.
 */
id: string, 
/**
 * Name; empty when the vendor gave none.
 */
name: string, 
/**
 * Plan name, when known.
 */
plan: string | null, };

/**
 * How often one bucket was suggested and another decided.
 */
export type ConfusionCount = { 
/**
 * The bucket suggested.
 */
suggested: BucketId, 
/**
 * The bucket decided; `None` for none of these.
 */
decided: BucketId | null, 
/**
 * How often.
 */
cases: number, };

/**
 * What was suggested against what was decided.
 */
export type ConfusionView = { 
/**
 * The rows, and all columns but the last, which is 'none of these'.
 */
buckets: Array<BucketId>, 
/**
 * The cells that are not empty.
 */
cells: Array<ConfusionCount>, };

/**
 * Input of `workspaces.connect`.
 */
export type ConnectWorkspace = { 
/**
 * `us`, `eu`, `au`, or a base URL.
 */
region: string, 
/**
 * The access token.
 */
access_token: string, 
/**
 * The client secret that signs webhooks.
 */
client_secret: string, 
/**
 * The teammate in whose name actions are made.
 */
admin_id: AdminId, 
/**
 * Keep the secrets in memory only, until the program ends.
 */
session_only?: boolean, };

/**
 * A person who writes to the team.
 */
export type Contact = { 
/**
 * The vendor's id.
 */
id: ContactId, 
/**
 * The team's own id for this person.
 */
external_id: string | null, 
/**
 * `user` or `lead`, as the vendor writes it.
 */
role: string, 
/**
 * Name, when known.
 */
name: string | null, 
/**
 * Email, when known.
 */
email: string | null, 
/**
 * Phone, when known.
 */
phone: string | null, 
/**
 * Companies, at most ten.
 */
companies: Array<Company>, 
/**
 * City and country in one line, when known.
 */
location: string | null, 
/**
 * Tag names.
 */
tags: Array<string>, 
/**
 * Custom attributes as text, by name.
 */
attributes: { [key in string]: string }, 
/**
 * When the contact was created.
 */
created_at: Timestamp | null, 
/**
 * When the contact was last seen.
 */
last_seen_at: Timestamp | null, 
/**
 * When the vendor last changed the contact.
 */
updated_at: Timestamp | null, };

/**
 * Answer of `contacts.get`.
 */
export type ContactDetail = { 
/**
 * The contact.
 */
contact: Contact, 
/**
 * Their conversations, newest change first, at most 50.
 */
conversations: Array<ConversationSummary>, };

/**
 * A contact, the vendor's id.
 */
export type ContactId = string;

/**
 * A conversation with everything known of it.
 */
export type Conversation = { 
/**
 * The vendor's id.
 */
id: ConversationId, 
/**
 * Title, or the subject of the first message.
 */
subject: string | null, 
/**
 * How the first message came (`chat`, `email` …), as the vendor writes it.
 */
channel: string, 
/**
 * Open, closed, snoozed.
 */
status: ConversationStatus, 
/**
 * The teammate it is assigned to.
 */
admin_assignee: AdminId | null, 
/**
 * The team it is assigned to.
 */
team_assignee: TeamId | null, 
/**
 * The contacts taking part; the first is the one who wrote first.
 */
contact_ids: Array<ContactId>, 
/**
 * Tag names.
 */
tags: Array<string>, 
/**
 * The vendor's priority word, when it gives one.
 */
priority: string | null, 
/**
 * When it began.
 */
created_at: Timestamp, 
/**
 * When the vendor last changed it.
 */
updated_at: Timestamp, 
/**
 * Since when a customer waits for an answer.
 */
waiting_since: Timestamp | null, 
/**
 * Until when it is snoozed.
 */
snoozed_until: Timestamp | null, 
/**
 * Parts in order of time, the first message first. At most the newest 500 that the vendor lists.
 */
parts: Array<Part>, 
/**
 * How many parts the vendor says there are; more than `parts` when it lists only the newest.
 */
total_parts: number, };

/**
 * Where the next page of conversations starts.
 */
export type ConversationCursor = { 
/**
 * Last change of the last row.
 */
updated_at: Timestamp, 
/**
 * Id of the last row.
 */
conversation_id: ConversationId, };

/**
 * Answer of `conversations.get`.
 */
export type ConversationDetail = { 
/**
 * The conversation with its parts, in order of time. Texts are plain text.
 */
conversation: Conversation, 
/**
 * The contact who wrote first.
 */
contact: Contact | null, 
/**
 * What to call the customer.
 */
contact_name: string, 
/**
 * Whom it is assigned to, in words; `None` when nobody.
 */
assigned_to: string | null, 
/**
 * Where the helpdesk's own inbox shows it.
 */
web_url: string | null, 
/**
 * The suggestion that waits, when one does.
 */
open_suggestion: SuggestionId | null, 
/**
 * Decisions on it, newest first.
 */
decisions: Array<DecisionView>, };

/**
 * A conversation, the vendor's id.
 */
export type ConversationId = string;

/**
 * Answer of `conversations.list`.
 */
export type ConversationList = { 
/**
 * Newest change first.
 */
rows: Array<ConversationSummary>, 
/**
 * Where the next page starts; `None` at the end.
 */
next: ConversationCursor | null, 
/**
 * All that are kept.
 */
total: number, 
/**
 * Of those, open ones.
 */
open: number, };

/**
 * Whether a conversation waits, sleeps or is done.
 */
export type ConversationStatus = "open" | "closed" | "snoozed";

/**
 * A conversation in a list.
 */
export type ConversationSummary = { 
/**
 * Which.
 */
conversation_id: ConversationId, 
/**
 * What to call the customer.
 */
contact_name: string, 
/**
 * Subject or title, when there is one.
 */
subject: string | null, 
/**
 * The newest message, on one line.
 */
preview: string, 
/**
 * Whether a teammate wrote the newest message.
 */
preview_is_ours: boolean, 
/**
 * Open, closed, snoozed.
 */
status: ConversationStatus, 
/**
 * Whom it is assigned to, in words: "Billing", "Ana Duarte in Billing"; `None` when nobody.
 */
assigned_to: string | null, 
/**
 * When it last changed.
 */
updated_at: Timestamp, 
/**
 * When the newest message was written.
 */
last_message_at: Timestamp | null, 
/**
 * The suggestion that waits, when one does.
 */
open_suggestion: SuggestionId | null, 
/**
 * The bucket of the newest suggestion.
 */
bucket_id: BucketId | null, };

/**
 * A stretch of time.
 */
export type CoverageBand = { 
/**
 * Its beginning.
 */
from: Timestamp, 
/**
 * Its end.
 */
until: Timestamp, 
/**
 * How it stands.
 */
kind: BandKind, 
/**
 * The same in words.
 */
sentence: string, };

/**
 * What would be if only answers at or above a line were given.
 */
export type CoveragePoint = { 
/**
 * The line: the lowest confidence that is answered.
 */
line: number, 
/**
 * How many answers are given.
 */
count: number, 
/**
 * How many of those are wrong.
 */
wrong: number, 
/**
 * Share of all answers that is given.
 */
coverage: number, 
/**
 * Share of the given answers that is wrong.
 */
risk: number, };

/**
 * Answer of `coverage.get`: the last fourteen days.
 */
export type CoverageReport = { 
/**
 * Since when nothing is missing.
 */
headline: TimedSentence, 
/**
 * How bad it is when something may be.
 */
severity: Severity, 
/**
 * What is claimed of a covered time, exactly.
 */
claim: string, 
/**
 * Where the bands begin: fourteen days ago, or at the first time that is known of.
 */
from: Timestamp, 
/**
 * Where they end: now.
 */
until: Timestamp, 
/**
 * Stretches of time, in order, without holes.
 */
bands: Array<CoverageBand>, 
/**
 * Catching up.
 */
catch_up: CatchUpView, 
/**
 * The backfill; `None` before the first reading.
 */
backfill: BackfillView | null, 
/**
 * Conversations that could not be read.
 */
unread: Array<UnreadView>, 
/**
 * How often it looks, in words.
 */
rhythm: string, 
/**
 * Minutes between two looks.
 */
every_minutes: number, 
/**
 * What can be chosen for that.
 */
minutes_choices: Array<number>, 
/**
 * Days that the backfill goes back.
 */
backfill_days: number, 
/**
 * What can be chosen for that.
 */
days_choices: Array<DaysChoice>, };

/**
 * One line of the curve.
 */
export type CurvePoint = { 
/**
 * The line.
 */
line: number, 
/**
 * How many would have been automatic.
 */
automatic: number, 
/**
 * How many of those would have been wrong.
 */
wrong: number, 
/**
 * Exact (Clopper-Pearson) upper bound on the error.
 */
at_most: number, };

/**
 * What a line would have done on one day.
 */
export type DayCount = { 
/**
 * The day, counted from 1970-01-01, by the user's clock.
 */
day: number, 
/**
 * How many were decided.
 */
decided: number, 
/**
 * How many of them would have been automatic.
 */
automatic: number, };

/**
 * A number of days, as a choice.
 */
export type DaysChoice = { 
/**
 * How many; 0 for none.
 */
days: number, 
/**
 * In words.
 */
label: string, };

/**
 * Input of `suggestions.decide`.
 */
export type DecideSuggestion = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Which.
 */
suggestion_id: SuggestionId, 
/**
 * The person's answer.
 */
decision: Verdict, 
/**
 * How long the card was open before it, milliseconds; left out where that was not measured.
 */
looked_ms?: number, 
/**
 * The draft that the reply began as, where a language model wrote one.
 */
draft_id?: DraftId, };

/**
 * Who decided.
 */
export type DecidedBy = "person" | "policy";

/**
 * A person's answer.
 */
export type DecisionId = string;

/**
 * The kind of a decision, as recorded.
 */
export type DecisionKind = "approved" | "edited" | "corrected" | "none_of_these" | "rejected" | "snoozed" | "noted";

/**
 * Answer of `decisions.list`.
 */
export type DecisionList = { 
/**
 * Newest first.
 */
rows: Array<DecisionView>, };

/**
 * Input of `decisions.undo`, `actions.retry` and `actions.dismiss`.
 */
export type DecisionRef = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Which.
 */
decision_id: DecisionId, };

/**
 * Which decisions.
 */
export type DecisionScope = "all" | "attention" | "held_by_policies";

/**
 * A decision and what became of its actions.
 */
export type DecisionView = { 
/**
 * Which.
 */
decision_id: DecisionId, 
/**
 * The suggestion answered; `None` for a note given directly.
 */
suggestion_id: SuggestionId | null, 
/**
 * The conversation.
 */
conversation_id: ConversationId, 
/**
 * What to call the customer.
 */
contact_name: string, 
/**
 * What was decided.
 */
kind: DecisionKind, 
/**
 * Who decided.
 */
decided_by: DecidedBy, 
/**
 * "Approved: Assign to Billing, reply".
 */
sentence: string, 
/**
 * The bucket decided on.
 */
bucket_id: BucketId | null, 
/**
 * When.
 */
at: Timestamp, 
/**
 * Until when it can be taken back.
 */
undo_until: Timestamp, 
/**
 * When it was taken back.
 */
undone_at: Timestamp | null, 
/**
 * Its actions in order.
 */
actions: Array<ActionView>, 
/**
 * An action failed or was refused, and nobody has dealt with it.
 */
needs_attention: boolean, };

/**
 * Answer of `deliveries.curl`.
 */
export type DeliveryCurl = { 
/**
 * A command for a shell.
 */
command: string, 
/**
 * What its signature is good for.
 */
note: string, };

/**
 * Answer of `deliveries.get`.
 */
export type DeliveryDetail = { 
/**
 * The delivery.
 */
delivery: DeliveryView, 
/**
 * The body as received; bytes that are no UTF-8 are replaced.
 */
body: string, 
/**
 * The body laid out, every value as it was written; `None` when it is no JSON.
 */
pretty: string | null, 
/**
 * The bytes in hexadecimal, when they are no UTF-8.
 */
hex: string | null, 
/**
 * The body was erased with its conversation.
 */
erased: boolean, };

/**
 * Answer of `deliveries.export`: a piece of the export.
 */
export type DeliveryExport = { 
/**
 * Lines of JSON, one a delivery, personal data masked.
 */
text: string, 
/**
 * How many lines.
 */
lines: number, 
/**
 * Give it as `before` for the next piece; `None` at the end.
 */
next: DeliveryId | null, 
/**
 * What to call the file.
 */
file_name: string, };

/**
 * A webhook notification as received.
 */
export type DeliveryId = string;

/**
 * Answer of `deliveries.list`.
 */
export type DeliveryList = { 
/**
 * Newest first.
 */
rows: Array<DeliveryView>, 
/**
 * Where the next page begins; `None` at the end.
 */
next: DeliveryId | null, 
/**
 * Counts of all.
 */
counts: DeliveryTotals, 
/**
 * Every topic of which one is kept.
 */
topics: Array<string>, };

/**
 * What became of what came in.
 */
export type DeliveryState = "received" | "applied" | "ignored" | "failed" | "refused";

/**
 * How many deliveries of each outcome are kept.
 */
export type DeliveryTotals = { 
/**
 * On disk, waiting.
 */
received: number, 
/**
 * What they named was fetched.
 */
applied: number, 
/**
 * Of topics that are not followed.
 */
ignored: number, 
/**
 * Not understood, or not fetched.
 */
failed: number, 
/**
 * Came again and were recognised.
 */
duplicates: number, 
/**
 * Refused lately, since the program started; the newest are remembered.
 */
refused: number, };

/**
 * A delivery, or a request that was refused.
 */
export type DeliveryView = { 
/**
 * Which.
 */
delivery_id: DeliveryId, 
/**
 * When it came.
 */
received_at: Timestamp, 
/**
 * Its topic; `None` when it could not be read.
 */
topic: string | null, 
/**
 * The helpdesk's id of the notification; some have none.
 */
notification_id: string | null, 
/**
 * When the helpdesk made it.
 */
created_at: Timestamp | null, 
/**
 * Which attempt of the helpdesk's it was.
 */
attempt: number | null, 
/**
 * What became of it.
 */
outcome: DeliveryState, 
/**
 * What the check of its signature said.
 */
signature: SignatureVerdict, 
/**
 * Why it failed, waits or was refused, in words.
 */
reason: string | null, 
/**
 * What it led to, in words.
 */
led_to: string, 
/**
 * The suggestion that was made for it.
 */
suggestion_id: SuggestionId | null, 
/**
 * Bytes of its body; `None` when it was refused before they were counted.
 */
size: number | null, 
/**
 * How often it came again and was recognised.
 */
duplicates: number, 
/**
 * The conversation it named.
 */
conversation_id: ConversationId | null, 
/**
 * Milliseconds from its last byte to our answer; `None` when they were not noted.
 */
answered_after_ms: number | null, 
/**
 * The answer came so late that the helpdesk may put deliveries to us last.
 */
answered_late: boolean, 
/**
 * Milliseconds from arrival to the end of its work; `None` while it waits. After a replay, from the replay.
 */
settled_after_ms: number | null, 
/**
 * How often a person had it taken up again.
 */
replays: number, 
/**
 * When last.
 */
replayed_at: Timestamp | null, 
/**
 * Whether it can be taken up again.
 */
can_replay: boolean, };

/**
 * Everybody that work can be given to.
 */
export type Directory = { 
/**
 * Teammates.
 */
admins: Array<Admin>, 
/**
 * Teams.
 */
teams: Array<Team>, };

/**
 * Input of `workspaces.disconnect`.
 */
export type DisconnectWorkspace = { 
/**
 * Which.
 */
workspace: WorkspaceId, 
/**
 * Delete what is kept of it on this machine too. Cannot be taken back.
 */
erase: boolean, };

/**
 * Input of the `drafts` commands.
 */
export type DraftFor = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * The suggestion that the draft is for.
 */
suggestion_id: SuggestionId, };

/**
 * A draft of a reply.
 */
export type DraftId = string;

/**
 * When reply drafts are asked for, chosen for each workspace.
 */
export type DraftRole = "off" | "when_asked";

/**
 * A place in an article of the help center that a draft rests on.
 */
export type DraftSource = { 
/**
 * The article. Drafts kept by versions before this one do not say which.
 */
article_id: ArticleId | null, 
/**
 * The article's title.
 */
title: string, 
/**
 * Where customers read it; `None` where they cannot.
 */
url: string | null, 
/**
 * What stands there, word for word.
 */
quotation: string, };

/**
 * How a text stands that began as a draft.
 */
export type DraftStanding = { 
/**
 * What to look at, in words.
 */
sentence: string, 
/**
 * Whether the help center says no more what it quotes or links: it cannot be sent.
 */
is_outdated: boolean, 
/**
 * Whether nothing, or not all, of it is borne out by what it rests on.
 */
is_doubtful: boolean, 
/**
 * What it rests on, word for word.
 */
sources: Array<DraftSource>, 
/**
 * The text without the quotations and links that are out of date; `None` where there are none to take out.
 */
without: string | null, };

/**
 * How it stands with a draft for a suggestion.
 */
export type DraftView = { "state": "off", 
/**
 * Why, in words.
 */
sentence: string, } | { "state": "ready" } | { "state": "asked", 
/**
 * Since when.
 */
since: Timestamp, 
/**
 * The same in words.
 */
sentence: string, } | { "state": "reply", 
/**
 * Which: a decision that is taken with it names it.
 */
draft_id: DraftId, 
/**
 * The text with everything put in that is known.
 */
text: string, 
/**
 * Why it cannot be sent as it stands.
 */
gap: ReplyGap | null, 
/**
 * What to look at, in words.
 */
sentence: string, 
/**
 * Whether the help center says no more what it rests on: it cannot be sent.
 */
is_outdated: boolean, 
/**
 * Whether nothing, or not all, of it is borne out by what it rests on.
 */
is_doubtful: boolean, 
/**
 * What it rests on, word for word.
 */
sources: Array<DraftSource>, 
/**
 * The text without the quotations and links that are out of date; `None` where there are none to take out.
 */
without: string | null, 
/**
 * The model, as it calls itself.
 */
model: string, } | { "state": "hand_over", 
/**
 * Why, in words of ours.
 */
sentence: string, 
/**
 * Why, in the model's own words, which are not to be relied on.
 */
reason: string | null, 
/**
 * The model, as it calls itself.
 */
model: string, } | { "state": "none", 
/**
 * Why, in words.
 */
sentence: string, };

/**
 * A change of the mix, and how much of it chance alone would explain.
 */
export type Drift = { 
/**
 * Population stability index: below 0.1 is read as no change, above 0.25 as a large one.
 */
index: number, 
/**
 * What the index would reach by chance once in a thousand times if nothing had changed.
 */
by_chance: number, 
/**
 * How many were counted before.
 */
before: number, 
/**
 * How many were counted lately.
 */
lately: number, };

/**
 * Input of `begun_replies.drop`.
 */
export type DropBegunReply = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * The conversation.
 */
conversation_id: ConversationId, };

/**
 * What became of a stretch of the suggested reply.
 */
export type EditKind = "kept" | "removed" | "added";

/**
 * Answer of `insights.edits`.
 */
export type EditList = { 
/**
 * What they say, in a sentence.
 */
headline: string, 
/**
 * How many drafts of the language model were signed, and of those how many were changed first; `None` where none
 * was.
 */
drafts: string | null, 
/**
 * Newest first, fifty at most.
 */
rows: Array<EditView>, };

/**
 * A stretch of a reply that was edited. All that were kept or removed, in order, are the suggested reply; all that were
 * kept or added are the one that was sent.
 */
export type EditPiece = { 
/**
 * What became of it.
 */
kind: EditKind, 
/**
 * Its text.
 */
text: string, };

/**
 * A reply that was edited.
 */
export type EditView = { 
/**
 * The conversation.
 */
conversation_id: ConversationId, 
/**
 * The bucket whose reply it was.
 */
bucket_id: BucketId | null, 
/**
 * When.
 */
at: Timestamp, 
/**
 * What was kept, taken out and put in.
 */
pieces: Array<EditPiece>, 
/**
 * Whether a language model had drafted it; else it was the bucket's own.
 */
was_draft: boolean, };

/**
 * One request.
 */
export type EgressEntry = { 
/**
 * Its number.
 */
id: number, 
/**
 * When it began.
 */
at: Timestamp, 
/**
 * The host, with the port where it is not the usual one of https.
 */
host: string, 
/**
 * The workspace it was made for, while it is known.
 */
workspace: string | null, 
/**
 * Why, in a sentence.
 */
why: string, 
/**
 * Bytes that were sent.
 */
sent_bytes: number, 
/**
 * Bytes of the answer.
 */
received_bytes: number, 
/**
 * How it ended, in words.
 */
outcome: string, 
/**
 * Whether it brought what it was made for.
 */
succeeded: boolean, };

/**
 * Answer of `egress.list` and `egress.block`.
 */
export type EgressList = { 
/**
 * Whether everything but the helpdesk is blocked.
 */
blocked: boolean, 
/**
 * The entries, the newest first.
 */
rows: Array<EgressEntry>, 
/**
 * Whether there are older ones.
 */
more: boolean, 
/**
 * How many days entries are kept.
 */
kept_days: number, };

/**
 * Input of `contacts.erase`.
 */
export type EraseContact = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Whom.
 */
contact_id: ContactId, 
/**
 * Write the helpdesk's id of the contact into the certificate, instead of its hash alone.
 */
keep_id?: boolean, };

/**
 * Who wanted a person erased.
 */
export type ErasureCause = "helpdesk" | "person";

/**
 * The certificate of an erasure. It names nobody.
 */
export type ErasureCertificate = { 
/**
 * Which.
 */
erasure_id: ErasureId, 
/**
 * Who wanted it.
 */
cause: ErasureCause, 
/**
 * When it ended.
 */
finished_at: Timestamp, 
/**
 * SHA-256 of the salt, a colon and the contact's id.
 */
contact_key: string, 
/**
 * What was erased; what there was none of is left out.
 */
erased: Array<ErasureLine>, 
/**
 * How it was made sure, a sentence each.
 */
checks: Array<string>, 
/**
 * What was not erased, a sentence each.
 */
not_erased: Array<string>, 
/**
 * SHA-256 over the text of the document but its last line.
 */
sha256: string, 
/**
 * The whole as text, to copy or save.
 */
document: string, 
/**
 * A name for a file of it.
 */
file_name: string, };

/**
 * The erasing of a person.
 */
export type ErasureId = string;

/**
 * A number with what it counts.
 */
export type ErasureLine = { 
/**
 * What: "messages and notes".
 */
what: string, 
/**
 * How many.
 */
count: number, };

/**
 * Answer of `contacts.list_erasures`.
 */
export type ErasureList = { 
/**
 * Newest first.
 */
rows: Array<ErasureCertificate>, };

/**
 * Answer of `contacts.erase_preview`.
 */
export type ErasurePreview = { 
/**
 * Whom.
 */
contact_id: ContactId, 
/**
 * What to call this person.
 */
name: string, 
/**
 * What would be erased; what there is none of is left out.
 */
lines: Array<ErasureLine>, 
/**
 * What a person should know before, a sentence each.
 */
notes: Array<string>, };

/**
 * A code exists only where somebody acts on it.
 */
export type ErrorCode = "bad_request" | "unknown_command" | "not_found" | "already_decided" | "moved" | "too_late" | "needs_secret" | "no_keychain" | "vendor" | "storage" | "unauthorized" | "internal";

/**
 * A word or phrase of the classified text, and how much it weighed.
 */
export type Evidence = { 
/**
 * The words as they stand in the text.
 */
text: string, 
/**
 * Start in the text, in UTF-16 code units.
 */
start: number, 
/**
 * End in the text, in UTF-16 code units, exclusive.
 */
end: number, 
/**
 * Positive for the suggested bucket, negative against it.
 */
weight: number, };

/**
 * Answer of `suggestions.explain`: why the local model says what it says of a message, as it is now.
 */
export type Explanation = { 
/**
 * The suggestion.
 */
suggestion_id: SuggestionId, 
/**
 * The bucket that the words speak for or against; `None` where there is nothing to read.
 */
bucket_id: BucketId | null, 
/**
 * Words for it, the weightiest first.
 */
words_for: Array<Evidence>, 
/**
 * Words against it, the weightiest first.
 */
words_against: Array<Evidence>, 
/**
 * What is left of the confidence without the words for it: "Without these words: 12 % instead of 93 %."
 */
without: string | null, 
/**
 * The same as a number, 0 to 1.
 */
without_confidence: number | null, 
/**
 * What would flip it: "Without “refund” it would be General."
 */
flip: string | null, 
/**
 * The model has learned since the suggestion was made, and would now name another bucket.
 */
learned_since: string | null, 
/**
 * The past decisions that the message is most like, three at most.
 */
similar: Array<SimilarDecision>, };

/**
 * Answer of `deliveries.export_file`.
 */
export type ExportedFile = { 
/**
 * Where it is.
 */
path: string, 
/**
 * How many lines.
 */
lines: number, };

/**
 * A fault with what the vendor said.
 */
export type Fault = { 
/**
 * What kind.
 */
kind: FaultKind, 
/**
 * HTTP status, when there was an answer.
 */
status: number | null, 
/**
 * The vendor's error code, when it gave one.
 */
code: string | null, 
/**
 * What happened, for people. Never customer text, never a secret.
 */
message: string, 
/**
 * The vendor's id of the request, to quote to its support.
 */
request_id: string | null, 
/**
 * Milliseconds to wait before the next call, when the vendor said so.
 */
retry_after_ms: number | null, };

/**
 * The kinds of fault that somebody acts on differently.
 */
export type FaultKind = "unauthorized" | "forbidden" | "not_found" | "rate_limited" | "rejected" | "unavailable" | "unreachable" | "no_answer" | "unreadable" | "no_secret";

/**
 * One of the views: what it says in a sentence, and its figures.
 */
export type Figure<T> = { 
/**
 * What it says.
 */
headline: string, 
/**
 * Too few decisions to state a frequency.
 */
learning: boolean, 
/**
 * The figures.
 */
figures: T, };

/**
 * Input of `articles.find`.
 */
export type FindArticles = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * The conversation whose customer is to be answered.
 */
conversation_id: ConversationId, };

/**
 * Input of `contacts.get`.
 */
export type GetContact = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Which.
 */
contact_id: ContactId, };

/**
 * Input of `conversations.get`.
 */
export type GetConversation = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Which.
 */
conversation_id: ConversationId, };

/**
 * Input of commands that take one delivery.
 */
export type GetDelivery = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Which.
 */
delivery_id: DeliveryId, };

/**
 * Input of `contacts.erasure_certificate`.
 */
export type GetErasure = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Which.
 */
erasure_id: ErasureId, };

/**
 * Input of `insights.get`.
 */
export type GetInsights = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * How many minutes the clock on the wall is ahead of UTC, for weeks.
 */
offset_minutes?: number, };

/**
 * Input of `policies.list` and `automatic.get`.
 */
export type GetPolicies = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * How far the lead's clock is ahead of UTC, minutes: caps and figures go by days of it. Kept.
 */
utc_offset_minutes?: number, };

/**
 * Input of `suggestions.get`.
 */
export type GetSuggestion = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Which.
 */
suggestion_id: SuggestionId, };

/**
 * Answer of `health.get`.
 */
export type HealthReport = { 
/**
 * The worst of all.
 */
severity: Severity, 
/**
 * What is wrong, worst first.
 */
problems: Array<Problem>, 
/**
 * Listener.
 */
listener: ListenerHealth, 
/**
 * Deliveries kept.
 */
deliveries: DeliveryTotals, 
/**
 * The subscription to webhooks.
 */
subscription: SubscriptionHealth, 
/**
 * The helpdesk's API.
 */
vendor: VendorHealth, 
/**
 * Outbox.
 */
outbox: OutboxHealth, 
/**
 * Local model.
 */
model: ModelHealth, 
/**
 * Database.
 */
store: StoreHealth, };

/**
 * A label of a history.
 */
export type HistoryLabel = { 
/**
 * The label.
 */
label: string, 
/**
 * How many messages have it.
 */
messages: number, 
/**
 * Where its name says that they go.
 */
proposed: LabelTarget, };

/**
 * Answer of `history.preview`. Nothing is kept.
 */
export type HistoryPreview = { 
/**
 * What was read: "412 messages with 6 labels in history.csv."
 */
headline: string, 
/**
 * Messages that can be used.
 */
messages: number, 
/**
 * Its labels, the most frequent first.
 */
labels: Array<HistoryLabel>, 
/**
 * What was left out and why: the first few, in sentences.
 */
problems: Array<string>, };

/**
 * Where labels come from.
 */
export type HistorySource = { "kind": "file", 
/**
 * Its name.
 */
name: string, 
/**
 * Its bytes, in base64.
 */
base64: string, } | { "kind": "tags" };

/**
 * What runs the page.
 */
export type Host = "desktop" | "headless";

/**
 * Whose workspace an access token opens.
 */
export type Identity = { 
/**
 * The teammate the token acts as.
 */
admin: Admin, 
/**
 * The vendor's id of the workspace, which its webhooks carry as `app_id`.
 */
app_id: string, 
/**
 * The workspace's name.
 */
workspace_name: string, 
/**
 * Region as the vendor writes it (`US`, `EU`, `AU`), empty when unknown.
 */
region: string, 
/**
 * The workspace's time zone, empty when unknown.
 */
timezone: string, };

/**
 * Input of `history.import`.
 */
export type ImportHistory = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Where labels come from.
 */
source: HistorySource, 
/**
 * Where the messages of each label go. A label that is not named is left out.
 */
mapping: Array<LabelMapping>, };

/**
 * The import of a labelled history.
 */
export type ImportId = string;

/**
 * Answer of `history.list` and `history.undo`.
 */
export type ImportList = { 
/**
 * Newest first.
 */
rows: Array<ImportView>, 
/**
 * How far the model is with learning from a history; `None` while it is at none.
 */
learning: LearningView | null, };

/**
 * An import that was made.
 */
export type ImportView = { 
/**
 * Which.
 */
import_id: ImportId, 
/**
 * When.
 */
at: Timestamp, 
/**
 * "412 messages from history.csv".
 */
sentence: string, 
/**
 * Messages of it that the model learns from.
 */
kept: number, 
/**
 * When it was taken back.
 */
undone_at: Timestamp | null, };

/**
 * Answer of `history.import`.
 */
export type ImportedHistory = { 
/**
 * Which, to take it back.
 */
import_id: ImportId, 
/**
 * Messages that it brought.
 */
brought: number, 
/**
 * What was not imported and why, in sentences.
 */
left_out: Array<string>, };

/**
 * Input of commands that take nothing but a workspace.
 */
export type InWorkspace = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, };

/**
 * Answer of `insights.get`. Intervals are at 95 %.
 */
export type InsightsReport = { 
/**
 * Decisions that say whether the suggested bucket was right.
 */
decisions: number, 
/**
 * Decisions from which on frequencies are stated.
 */
enough: number, 
/**
 * What the views rest on, in a sentence.
 */
headline: string, 
/**
 * Names of the buckets mentioned.
 */
buckets: Array<MentionedBucket>, 
/**
 * Whether confidence means what it says.
 */
calibration: Figure<Calibration>, 
/**
 * Which buckets are taken for which.
 */
confusion: Figure<ConfusionView>, 
/**
 * What would be wrong if only the more confident suggestions were given.
 */
risk: Figure<RiskCurve>, 
/**
 * How often suggestions were right as decisions came in.
 */
learning_curve: Figure<LearningCurve>, 
/**
 * What people made of suggestions, by week and bucket; the last twelve weeks with any.
 */
weeks: Figure<Array<WeekRates>>, 
/**
 * How long people looked before they approved.
 */
looks: Figure<Looks>, 
/**
 * How the mix of buckets has moved.
 */
mix: Figure<MixView>, };

/**
 * A range of shares, both ends included.
 */
export type Interval = { 
/**
 * Lower end, 0 to 1.
 */
low: number, 
/**
 * Upper end, 0 to 1.
 */
high: number, };

/**
 * Input of `begun_replies.keep`.
 */
export type KeepBegunReply = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * The conversation.
 */
conversation_id: ConversationId, 
/**
 * What is written.
 */
text: string, 
/**
 * The suggestion that the person had in front of them: what was done since is told by it.
 */
suggestion_id: SuggestionId, 
/**
 * The bucket that it is to be sent as, where that is not the suggested one.
 */
bucket_id?: BucketId, 
/**
 * The draft that it began as.
 */
draft_id?: DraftId, };

/**
 * How long deliveries are kept. Those that wait or have failed stay twice as long.
 */
export type KeepDeliveries = "7_days" | "30_days" | "90_days" | "forever";

/**
 * Answer of `begun_replies.keep`.
 */
export type KeptBegunReply = { 
/**
 * When it was kept.
 */
changed_at: Timestamp, };

/**
 * Whether a service wants a key.
 */
export type KeyNeed = "required" | "optional" | "none";

/**
 * The keychain of the operating system.
 */
export type Keychain = { 
/**
 * Whether secrets can be kept between sessions.
 */
available: boolean, 
/**
 * Why not, in words.
 */
problem: string | null, };

/**
 * A label and where its messages go.
 */
export type LabelMapping = { 
/**
 * The label.
 */
label: string, 
/**
 * Where they go.
 */
target: LabelTarget, };

/**
 * Where the messages of a label go.
 */
export type LabelTarget = { "to": "bucket", 
/**
 * That bucket.
 */
bucket_id: BucketId, } | { "to": "none_of_these" } | { "to": "leave_out" };

/**
 * What a person sets for a workspace. Holds no key.
 */
export type LanguageModelSettings = { 
/**
 * The service.
 */
service: ModelService, 
/**
 * Its address; the usual one when left out.
 */
address: string | null, 
/**
 * The model that is asked first; chosen by itself when left out.
 */
first_model: string | null, 
/**
 * The model that is asked when the first is unsure.
 */
second_model: SecondModelChoice, 
/**
 * When it is asked for a second opinion.
 */
role: AdvisorRole, 
/**
 * When it is asked for drafts of replies.
 */
drafts: DraftRole, 
/**
 * Whether personal data is taken out before a text leaves.
 */
masks: boolean, 
/**
 * The most tokens a day; no cap when left out.
 */
tokens_a_day: number | null, 
/**
 * The most money a day, US dollars; no cap when left out.
 */
dollars_a_day: number | null, 
/**
 * Prices that a person entered.
 */
prices: Array<ModelPrice>, };

/**
 * How it stands with the language model of a workspace.
 */
export type LanguageModelState = "off" | "key_missing" | "unfit" | "blocked" | "budget_spent" | "held" | "on";

/**
 * Answer of most `language_model` commands.
 */
export type LanguageModelView = { 
/**
 * What was set.
 */
settings: LanguageModelSettings, 
/**
 * What can be chosen.
 */
services: Array<ModelServiceView>, 
/**
 * Whether a key is kept; it is never shown.
 */
has_key: boolean, 
/**
 * How it stands.
 */
state: LanguageModelState, 
/**
 * The same in words.
 */
sentence: string, 
/**
 * Today's use.
 */
today: ModelUsageView, 
/**
 * Today's share of the cap that is nearest, 0 to 1; `None` where there is no cap.
 */
today_share: number | null, };

/**
 * How often suggestions were right as decisions came in. Each suggestion was made before its decision was learned
 * (prequential).
 */
export type LearningCurve = { 
/**
 * The first 50 decisions, those to 200, to 1,000, to 3,000, and the rest; as far as there are any.
 */
windows: Array<LearningWindow>, 
/**
 * The share right among the 100 decisions up to each point, 200 points at most.
 */
points: Array<LearningPoint>, };

/**
 * The share right after so many decisions.
 */
export type LearningPoint = { 
/**
 * Decisions so far.
 */
decisions: number, 
/**
 * Share right among the last 100 of them, or all if there were fewer.
 */
accuracy: number, };

/**
 * How far the model is with learning from a history.
 */
export type LearningView = { 
/**
 * What is being done, in words.
 */
sentence: string, 
/**
 * Of so many steps; 0 while it is not known.
 */
total: number, 
/**
 * So many are done.
 */
done: number, };

/**
 * The decisions of one window.
 */
export type LearningWindow = { 
/**
 * Decisions before it.
 */
from: number, 
/**
 * Decisions up to its end.
 */
to: number, 
/**
 * How many of its suggestions were right.
 */
right: number, 
/**
 * Wilson's interval of the share that is right.
 */
interval: Interval, };

/**
 * How sure an interval is: a probability from 0.5 up to, and without, 1.
 */
export type Level = number;

/**
 * Answer of `library.get` and `library.read`.
 */
export type LibraryView = { 
/**
 * Articles of the help center.
 */
articles: ShelfView, 
/**
 * Macros.
 */
macros: ShelfView, };

/**
 * Input of `activity.list`.
 */
export type ListActivity = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Older than this entry.
 */
before?: number, 
/**
 * At most so many, 200 when left out.
 */
limit?: number, };

/**
 * Input of `insights.cases`: a cell of the confusion matrix.
 */
export type ListCases = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * The bucket suggested.
 */
suggested: BucketId, 
/**
 * The bucket decided; `None` for none of these.
 */
decided?: BucketId, };

/**
 * Input of `conversations.list`.
 */
export type ListConversations = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Only these.
 */
status?: ConversationStatus, 
/**
 * Words to find in subject, text, and the contact's name or email.
 */
search?: string, 
/**
 * The page after this row.
 */
before?: ConversationCursor, 
/**
 * At most so many, 100 when left out.
 */
limit?: number, };

/**
 * Input of `decisions.list`.
 */
export type ListDecisions = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Which; all when left out.
 */
scope?: DecisionScope, 
/**
 * Older than this one.
 */
before?: DecisionId, 
/**
 * At most so many, 100 when left out.
 */
limit?: number, };

/**
 * Input of `deliveries.list`, `deliveries.newer` and the exports: which deliveries.
 */
export type ListDeliveries = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Only these.
 */
outcome?: DeliveryState, 
/**
 * Only of topics that begin so.
 */
topic?: string, 
/**
 * Only where the id of the conversation or of the notification contains this.
 */
text?: string, 
/**
 * Only received then or later.
 */
from?: Timestamp, 
/**
 * Only received earlier than then.
 */
until?: Timestamp, 
/**
 * Older than this one: the `next` of the page before.
 */
before?: DeliveryId, 
/**
 * Newer than this one.
 */
after?: DeliveryId, 
/**
 * At most so many, 200 when left out.
 */
limit?: number, };

/**
 * Input of `egress.list`.
 */
export type ListEgress = { 
/**
 * Only entries before this one, for the next page.
 */
before?: number, 
/**
 * At most so many, 100 when left out.
 */
limit?: number, };

/**
 * Input of `contacts.list_erasures`.
 */
export type ListErasures = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * At most so many, 200 when left out.
 */
limit?: number, };

/**
 * Input of `macros.list`.
 */
export type ListMacros = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * The conversation to put them in order and together for; by name and as they are when left out.
 */
conversation_id?: ConversationId, };

/**
 * Input of `suggestions.list`.
 */
export type ListSuggestions = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Which suggestions; those pending when left out.
 */
scope?: QueueScope, 
/**
 * Only this bucket.
 */
bucket_id?: BucketId, 
/**
 * At most so many, 5,000 when left out.
 */
limit?: number, 
/**
 * Skip so many.
 */
offset?: number, };

/**
 * The listener for webhooks.
 */
export type ListenerHealth = { 
/**
 * Whether it listens.
 */
listening: boolean, 
/**
 * Its address on this machine: `http://127.0.0.1:8713/webhooks/…`.
 */
local_url: string | null, 
/**
 * The address that the helpdesk knows, when one was entered.
 */
public_url: string | null, 
/**
 * Why it does not listen.
 */
problem: string | null, 
/**
 * When the newest delivery with a valid signature came.
 */
last_delivery_at: Timestamp | null, 
/**
 * When the helpdesk last tested that it can reach this machine.
 */
last_ping_at: Timestamp | null, 
/**
 * Refused since the program started: absent, malformed or wrong signatures, or another workspace's.
 */
refused_signatures: number, 
/**
 * Refused since the program started: too large or too slow.
 */
refused_requests: number, 
/**
 * Answered 503 since the program started, because they could not be stored.
 */
not_stored: number, };

/**
 * Answer of `listener.get`.
 */
export type ListenerInfo = { 
/**
 * The address on this machine that a tunnel should lead to: `http://127.0.0.1:8713`.
 */
local_origin: string | null, 
/**
 * The path that deliveries come to.
 */
path: string, 
/**
 * The tunnel's address, as entered by hand.
 */
public_url: string | null, 
/**
 * The address of the program's own tunnel while it is up; used where none was entered.
 */
tunnel_url: string | null, 
/**
 * The full address to enter at the helpdesk.
 */
webhook_url: string | null, 
/**
 * Why it does not listen, and what to do.
 */
problem: string | null, 
/**
 * The topics to subscribe to.
 */
topics: Array<string>, };

/**
 * How long people look before they approve.
 */
export type Looks = { 
/**
 * Approvals whose time was measured.
 */
approvals: number, 
/**
 * Quartiles of the time, milliseconds; `None` without approvals.
 */
quartiles_ms: Quartiles | null, 
/**
 * How many took less than two seconds.
 */
rubber_stamped: number, 
/**
 * Wilson's interval of their share.
 */
interval: Interval, };

/**
 * A macro, the vendor's id.
 */
export type MacroId = string;

/**
 * Answer of `macros.list`.
 */
export type MacroList = { 
/**
 * Those that the acting teammate may use; the nearest to what the customer wrote first.
 */
macros: Array<MacroView>, 
/**
 * What to say of them: why there are none, or why they may be out of date.
 */
remark: string | null, };

/**
 * A macro.
 */
export type MacroView = { 
/**
 * The helpdesk's id of it.
 */
macro_id: MacroId, 
/**
 * What the team calls it.
 */
name: string, 
/**
 * Its text, with variables.
 */
text: string, 
/**
 * The text as it is put into a reply: with everything put in that is known of the conversation.
 */
insertion: string, 
/**
 * What is left to be mended before it can be sent.
 */
gap: ReplyGap | null, };

/**
 * The mark of a suggestion by the policies.
 */
export type MarkKind = "person" | "clear" | "check";

/**
 * The name of a bucket that the views mention, also of one that is gone.
 */
export type MentionedBucket = { 
/**
 * The bucket.
 */
bucket_id: BucketId, 
/**
 * Its name.
 */
name: string, };

/**
 * How the mix of buckets has moved.
 */
export type MixView = { 
/**
 * The index, and what chance explains of it.
 */
drift: Drift | null, 
/**
 * Each bucket, before and lately.
 */
buckets: Array<BucketDrift>, };

/**
 * Answer of `language_model.check`.
 */
export type ModelCheck = { 
/**
 * Whether key and address work.
 */
works: boolean, 
/**
 * What was found, in words.
 */
sentence: string, };

/**
 * The local model.
 */
export type ModelHealth = { 
/**
 * Its version.
 */
version: string, 
/**
 * Decisions it has learned from.
 */
lessons: number, 
/**
 * Example messages it started from.
 */
examples: number, };

/**
 * Answer of `language_model.models`.
 */
export type ModelList = { 
/**
 * The models, those worth choosing first.
 */
models: Array<ModelView>, 
/**
 * Why there are none, in words.
 */
problem: string | null, };

/**
 * What a model costs, in US dollars for a million tokens.
 */
export type ModelPrice = { 
/**
 * The model's id.
 */
model: string, 
/**
 * Tokens read.
 */
input_dollars: number, 
/**
 * Tokens written.
 */
output_dollars: number, };

/**
 * Which service.
 */
export type ModelService = "claude" | "open_ai_compatible" | "ollama";

/**
 * A service to choose.
 */
export type ModelServiceView = { 
/**
 * Which.
 */
service: ModelService, 
/**
 * What people call it.
 */
name: string, 
/**
 * What it is, in a sentence.
 */
about: string, 
/**
 * Whether it wants a key.
 */
key: KeyNeed, 
/**
 * The address that is used when none is entered; empty where one must be.
 */
usual_address: string, 
/**
 * What is asked when no model is entered, in a sentence.
 */
usual_models: string, };

/**
 * Answer of `language_model.usage`.
 */
export type ModelUsage = { 
/**
 * Days on which something was asked, the newest first.
 */
days: Array<ModelUsageView>, };

/**
 * What a day took.
 */
export type ModelUsageView = { 
/**
 * The day's beginning, UTC.
 */
day: Timestamp, 
/**
 * Questions that were answered, with an opinion or without.
 */
questions: number, 
/**
 * Drafts that were asked for.
 */
drafts: number, 
/**
 * Tokens in all.
 */
tokens: number, 
/**
 * Tokens and money, in words.
 */
sentence: string, };

/**
 * A model to choose.
 */
export type ModelView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name, and what the service says of it.
 */
label: string, };

/**
 * Something that somebody else did.
 */
export type Movement = { 
/**
 * What was done.
 */
kind: MovementKind, 
/**
 * Who did it, as a name.
 */
who: string, 
/**
 * When, as the vendor tells it.
 */
at: Timestamp, };

/**
 * The kind of thing that somebody did.
 */
export type MovementKind = "customer_wrote" | "replied" | "assigned" | "closed" | "opened" | "snoozed" | "claimed";

/**
 * A word that came up lately.
 */
export type NewWord = { 
/**
 * As it was written first.
 */
word: string, 
/**
 * Messages of late that have it.
 */
messages: number, };

/**
 * Answer of `deliveries.newer`.
 */
export type NewerDeliveries = { 
/**
 * How many there are, counted no further than 1,000.
 */
number: number, };

/**
 * Input of commands that take nothing.
 */
export type Nothing = Record<symbol, never>;

/**
 * A short message for the person.
 */
export type Notice = { 
/**
 * How to show it.
 */
kind: NoticeKind, 
/**
 * One sentence.
 */
text: string, 
/**
 * The conversation it is about, to open.
 */
conversation_id: ConversationId | null, };

/**
 * How a notice is shown.
 */
export type NoticeKind = "success" | "info" | "problem";

/**
 * How a second opinion stands to the suggestion.
 */
export type OpinionStance = "agrees" | "disagrees" | "names" | "finds_none" | "none" | "asked" | "waits";

/**
 * The outbox in numbers.
 */
export type OutboxHealth = { 
/**
 * In their undo window, or waiting for an earlier action.
 */
held: number, 
/**
 * Being sent.
 */
sending: number, 
/**
 * To be tried again.
 */
retry: number, 
/**
 * Outcome not known; being read back.
 */
unknown: number, 
/**
 * Failed or refused, and nobody has dealt with it.
 */
attention: number, 
/**
 * Performed in all.
 */
done: number, 
/**
 * The longest time of the last day, in milliseconds, from the reading that a call relied on to the end of that
 * call, in which somebody else's act would not have been seen; `None` when there was no call.
 */
longest_gap_ms: number | null, };

/**
 * One entry of a conversation: a message, a note, or something that was done.
 *
 * The first message (the vendor's `source`) is kept as the first part, of kind `source`.
 */
export type Part = { 
/**
 * The vendor's id.
 */
id: PartId, 
/**
 * The vendor's part type (`comment`, `note`, `assignment`, `close` …), an open set; `source` for the first.
 */
kind: string, 
/**
 * Who wrote or did it.
 */
author: Author, 
/**
 * Text, plain and safe to show; `None` when the part carries none.
 */
text: string | null, 
/**
 * Files.
 */
attachments: Array<Attachment>, 
/**
 * Whom the part assigned the conversation to, as a name for people.
 */
assigned_to: string | null, 
/**
 * When it happened.
 */
created_at: Timestamp, 
/**
 * The text was removed at the vendor.
 */
redacted: boolean, };

/**
 * A conversation part, the vendor's id.
 */
export type PartId = string;

/**
 * Ordered actions that a suggestion proposes.
 */
export type Plan = { 
/**
 * What to do, in order.
 */
actions: Array<ActionKind>, 
/**
 * Steps that the bucket asks for and the workspace cannot do.
 */
gaps: Array<PlanGap>, };

/**
 * A step that could not be planned.
 */
export type PlanGap = { "kind": "team_missing", 
/**
 * The team looked for, a name, or an id when it was chosen and is gone.
 */
wanted: string, } | { "kind": "reply_incomplete" } & ReplyGap;

/**
 * What is allowed for suggestions of one bucket and for one kind of action.
 */
export type Policy = { 
/**
 * Suggestions of this bucket.
 */
bucket_id: BucketId, 
/**
 * Plans with this kind of action.
 */
action: ActionWord, 
/**
 * The line: a card with this confidence or more is marked 'clear'.
 */
line: number, 
/**
 * Whether what is clear may be carried out without a person.
 */
automatic: boolean, 
/**
 * How long an automatic action is held, so that it can be taken back, milliseconds.
 */
hold_ms: number, 
/**
 * Most automatic actions a day.
 */
daily_cap: number, 
/**
 * One in this many goes to a person, who answers without seeing the suggestion.
 */
sample_one_in: number, 
/**
 * What is promised of the automatic ones.
 */
promise: Promise, 
/**
 * Largest population stability index of the bucket mix before autonomy is withdrawn.
 */
drift_limit: number, 
/**
 * Largest rise of the share of unknown words before autonomy is withdrawn: 0.1 for ten points.
 */
vocabulary_limit: number, };

/**
 * Answer of `policies.curve`.
 */
export type PolicyCurve = { 
/**
 * What each of so many lines would have done, highest first.
 */
points: Array<CurvePoint>, 
/**
 * The lowest line that keeps the promise.
 */
proposed: ProposedLine | null, 
/**
 * The same in words, or why there is none.
 */
sentence: string, };

/**
 * Answer of `policies.list`, `policies.set`, `policies.give` and `policies.withdraw`.
 */
export type PolicyList = { 
/**
 * By bucket, in their order.
 */
buckets: Array<BucketPolicies>, 
/**
 * Decisions at any line that the figures are from.
 */
decided: number, 
/**
 * Fewer decisions than these prove nothing.
 */
least_decisions: number, 
/**
 * How everything automatic stands.
 */
automatic: AutomaticView, };

/**
 * What the policies say of an open suggestion.
 */
export type PolicyMark = { 
/**
 * The mark.
 */
kind: MarkKind, 
/**
 * Why it is clear, is not automatic, or is below the line.
 */
sentence: string, };

/**
 * Input of `policies.give`, `policies.withdraw` and `policies.curve`.
 */
export type PolicyRef = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Suggestions of this bucket.
 */
bucket_id: BucketId, 
/**
 * Plans with this kind of action.
 */
action: ActionWord, };

/**
 * How a policy stands.
 */
export type PolicyState = "no_decisions" | "learning" | "not_proven" | "proven" | "given" | "given_not_proven" | "revoked";

/**
 * A policy with all that a lead decides on.
 */
export type PolicyView = { 
/**
 * What is allowed.
 */
policy: Policy, 
/**
 * "Assign", "Reply", "Close".
 */
label: string, 
/**
 * Whether the bucket's plan has such an action today.
 */
in_plan: boolean, 
/**
 * Whether it may act, since when, or why not any more.
 */
autonomy: Autonomy, 
/**
 * How it stands.
 */
state: PolicyState, 
/**
 * The same in words.
 */
sentence: string, 
/**
 * Decisions at the line or above, samples included.
 */
decided: number, 
/**
 * Of those, the wrong ones.
 */
wrong: number, 
/**
 * At most this share is wrong, as far as they show.
 */
at_most: number, 
/**
 * Blind samples since autonomy was given.
 */
samples: number, 
/**
 * Of those, the wrong ones.
 */
samples_wrong: number, 
/**
 * Automatic plans today.
 */
today: number, 
/**
 * What teammates did without us, beside what the model would have done.
 */
shadow: ShadowView, };

/**
 * Input of `contacts.erase_preview`.
 */
export type PreviewErasure = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Whom.
 */
contact_id: ContactId, };

/**
 * Input of `history.preview`.
 */
export type PreviewHistory = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Where labels come from.
 */
source: HistorySource, };

/**
 * Input of `replies.preview`.
 */
export type PreviewReply = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * The text with its variables.
 */
text: string, 
/**
 * The conversation to put it together for; the newest when left out.
 */
conversation_id?: ConversationId, 
/**
 * The draft that the text began as: what that leaves open, or quotes and no longer stands, may not be sent.
 */
draft_id?: DraftId, };

/**
 * Input of `workspaces.probe`: asks whose workspace a token opens. Nothing is saved.
 */
export type ProbeWorkspace = { 
/**
 * `us`, `eu`, `au`, or a base URL.
 */
region: string, 
/**
 * The access token.
 */
access_token: string, };

/**
 * Answer of `workspaces.probe`.
 */
export type ProbedWorkspace = { 
/**
 * Whose workspace it is.
 */
identity: Identity, 
/**
 * Teammates who can act.
 */
admins: Array<Admin>, 
/**
 * Teams.
 */
teams: Array<Team>, 
/**
 * This workspace is connected already.
 */
already_connected: boolean, 
/**
 * The region chosen is not the one the workspace is in, in words.
 */
warning: string | null, };

/**
 * One thing that is wrong, and what to do.
 */
export type Problem = { 
/**
 * How bad.
 */
severity: Severity, 
/**
 * What is wrong.
 */
sentence: string, 
/**
 * What to do.
 */
advice: string | null, };

/**
 * 'At most `error` of what is done automatically is wrong', and how sure one wants to be of it.
 */
export type Promise = { 
/**
 * Largest share that may be wrong, above 0 and below 1.
 */
error: number, 
/**
 * Confidence level of the bound.
 */
level: Level, };

/**
 * A bucket that may be missing.
 */
export type ProposalView = { 
/**
 * A name to begin with.
 */
name: string, 
/**
 * The words that set its messages apart.
 */
words: Array<string>, 
/**
 * How many messages there are.
 */
messages: number, 
/**
 * The most typical of them, as examples for a bucket.
 */
examples: Array<string>, };

/**
 * A line that keeps a promise, as far as the record shows.
 */
export type ProposedLine = { 
/**
 * The line.
 */
line: number, 
/**
 * How many would have been automatic.
 */
automatic: number, 
/**
 * How many of those would have been wrong.
 */
wrong: number, 
/**
 * Exact (Clopper-Pearson) upper bound on the error at this one line.
 */
at_most: number, };

/**
 * The three points that cut sorted values into quarters.
 */
export type Quartiles = { 
/**
 * A quarter of the values lies below.
 */
lower: number, 
/**
 * Half of the values lies below.
 */
median: number, 
/**
 * Three quarters of the values lie below.
 */
upper: number, };

/**
 * A row of the queue.
 */
export type QueueRow = { 
/**
 * The suggestion.
 */
suggestion_id: SuggestionId, 
/**
 * The conversation.
 */
conversation_id: ConversationId, 
/**
 * What to call the customer.
 */
contact_name: string, 
/**
 * Subject or title, when there is one.
 */
subject: string | null, 
/**
 * The message, on one line.
 */
preview: string, 
/**
 * How it came: `chat`, `email` …
 */
channel: string, 
/**
 * When the message was written.
 */
message_at: Timestamp, 
/**
 * The suggested bucket; `None` when there was nothing to classify.
 */
bucket_id: BucketId | null, 
/**
 * Probability of the bucket, 0 to 1, as on the card.
 */
confidence: number, 
/**
 * Too few decisions at its level to state it as a number.
 */
learning: boolean, 
/**
 * The plan in a few words: "Assign to Billing, reply".
 */
plan_summary: string, 
/**
 * Where the suggestion is in its life.
 */
state: SuggestionState, 
/**
 * What the policies say of it; `None` where it is not open, or names no bucket.
 */
mark: PolicyMark | null, };

/**
 * Which suggestions.
 */
export type QueueScope = "pending" | "snoozed" | "all";

/**
 * Input of `buckets.remove`.
 */
export type RemoveBucket = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Which.
 */
bucket_id: BucketId, };

/**
 * What a line would have done.
 */
export type Replay = { 
/**
 * The line.
 */
line: number, 
/**
 * Suggestions of this bucket and action that were decided.
 */
decided: number, 
/**
 * How many of them would have been automatic.
 */
automatic: number, 
/**
 * Which of those would have been wrong, the most confident first.
 */
wrong: Array<SuggestionId>, 
/**
 * Share of the automatic ones that is wrong; `None` where there is none.
 */
error: number | null, 
/**
 * Exact (Clopper-Pearson) upper bound on the error: 1 where nothing would have been automatic.
 */
at_most: number, 
/**
 * Day by day, in order; days without a decision are left out.
 */
days: Array<DayCount>, };

/**
 * Answer of `deliveries.replay_failed`.
 */
export type ReplayAllAnswer = { 
/**
 * What becomes of them, in words.
 */
sentence: string, 
/**
 * Read again.
 */
reading: number, 
/**
 * Still not understood, or still not followed.
 */
in_vain: number, };

/**
 * Answer of `deliveries.replay`.
 */
export type ReplayAnswer = { 
/**
 * What becomes of it, in words.
 */
sentence: string, 
/**
 * What it names is read again.
 */
reading: boolean, };

/**
 * A conversation that a reply can be tried on.
 */
export type ReplyCustomer = { 
/**
 * The conversation.
 */
conversation_id: ConversationId, 
/**
 * What to call the customer.
 */
name: string, };

/**
 * Why a reply cannot be sent as it stands: the text with everything put in that is known, and the place to mend.
 */
export type ReplyGap = { 
/**
 * The text, with what could not be put in as it was written.
 */
text: string, 
/**
 * Where the first such place begins, in UTF-16 code units.
 */
from: number, 
/**
 * Where it ends, exclusive.
 */
to: number, 
/**
 * What is wrong with it, and what to do.
 */
sentence: string, };

/**
 * Answer of `replies.preview`.
 */
export type ReplyPreview = { 
/**
 * What would be sent; `None` where it cannot be.
 */
text: string | null, 
/**
 * Why it cannot be sent, and where.
 */
gap: ReplyGap | null, 
/**
 * How it stands with what it rests on, where it began as a draft.
 */
standing: DraftStanding | null, 
/**
 * The conversation it was put together for; `None` when there is none yet.
 */
conversation_id: ConversationId | null, 
/**
 * The newest conversations, to try it on another.
 */
customers: Array<ReplyCustomer>, 
/**
 * All variables.
 */
variables: Array<ReplyVariableView>, };

/**
 * A variable, and what it says.
 */
export type ReplyVariableView = { 
/**
 * The word between the braces.
 */
word: string, 
/**
 * What it stands for.
 */
meaning: string, 
/**
 * What it says in this conversation; `None` where that is not known.
 */
value: string | null, };

/**
 * Why autonomy was withdrawn.
 */
export type Revocation = { "why": "samples", 
/**
 * The samples from where on it got worse.
 */
last: Tally, 
/**
 * What was promised.
 */
promise: Promise, } | { "why": "bound", 
/**
 * Record and samples together.
 */
record: Tally, 
/**
 * At most this share is wrong, as far as the record shows.
 */
at_most: number, 
/**
 * What was promised.
 */
promise: Promise, } | { "why": "drift", 
/**
 * The change.
 */
drift: Drift, 
/**
 * The policy's limit.
 */
limit: number, } | { "why": "vocabulary", 
/**
 * Mean share of unknown words in a message before.
 */
before: number, 
/**
 * The same lately.
 */
lately: number, 
/**
 * The policy's limit of the rise.
 */
limit: number, } | { "why": "taken_back", 
/**
 * The automatic ones from where on it got worse; wrong are those taken back.
 */
last: Tally, 
/**
 * What was promised.
 */
promise: Promise, } | { "why": "person" };

/**
 * What would be wrong if only the more confident suggestions were given.
 */
export type RiskCurve = { 
/**
 * From the highest line to the lowest, 200 points at most.
 */
points: Array<CoveragePoint>, 
/**
 * Mean risk over all coverages, of the whole curve; `None` without records.
 */
area: number | null, };

/**
 * Input of `buckets.save`: makes a bucket or changes one.
 */
export type SaveBucket = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * The bucket to change; a new one is made when left out.
 */
bucket_id?: BucketId, 
/**
 * Name, 1 to 40 characters, unlike that of any other bucket.
 */
name: string, 
/**
 * What belongs here.
 */
description?: string, 
/**
 * Colour.
 */
tone: BucketTone, 
/**
 * The team to assign to; `None` for none.
 */
team_id?: TeamId, 
/**
 * The holding reply; empty for none.
 */
reply?: string, 
/**
 * Close the conversation at the end.
 */
closes?: boolean, 
/**
 * Messages that belong here.
 */
examples?: Array<string>, };

/**
 * Which model is asked when the first is unsure.
 */
export type SecondModelChoice = { "kind": "automatic" } | { "kind": "none" } | { "kind": "named", 
/**
 * Its id.
 */
model: string, };

/**
 * What a language model says of the conversation.
 */
export type SecondOpinionView = { 
/**
 * How it stands to the suggestion.
 */
stance: OpinionStance, 
/**
 * The same in words, or why there is none.
 */
sentence: string, 
/**
 * How such cases ended before, in words.
 */
record: string | null, 
/**
 * Why, in the model's own words, which are not to be relied on.
 */
reason: string | null, 
/**
 * The bucket it names.
 */
bucket_id: BucketId | null, 
/**
 * The model, as it calls itself.
 */
model: string | null, 
/**
 * Too few such cases were decided to state a frequency.
 */
learning: boolean, };

/**
 * Input of `workspaces.select`.
 */
export type SelectWorkspace = { 
/**
 * Which.
 */
workspace: WorkspaceId, };

/**
 * Input of `workspaces.set_admin`.
 */
export type SetActingAdmin = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * The teammate in whose name actions are made.
 */
admin_id: AdminId, };

/**
 * Input of `coverage.set`: only what is given changes.
 */
export type SetCoverage = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Minutes between two looks, 1 to 15.
 */
every_minutes?: number, 
/**
 * Days that the backfill goes back: 0, 7, 30, 90 or 365.
 */
backfill_days?: number, };

/**
 * Input of `language_model.set`.
 */
export type SetLanguageModel = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * All of the settings.
 */
settings: LanguageModelSettings, };

/**
 * Input of `language_model.set_key`. The key crosses here, once.
 */
export type SetLanguageModelKey = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * The key.
 */
key: string, 
/**
 * Keep it in memory only, until the program ends.
 */
session_only?: boolean, };

/**
 * Input of `policies.set`. What is left out stays.
 */
export type SetPolicy = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Suggestions of this bucket.
 */
bucket_id: BucketId, 
/**
 * Plans with this kind of action.
 */
action: ActionWord, 
/**
 * The line, above 0 and up to 1.
 */
line?: number, 
/**
 * How long an automatic plan is held, seconds.
 */
hold_seconds?: number, 
/**
 * Most automatic plans a day.
 */
daily_cap?: number, 
/**
 * One in this many goes to a person blind.
 */
sample_one_in?: number, 
/**
 * At most this share of the automatic ones is wrong, 0 to 1.
 */
error?: number, 
/**
 * How sure one wants to be of it, 0 to 1.
 */
level?: number, };

/**
 * Input of `listener.set_public_url`.
 */
export type SetPublicUrl = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * The address that the tunnel gives this machine, `https://…`; empty for none.
 */
url: string, };

/**
 * What the user has chosen for the program.
 */
export type Settings = { 
/**
 * Light or dark.
 */
theme: Theme, 
/**
 * Seconds in which a decision can be taken back, 0 to 60.
 */
undo_seconds: number, 
/**
 * Tell of urgent messages by a notification of the desktop.
 */
notify_urgent: boolean, 
/**
 * Announce a reply by a note where no other step goes before it, so that several consoles agree on who answers.
 */
claim_with_notes: boolean, 
/**
 * How long deliveries are kept.
 */
keep_deliveries: KeepDeliveries, };

/**
 * How bad something is.
 */
export type Severity = "ok" | "warning" | "broken";

/**
 * What silent predictions came to.
 */
export type ShadowView = { 
/**
 * Predictions at the line that a teammate's deed answered.
 */
compared: number, 
/**
 * Of those, the wrong ones.
 */
wrong: number, 
/**
 * The same at any confidence.
 */
all_compared: number, 
/**
 * The same at any confidence.
 */
all_wrong: number, 
/**
 * In words.
 */
sentence: string, };

/**
 * How one of the two lists stands.
 */
export type ShelfView = { 
/**
 * How many are kept.
 */
count: number, 
/**
 * In words: how many, or why none.
 */
sentence: string, 
/**
 * When it was last read to its end, since the start.
 */
read_at: Timestamp | null, 
/**
 * Whether the last reading failed.
 */
failed: boolean, };

/**
 * What the check of the signature said.
 */
export type SignatureVerdict = "valid" | "wrong" | "missing" | "not_checked";

/**
 * A past decision that a message is like.
 */
export type SimilarDecision = { 
/**
 * The conversation; `None` where it is not kept here, or the message was imported from a file.
 */
conversation_id: ConversationId | null, 
/**
 * The message in one line.
 */
preview: string, 
/**
 * Where it was put; `None` for none of the buckets.
 */
bucket_id: BucketId | null, 
/**
 * What was decided: "Corrected to Billing".
 */
decided: string, 
/**
 * When it was decided, or imported.
 */
at: Timestamp, 
/**
 * How alike the words are, 0 to 1.
 */
likeness: number, };

/**
 * Input of `policies.simulate`.
 */
export type SimulatePolicy = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Suggestions of this bucket.
 */
bucket_id: BucketId, 
/**
 * Plans with this kind of action.
 */
action: ActionWord, 
/**
 * The line to try.
 */
line: number, };

/**
 * Answer of `policies.simulate`.
 */
export type Simulation = { 
/**
 * What the line would have done.
 */
replay: Replay, 
/**
 * The same in words.
 */
sentence: string, 
/**
 * Those that would have been wrong, the most confident first; at most 100.
 */
wrong: Array<WrongCase>, 
/**
 * How sure the bound is, 0 to 1.
 */
level: number, };

/**
 * The database.
 */
export type StoreHealth = { 
/**
 * Whether it can be read and written.
 */
severity: Severity, 
/**
 * In words.
 */
sentence: string, 
/**
 * Its file.
 */
path: string, 
/**
 * Bytes on disk.
 */
size: number, 
/**
 * Conversations kept.
 */
conversations: number, };

/**
 * The subscription to webhooks, as far as our own answers tell.
 */
export type SubscriptionHealth = { 
/**
 * How it stands.
 */
state: SubscriptionState, 
/**
 * In words.
 */
sentence: string, 
/**
 * What to know and do, in order.
 */
steps: Array<string>, 
/**
 * When the first of the errors came, at the latest.
 */
since: Timestamp | null, 
/**
 * When the newest came.
 */
last_at: Timestamp | null, 
/**
 * How many in a row, at least.
 */
in_a_row: number, 
/**
 * When a pause ends.
 */
until: Timestamp | null, 
/**
 * When the helpdesk suspends the subscription, at the latest, if nothing succeeds before.
 */
suspends_at: Timestamp | null, };

/**
 * Whether the helpdesk still delivers.
 */
export type SubscriptionState = "healthy" | "failing" | "paused_likely" | "suspended_likely";

/**
 * Answer of `suggestions.get`: everything that the decision card, thread and contact pane show.
 */
export type SuggestionDetail = { 
/**
 * Which.
 */
suggestion_id: SuggestionId, 
/**
 * The message that was classified; `evidence` marks words in its text.
 */
part_id: PartId, 
/**
 * The suggested bucket; `None` when there was nothing to classify.
 */
bucket_id: BucketId | null, 
/**
 * Probability of the bucket, 0 to 1: the local model's, or what the record of past pairs of opinions makes of it.
 */
confidence: number, 
/**
 * All buckets, highest first, as the local model has them.
 */
probabilities: Array<BucketProbability>, 
/**
 * The words that weighed most, as UTF-16 offsets into the text of the part.
 */
evidence: Array<Evidence>, 
/**
 * Why there is no bucket, in words.
 */
nothing: string | null, 
/**
 * What would be done.
 */
plan: Plan, 
/**
 * The plan of each bucket for this conversation, to show before a correction.
 */
plans: Array<BucketPlan>, 
/**
 * Where it is in its life.
 */
state: SuggestionState, 
/**
 * Why it can no longer be approved, when somebody acted meanwhile: "Ana Duarte closed it".
 */
moved: string | null, 
/**
 * When that was.
 */
moved_at: Timestamp | null, 
/**
 * When it was made.
 */
created_at: Timestamp, 
/**
 * How far to trust the confidence.
 */
record: TrackRecord, 
/**
 * What a language model says, or why it says nothing; `None` where none is asked.
 */
second_opinion: SecondOpinionView | null, 
/**
 * How it stands with a draft of a reply; `None` where the suggestion is not open.
 */
draft: DraftView | null, 
/**
 * What the policies say of it; `None` where it is not open. Of a check nothing that was suggested is told here.
 */
mark: PolicyMark | null, 
/**
 * The newest decision on it, when there is one.
 */
decision: DecisionView | null, 
/**
 * The conversation, its contact and its links.
 */
conversation: ConversationDetail, 
/**
 * Other conversations of the same contact, newest first, at most ten.
 */
earlier: Array<ConversationSummary>, };

/**
 * A suggestion made for one state of one conversation.
 */
export type SuggestionId = string;

/**
 * Answer of `suggestions.list`.
 */
export type SuggestionList = { 
/**
 * The rows.
 */
rows: Array<QueueRow>, 
/**
 * All that wait, whatever the filter.
 */
pending: number, 
/**
 * All set aside.
 */
snoozed: number, 
/**
 * Those that wait, by bucket.
 */
by_bucket: Array<BucketCount>, };

/**
 * Where a suggestion is in its life.
 */
export type SuggestionState = { "state": "pending" } | { "state": "snoozed", 
/**
 * Until when.
 */
until: Timestamp, } | { "state": "approved" } | { "state": "edited" } | { "state": "corrected", 
/**
 * The bucket the person chose.
 */
bucket_id: BucketId, } | { "state": "rejected" } | { "state": "superseded", 
/**
 * Why.
 */
reason: Supersession, };

/**
 * Why a suggestion no longer stands.
 */
export type Supersession = { "why": "new_message" } | { "why": "moved", 
/**
 * A sentence: who did what.
 */
sentence: string, 
/**
 * When, as the vendor tells it; `None` where no single act is known.
 */
at: Timestamp | null, } | { "why": "deleted" } | { "why": "buckets_changed" } | { "why": "facts_changed" };

/**
 * How many were decided, and how many of them were wrong.
 */
export type Tally = { 
/**
 * How many.
 */
decided: number, 
/**
 * How many of them were wrong.
 */
wrong: number, };

/**
 * A team of teammates.
 */
export type Team = { 
/**
 * The vendor's id.
 */
id: TeamId, 
/**
 * Name as shown in the inbox.
 */
name: string, 
/**
 * Members.
 */
admin_ids: Array<AdminId>, };

/**
 * A team, the vendor's id.
 */
export type TeamId = string;

/**
 * Answer of `listener.test`.
 */
export type TestDelivery = { 
/**
 * Whether it arrived and was stored.
 */
arrived: boolean, 
/**
 * What happened, in words.
 */
sentence: string, 
/**
 * Milliseconds from sending to the answer.
 */
elapsed_ms: number, };

/**
 * Light, dark, or as the system has it.
 */
export type Theme = "system" | "light" | "dark";

/**
 * A sentence that names a time: `{at}` in it stands for that time, which the page words in the reader's own time zone.
 */
export type TimedSentence = { 
/**
 * The sentence.
 */
text: string, 
/**
 * The time that `{at}` stands for.
 */
at: Timestamp | null, };

/**
 * A point in time in milliseconds since the Unix epoch, UTC.
 */
export type Timestamp = number;

/**
 * How often suggestions at this confidence were right, by the team's own decisions.
 */
export type TrackRecord = { 
/**
 * Decisions that agreed or corrected, in all.
 */
decisions: number, 
/**
 * Those among the newest whose confidence was near this one.
 */
similar: number, 
/**
 * Of those, how many the person agreed with.
 */
agreed: number, 
/**
 * Where the share that is right lies at 95 %: its lower end, 0 to 1.
 */
low: number, 
/**
 * Its upper end.
 */
high: number, 
/**
 * Too few decisions to state a frequency.
 */
learning: boolean, 
/**
 * "Right 47 of your last 50 at this level, 84 to 98 in 100", or "Still learning: 12 of 30 decisions".
 */
sentence: string, };

/**
 * A provider and its options. No secret is among them.
 */
export type TunnelChoice = { 
/**
 * Which.
 */
provider: TunnelProviderId, 
/**
 * The values of its fields, by their keys.
 */
options: { [key in string]: string }, };

/**
 * Something to enter for a provider.
 */
export type TunnelField = { 
/**
 * Its key in the options.
 */
key: string, 
/**
 * Its name.
 */
label: string, 
/**
 * What to enter.
 */
hint: string, 
/**
 * What kind of value it takes.
 */
kind: TunnelFieldKind, 
/**
 * Whether it may be left out.
 */
optional: boolean, 
/**
 * An example.
 */
example: string, };

/**
 * What kind of value a field takes.
 */
export type TunnelFieldKind = "text" | "port" | "url" | "file";

/**
 * Ways to a public URL.
 */
export type TunnelProviderId = "cloudflared_named" | "tailscale_funnel" | "ngrok" | "ssh" | "own_url" | "cloudflared_quick" | "bore";

/**
 * A provider to choose.
 */
export type TunnelProviderView = { 
/**
 * Which.
 */
id: TunnelProviderId, 
/**
 * Its name.
 */
name: string, 
/**
 * What it is and what it takes.
 */
about: string, 
/**
 * Whether its address stays.
 */
stability: TunnelStability, 
/**
 * The same in words.
 */
stability_note: string, 
/**
 * How to install its program; `None` when it is on this machine or needs none.
 */
install: string | null, 
/**
 * What has to be entered.
 */
fields: Array<TunnelField>, };

/**
 * Answer of `tunnel.providers`, the recommended ones first.
 */
export type TunnelProviders = { 
/**
 * All of them.
 */
providers: Array<TunnelProviderView>, 
/**
 * Why an address that stays is worth having.
 */
why_stable: string, 
/**
 * Where the providers' logins are kept.
 */
logins: string, };

/**
 * Whether a provider's address stays the same.
 */
export type TunnelStability = "stable" | "depends" | "changes";

/**
 * How the tunnel stands.
 */
export type TunnelState = { "state": "off" } | { "state": "starting" } | { "state": "up", 
/**
 * The address.
 */
url: string, 
/**
 * Since when.
 */
since: Timestamp, 
/**
 * When the listener was last reached through it.
 */
reached_at: Timestamp | null, 
/**
 * Probes that failed since then.
 */
failures: number, } | { "state": "down", 
/**
 * When it is tried again.
 */
retry_at: Timestamp, 
/**
 * Failures in a row.
 */
failures: number, } | { "state": "not_installed" };

/**
 * Answer of `tunnel.get` and of every command that changes something.
 */
export type TunnelView = { 
/**
 * What was chosen.
 */
choice: TunnelChoice | null, 
/**
 * Whether it is wanted; it is opened at each start of the program then.
 */
on: boolean, 
/**
 * How it stands.
 */
state: TunnelState, 
/**
 * The same in words.
 */
sentence: string, 
/**
 * What to do, or what to know.
 */
advice: string | null, 
/**
 * The endpoint URL to enter at Intercom.
 */
webhook_url: string | null, 
/**
 * What has to be changed at Intercom.
 */
change: UrlChange | null, };

/**
 * Input of `history.undo`.
 */
export type UndoImport = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Which.
 */
import_id: ImportId, };

/**
 * Answer of `decisions.undo`.
 */
export type Undone = { 
/**
 * The suggestion that waits again; `None` for a note.
 */
suggestion_id: SuggestionId | null, 
/**
 * The conversation.
 */
conversation_id: ConversationId, };

/**
 * Input of `workspaces.unlock`: secrets for a workspace that has none in this session, or new ones.
 */
export type UnlockWorkspace = { 
/**
 * Which.
 */
workspace: WorkspaceId, 
/**
 * The access token; the one in use stays when left out.
 */
access_token?: string, 
/**
 * The client secret; the one in use stays when left out.
 */
client_secret?: string, 
/**
 * Keep them in memory only.
 */
session_only?: boolean, };

/**
 * A conversation that was listed but could not be read.
 */
export type UnreadView = { 
/**
 * Which.
 */
conversation_id: ConversationId, 
/**
 * Since when.
 */
since: Timestamp, 
/**
 * Why.
 */
reason: string, };

/**
 * Input of `settings.update`: only what is given changes.
 */
export type UpdateSettings = { 
/**
 * Light or dark.
 */
theme?: Theme, 
/**
 * Seconds, 0 to 60.
 */
undo_seconds?: number, 
/**
 * Notifications of urgent messages.
 */
notify_urgent?: boolean, 
/**
 * Announce replies by a note.
 */
claim_with_notes?: boolean, 
/**
 * How long deliveries are kept.
 */
keep_deliveries?: KeepDeliveries, };

/**
 * Another address than the one that Intercom has.
 */
export type UrlChange = { 
/**
 * The endpoint URL that Intercom has, as far as was said here; `None` at first.
 */
old: string | null, 
/**
 * The endpoint URL that it should have.
 */
new: string, 
/**
 * What to do, in words.
 */
sentence: string, };

/**
 * The helpdesk's API.
 */
export type VendorHealth = { 
/**
 * How it stands.
 */
severity: Severity, 
/**
 * In words: "Answering", or what it said last.
 */
sentence: string, 
/**
 * The newest good answer.
 */
last_ok_at: Timestamp | null, 
/**
 * Calls left in this window.
 */
budget_remaining: number | null, 
/**
 * Calls allowed in a window.
 */
budget_limit: number | null, };

/**
 * What a person answers to a suggestion.
 */
export type Verdict = { "kind": "approve" } | { "kind": "edit", 
/**
 * Plain text.
 */
reply: string, } | { "kind": "correct", 
/**
 * The right bucket.
 */
bucket_id: BucketId, 
/**
 * A reply in place of that bucket's own; `None` keeps it, an empty one sends none.
 */
reply?: string | null, } | { "kind": "none_of_these" } | { "kind": "reject", 
/**
 * Why, for the log.
 */
reason?: string | null, } | { "kind": "snooze", 
/**
 * When.
 */
until: Timestamp, 
/**
 * Snooze the conversation at the vendor too.
 */
at_vendor?: boolean, };

/**
 * How the words of messages have changed.
 */
export type Vocabulary = { 
/**
 * The share of unknown words in a message, before and lately.
 */
drift: VocabularyDrift, 
/**
 * Words of late that were in no message before, the most frequent first; twelve at most.
 */
words: Array<NewWord>, 
/**
 * Messages before.
 */
before: number, 
/**
 * Messages lately.
 */
lately: number, };

/**
 * How the share of unknown words has moved.
 */
export type VocabularyDrift = { 
/**
 * Mean share of unknown words in a message before; `None` without messages.
 */
before: number | null, 
/**
 * The same lately.
 */
lately: number | null, 
/**
 * By how many standard errors it has risen (fallen, below 0): above 3 is hardly chance. At most 100. `None`
 * with fewer than two messages on either side.
 */
standard_errors: number | null, };

/**
 * Input of `suggestions.wake`: a snoozed suggestion waits for a person again, now.
 */
export type WakeSuggestion = { 
/**
 * The workspace; the active one when left out.
 */
workspace?: WorkspaceId, 
/**
 * Which.
 */
suggestion_id: SuggestionId, };

/**
 * A week of ISO 8601: it begins on Monday, and week 1 is the one with the year's first Thursday.
 */
export type Week = { 
/**
 * The year that the week's Thursday lies in.
 */
year: number, 
/**
 * 1 to 53.
 */
week: number, };

/**
 * What people made of a bucket's suggestions in one week.
 */
export type WeekRates = { 
/**
 * The week.
 */
week: Week, 
/**
 * The bucket suggested.
 */
bucket_id: BucketId, 
/**
 * How many were answered by people who saw the suggestion.
 */
answers: number, 
/**
 * How many were carried out as they stood.
 */
approved: number, 
/**
 * How many with another reply.
 */
edited: number, 
/**
 * How many as another bucket.
 */
corrected: number, 
/**
 * How many not at all.
 */
rejected: number, 
/**
 * Share approved.
 */
acceptance: number, 
/**
 * Share edited.
 */
edit: number, 
/**
 * Share corrected or rejected.
 */
correction: number, };

/**
 * Answer of `insights.words`.
 */
export type WordsReport = { 
/**
 * Whether customers write of something else than before.
 */
vocabulary: Figure<Vocabulary>, 
/**
 * Buckets that may be missing.
 */
proposals: Figure<Array<ProposalView>>, };

/**
 * A workspace known to this console.
 */
export type WorkspaceId = string;

/**
 * Answer of `workspaces.list`.
 */
export type WorkspaceList = { 
/**
 * All.
 */
workspaces: Array<WorkspaceView>, };

/**
 * Where a workspace is in its life.
 */
export type WorkspaceStatus = { "status": "starting" } | { "status": "ready" } | { "status": "needs_secrets", 
/**
 * What is missing and what to do.
 */
message: string, } | { "status": "failed", 
/**
 * Why, and what to do.
 */
message: string, };

/**
 * Demo, or somebody's real workspace.
 */
export type WorkspaceType = "demo" | "connected";

/**
 * A workspace.
 */
export type WorkspaceView = { 
/**
 * Which.
 */
workspace_id: WorkspaceId, 
/**
 * Demo or connected.
 */
kind: WorkspaceType, 
/**
 * Its name at the helpdesk.
 */
name: string, 
/**
 * The helpdesk's id of it.
 */
app_id: string, 
/**
 * Region as the helpdesk writes it: `US`, `EU`, `AU`; empty when unknown.
 */
region: string, 
/**
 * Where it stands.
 */
state: WorkspaceStatus, 
/**
 * The teammate in whose name actions are made.
 */
acting_admin: Admin | null, 
/**
 * Suggestions that wait.
 */
pending: number, };

/**
 * A case that would have been wrong.
 */
export type WrongCase = { 
/**
 * The suggestion.
 */
suggestion_id: SuggestionId, 
/**
 * Its conversation.
 */
conversation_id: ConversationId, 
/**
 * What to call the customer.
 */
contact_name: string, 
/**
 * Its confidence.
 */
confidence: number, 
/**
 * When a person decided.
 */
at: Timestamp, 
/**
 * What the person did: "Moved to Billing", "Sent another reply", "Rejected".
 */
sentence: string, };

/** Every command: its input and its answer. */
export interface Commands {
  /** What the page needs before anything else. */
  "app.get": { input: Nothing; answer: AppInfo };
  /** All workspaces. */
  "workspaces.list": { input: Nothing; answer: WorkspaceList };
  /** Asks whose workspace an access token opens. Saves nothing. */
  "workspaces.probe": { input: ProbeWorkspace; answer: ProbedWorkspace };
  /** Connects a workspace and starts to follow it. */
  "workspaces.connect": { input: ConnectWorkspace; answer: WorkspaceView };
  /** Gives a workspace its secrets again, or new ones. */
  "workspaces.unlock": { input: UnlockWorkspace; answer: WorkspaceView };
  /** Makes a workspace the active one. */
  "workspaces.select": { input: SelectWorkspace; answer: WorkspaceView };
  /** Chooses the teammate in whose name actions are made. */
  "workspaces.set_admin": { input: SetActingAdmin; answer: WorkspaceView };
  /** Adds the demo workspace again after it was disconnected. */
  "workspaces.add_demo": { input: Nothing; answer: WorkspaceView };
  /** Forgets a workspace's secrets and stops to follow it. */
  "workspaces.disconnect": { input: DisconnectWorkspace; answer: WorkspaceList };
  /** The queue. */
  "suggestions.list": { input: ListSuggestions; answer: SuggestionList };
  /** A suggestion with its conversation and contact. */
  "suggestions.get": { input: GetSuggestion; answer: SuggestionDetail };
  /** Words for and against, what would flip it, and past decisions like it. */
  "suggestions.explain": { input: GetSuggestion; answer: Explanation };
  /** Records a person's answer; its actions are held for the undo window. */
  "suggestions.decide": { input: DecideSuggestion; answer: DecisionView };
  /** Puts a snoozed suggestion back into the queue. */
  "suggestions.wake": { input: WakeSuggestion; answer: SuggestionDetail };
  /** Asks the language model for a draft of a reply. Sends nothing to the customer. */
  "drafts.ask": { input: DraftFor; answer: DraftView };
  /** Gives up a draft that is being written. */
  "drafts.give_up": { input: DraftFor; answer: DraftView };
  /** Decisions and what became of them. */
  "decisions.list": { input: ListDecisions; answer: DecisionList };
  /** Takes a decision back whole, while its undo window is open. */
  "decisions.undo": { input: DecisionRef; answer: Undone };
  /** Tries the failed actions of a decision again. */
  "actions.retry": { input: DecisionRef; answer: DecisionView };
  /** Marks the failed actions of a decision as dealt with. */
  "actions.dismiss": { input: DecisionRef; answer: DecisionView };
  /** Conversations kept on this machine, with search. */
  "conversations.list": { input: ListConversations; answer: ConversationList };
  /** A conversation with its parts and contact. */
  "conversations.get": { input: GetConversation; answer: ConversationDetail };
  /** Adds a note that only the team sees. */
  "conversations.note": { input: AddNote; answer: DecisionView };
  /** A contact and their conversations. */
  "contacts.get": { input: GetContact; answer: ContactDetail };
  /** What erasing a person on this machine would erase. Changes nothing. */
  "contacts.erase_preview": { input: PreviewErasure; answer: ErasurePreview };
  /** Erases a person on this machine, for good. */
  "contacts.erase": { input: EraseContact; answer: ErasureCertificate };
  /** The certificate of an erasure. */
  "contacts.erasure_certificate": { input: GetErasure; answer: ErasureCertificate };
  /** Certificates of people who were erased. */
  "contacts.list_erasures": { input: ListErasures; answer: ErasureList };
  /** Every webhook notification that was received. */
  "deliveries.list": { input: ListDeliveries; answer: DeliveryList };
  /** A delivery with its body as received. */
  "deliveries.get": { input: GetDelivery; answer: DeliveryDetail };
  /** How many came after the one given. */
  "deliveries.newer": { input: ListDeliveries; answer: NewerDeliveries };
  /** A command that sends a delivery once more, signed for exactly its body. */
  "deliveries.curl": { input: GetDelivery; answer: DeliveryCurl };
  /** Reads what a delivery names once more. Writes nothing to the helpdesk. */
  "deliveries.replay": { input: GetDelivery; answer: ReplayAnswer };
  /** The same for every delivery that failed. */
  "deliveries.replay_failed": { input: InWorkspace; answer: ReplayAllAnswer };
  /** Deliveries as lines of JSON, personal data masked, a piece at a time. */
  "deliveries.export": { input: ListDeliveries; answer: DeliveryExport };
  /** The same into a file in the data folder. */
  "deliveries.export_file": { input: ListDeliveries; answer: ExportedFile };
  /** Who did what, in order. */
  "activity.list": { input: ListActivity; answer: ActivityList };
  /** Whether everything works, and what to do where it does not. */
  "health.get": { input: InWorkspace; answer: HealthReport };
  /** For which times nothing is missing, and how catching up stands. */
  "coverage.get": { input: InWorkspace; answer: CoverageReport };
  /** Chooses how often to look, and how far back to fetch. */
  "coverage.set": { input: SetCoverage; answer: CoverageReport };
  /** Catches up now. */
  "coverage.catch_up": { input: InWorkspace; answer: CoverageReport };
  /** Halts the fetching of older conversations. */
  "backfill.pause": { input: InWorkspace; answer: CoverageReport };
  /** Lets the fetching of older conversations go on. */
  "backfill.resume": { input: InWorkspace; answer: CoverageReport };
  /** Buckets with what they resolve to. */
  "buckets.list": { input: InWorkspace; answer: BucketList };
  /** Makes a bucket or changes one. */
  "buckets.save": { input: SaveBucket; answer: BucketView };
  /** Removes a bucket. */
  "buckets.remove": { input: RemoveBucket; answer: BucketList };
  /** What the record of decisions shows. */
  "insights.get": { input: GetInsights; answer: InsightsReport };
  /** The cases of one cell of the confusion matrix. */
  "insights.cases": { input: ListCases; answer: CaseList };
  /** What people changed in replies. */
  "insights.edits": { input: InWorkspace; answer: EditList };
  /** New words, and buckets that may be missing. */
  "insights.words": { input: InWorkspace; answer: WordsReport };
  /** The labels of a history, with counts and where they might go. Keeps nothing. */
  "history.preview": { input: PreviewHistory; answer: HistoryPreview };
  /** Teaches the local model a labelled history. */
  "history.import": { input: ImportHistory; answer: ImportedHistory };
  /** Histories that were imported. */
  "history.list": { input: InWorkspace; answer: ImportList };
  /** Takes an import back whole. */
  "history.undo": { input: UndoImport; answer: ImportList };
  /** What a reply says with its variables put in, or why it cannot be sent. */
  "replies.preview": { input: PreviewReply; answer: ReplyPreview };
  /** Keeps a reply that is being written. Sends nothing. */
  "begun_replies.keep": { input: KeepBegunReply; answer: KeptBegunReply };
  /** Replies that were begun, and neither sent nor discarded. */
  "begun_replies.list": { input: InWorkspace; answer: BegunReplyList };
  /** Discards a reply that was begun. */
  "begun_replies.drop": { input: DropBegunReply; answer: BegunReplyList };
  /** Articles of the help center that may answer a customer. */
  "articles.find": { input: FindArticles; answer: ArticleList };
  /** The macros, put together for a conversation. */
  "macros.list": { input: ListMacros; answer: MacroList };
  /** How many articles and macros are kept, and when they were read. */
  "library.get": { input: InWorkspace; answer: LibraryView };
  /** Has articles and macros read again. Writes nothing to the helpdesk. */
  "library.read": { input: InWorkspace; answer: LibraryView };
  /** Teammates and teams. */
  "directory.get": { input: InWorkspace; answer: Directory };
  /** The user's choices for the program. */
  "settings.get": { input: Nothing; answer: Settings };
  /** Changes what is given. */
  "settings.update": { input: UpdateSettings; answer: Settings };
  /** Where the helpdesk should deliver to. */
  "listener.get": { input: InWorkspace; answer: ListenerInfo };
  /** Keeps the tunnel's address. */
  "listener.set_public_url": { input: SetPublicUrl; answer: ListenerInfo };
  /** Sends a signed test delivery to the listener. */
  "listener.test": { input: InWorkspace; answer: TestDelivery };
  /** Who is asked for second opinions, and how it stands. */
  "language_model.get": { input: InWorkspace; answer: LanguageModelView };
  /** Chooses who is asked, when, and what a day may take. */
  "language_model.set": { input: SetLanguageModel; answer: LanguageModelView };
  /** Keeps the key of the service. */
  "language_model.set_key": { input: SetLanguageModelKey; answer: LanguageModelView };
  /** Forgets the key of the service. */
  "language_model.remove_key": { input: InWorkspace; answer: LanguageModelView };
  /** Tries the key and the address. Sends no text of any conversation. */
  "language_model.check": { input: InWorkspace; answer: ModelCheck };
  /** The models that the service offers. */
  "language_model.models": { input: InWorkspace; answer: ModelList };
  /** Tokens and money by day. */
  "language_model.usage": { input: InWorkspace; answer: ModelUsage };
  /** What may happen without a person, and what the record shows of it. */
  "policies.list": { input: GetPolicies; answer: PolicyList };
  /** Changes the line, hold, cap, samples or promise of a policy. */
  "policies.set": { input: SetPolicy; answer: PolicyList };
  /** Lets a policy act by itself, or lets it again. */
  "policies.give": { input: PolicyRef; answer: PolicyList };
  /** Stops a policy; what it holds comes back. */
  "policies.withdraw": { input: PolicyRef; answer: PolicyList };
  /** What a line would have done in the recorded decisions. Changes nothing. */
  "policies.simulate": { input: SimulatePolicy; answer: Simulation };
  /** What every line would have done, and the one that keeps the promise. */
  "policies.curve": { input: PolicyRef; answer: PolicyCurve };
  /** Whether anything acts by itself. */
  "automatic.get": { input: GetPolicies; answer: AutomaticView };
  /** Stops everything automatic at once, in every workspace, over restarts. */
  "automatic.stop": { input: Nothing; answer: AutomaticView };
  /** Starts automatic work again. */
  "automatic.start": { input: Nothing; answer: AutomaticView };
  /** What left this machine for somebody who is not the helpdesk. */
  "egress.list": { input: ListEgress; answer: EgressList };
  /** Blocks everything but the helpdesk, or lets it through again. */
  "egress.block": { input: BlockEgress; answer: EgressList };
  /** The tunnel to the listener, and how it stands. */
  "tunnel.get": { input: Nothing; answer: TunnelView };
  /** Ways to a public URL, and which of them are on this machine. */
  "tunnel.providers": { input: Nothing; answer: TunnelProviders };
  /** Chooses a way; opens it in place of an open one. */
  "tunnel.set": { input: TunnelChoice; answer: TunnelView };
  /** Opens the tunnel, now and at each start of the program. */
  "tunnel.start": { input: Nothing; answer: TunnelView };
  /** Ends the tunnel. */
  "tunnel.stop": { input: Nothing; answer: TunnelView };
  /** Takes down that Intercom has the tunnel's address. */
  "tunnel.acknowledge_url": { input: AcknowledgeUrl; answer: TunnelView };
}
