/** A reply while it is being written: what the core says of it. The core decides again when it is sent. */
import {
  backend,
  type BucketId,
  type ConversationId,
  type DraftId,
  type DraftStanding,
  type Plan,
  type ReplyGap,
  type ReplyPreview,
  type SuggestionDetail,
  type Verdict,
} from "$lib/ipc";

/** So long after the last key the core is asked, milliseconds. */
const PAUSE_MS = 180;

/** Why the reply of a plan cannot be sent. */
export function replyGap(plan: Plan): ReplyGap | undefined {
  return plan.gaps.find((gap) => gap.kind === "reply_incomplete");
}

/** The bucket whose reply has to be finished before this answer can be given. */
export function unfinished(detail: SuggestionDetail, verdict: Verdict): BucketId | undefined {
  const bucket =
    verdict.kind === "approve"
      ? detail.bucket_id
      : verdict.kind === "correct" && verdict.reply === undefined
        ? verdict.bucket_id
        : null;
  if (bucket === null) return undefined;
  const plan = verdict.kind === "approve" ? detail.plan : detail.plans.find((one) => one.bucket_id === bucket)?.plan;
  return plan && replyGap(plan) ? bucket : undefined;
}

export class ReplyCheck {
  gap = $state.raw<ReplyGap | undefined>(undefined);
  /** How the text stands with what it rests on, where it began as a draft. */
  standing = $state.raw<DraftStanding | undefined>(undefined);
  #newest = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Starts again with what is known of the text. */
  start(gap: ReplyGap | undefined): void {
    this.stop();
    this.gap = gap;
    this.standing = undefined;
  }

  /** Asks once the person pauses. */
  soon(text: string, conversation: ConversationId, draft?: DraftId): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.now(text, conversation, draft), PAUSE_MS);
  }

  /** Asks now. Undefined when nothing keeps the text from being sent, or when the core cannot be asked. */
  async now(text: string, conversation: ConversationId, draft?: DraftId): Promise<ReplyGap | undefined> {
    return (await this.look(text, conversation, draft))?.gap ?? undefined;
  }

  /** All that the core says of a text. Undefined when it cannot be asked. */
  async look(text: string, conversation: ConversationId, draft?: DraftId): Promise<ReplyPreview | undefined> {
    clearTimeout(this.#timer);
    const mine = ++this.#newest;
    try {
      const preview = await backend().call("replies.preview", {
        text,
        conversation_id: conversation,
        ...(draft === undefined ? {} : { draft_id: draft }),
      });
      if (mine === this.#newest) {
        this.gap = preview.gap ?? undefined;
        this.standing = preview.standing ?? undefined;
      }
      return preview;
    } catch {
      return undefined;
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#newest += 1;
  }
}
