/**
 * Keeps replies that were begun in the core, so that they outlive the page and the program: a short time after the last key,
 * when the card is left, and when the window loses the person. Off the way of typing: nothing here is waited for by a key.
 *
 * What the core keeps is read when a workspace is opened and whenever it changes there. A text that is being written here
 * never gives way to what is read. What was kept and is kept no more, since it was erased or decided elsewhere, goes.
 */
import { app } from "$lib/app.svelte";
import { onEvent, touches } from "$lib/events";
import { backend, type BegunReplyView, type ConversationId } from "$lib/ipc";
import { asCallError, type CallError } from "$lib/ipc/backend";
import { toasts } from "$lib/toasts.svelte";
import { review } from "./review.svelte";
import { type Begun, isUntouched, type Keeper, type Texts } from "./texts.svelte";

/** So long after the last key it is kept, milliseconds. */
export const PAUSE_MS = 400;
/** So long at most where the keys do not pause. */
const LONGEST_MS = 2_000;
/** So long after a failure it is tried again. */
const AGAIN_MS = 5_000;
/** Events come in bursts. */
const BURST_MS = 40;

/** How it stands with one conversation. */
interface Line {
  workspace: string;
  conversation: ConversationId;
  /** What the page holds is not what was handed to the core. */
  isDirty: boolean;
  /** The core keeps something of it. */
  isKept: boolean;
  /** Calls under way. */
  calls: number;
  /** A decision is taking it along. */
  isAside: boolean;
  /** Counts what happens to it: an answer asked for before is old. */
  version: number;
  /** When the oldest key came that is not kept. */
  since: number | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
  done: Promise<void>;
}

export class Keeping implements Keeper {
  readonly #texts: Texts;
  readonly #lines = new Map<string, Line>();
  /** Workspaces of which is known what was kept before: nothing is written over it unseen. */
  readonly #known = new Set<string>();
  #newest = 0;
  /** A failure was told of, and none has been mended since. */
  #isTold = false;

  constructor(texts: Texts) {
    this.#texts = texts;
    texts.keeper = this;
  }

  /** Follows what the core keeps, and what takes the person away from the window. Returns how to stop. */
  follow(window: Window): () => void {
    const leave = (): void => this.flush(true);
    const hide = (): void => {
      if (window.document.visibilityState === "hidden") leave();
    };
    window.addEventListener("blur", leave);
    window.addEventListener("pagehide", leave);
    window.document.addEventListener("visibilitychange", hide);
    let again: ReturnType<typeof setTimeout> | undefined;
    const stop = onEvent((event) => {
      if (!touches(event, ["begun_replies", "decisions"])) return;
      again ??= setTimeout(() => {
        again = undefined;
        void this.load();
      }, BURST_MS);
    });
    return () => {
      window.removeEventListener("blur", leave);
      window.removeEventListener("pagehide", leave);
      window.document.removeEventListener("visibilitychange", hide);
      stop();
      clearTimeout(again);
    };
  }

  /** Reads what the core keeps of the workspace that is shown. */
  async load(): Promise<void> {
    const workspace = app.info?.active_workspace;
    if (!workspace) return;
    const mine = ++this.#newest;
    const versions = new Map([...this.#lines].map(([key, line]) => [key, line.version]));
    const isSettled = (line: Line): boolean =>
      !line.isDirty && !line.isAside && line.calls === 0 && line.version === (versions.get(keyOf(line)) ?? 0);
    let replies: BegunReplyView[];
    try {
      ({ replies } = await backend().call("begun_replies.list", { workspace }));
    } catch (thrown) {
      // Nothing is kept until it is known what was: it would be written over.
      if (mine === this.#newest) this.#failed(asCallError(thrown), () => void this.load());
      return;
    }
    if (mine !== this.#newest) return;
    const isFirst = !this.#known.has(workspace);
    this.#known.add(workspace);
    for (const reply of replies) {
      const line = this.#line(workspace, reply.conversation_id);
      const here = this.#texts.in(workspace, line.conversation);
      const there = begunOf(reply, here);
      if (isFirst && here && line.isDirty && !isUntouched(here) && here.text !== there.text) {
        // Written before it was known that something was kept: neither is lost.
        this.#texts.put(workspace, line.conversation, { ...here, text: `${there.text}\n\n${here.text}` });
        line.isKept = true;
      } else if (isSettled(line) || (isFirst && !line.isAside)) {
        line.isKept = true;
        if (!here || !isSame(here, there)) this.#texts.put(workspace, line.conversation, there);
      }
    }
    const kept = new Set(replies.map((reply) => reply.conversation_id));
    for (const { conversation } of this.#texts.list(workspace)) {
      const line = this.#line(workspace, conversation);
      if (kept.has(conversation) || !line.isKept || !isSettled(line)) continue;
      line.isKept = false;
      this.#texts.put(workspace, conversation, undefined);
    }
    if (isFirst) this.flush();
  }

  changed(workspace: string, conversation: ConversationId): void {
    const line = this.#line(workspace, conversation);
    line.isDirty = true;
    line.version += 1;
    line.since ??= Date.now();
    const left = line.since + LONGEST_MS - Date.now();
    const isGone = !this.#texts.in(workspace, conversation);
    this.#later(line, isGone ? 0 : Math.max(0, Math.min(PAUSE_MS, left)));
  }

  /** `isLast` where the page may be gone before the answer. */
  flush(isLast = false): void {
    for (const line of this.#lines.values()) void this.#keep(line, isLast);
  }

  async hand(workspace: string, conversation: ConversationId): Promise<void> {
    const line = this.#line(workspace, conversation);
    line.isAside = true;
    line.version += 1;
    await this.#keep(line);
  }

  answered(workspace: string, conversation: ConversationId): void {
    const line = this.#line(workspace, conversation);
    line.isAside = false;
    line.version += 1;
    // What the decision took along is not here any more; what was begun since is.
    if (!this.#texts.in(workspace, conversation)) line.isKept = false;
  }

  #line(workspace: string, conversation: ConversationId): Line {
    const key = keyOf({ workspace, conversation });
    let line = this.#lines.get(key);
    if (!line) {
      line = {
        workspace,
        conversation,
        isDirty: false,
        isKept: false,
        calls: 0,
        isAside: false,
        version: 0,
        since: undefined,
        timer: undefined,
        done: Promise.resolve(),
      };
      this.#lines.set(key, line);
    }
    return line;
  }

  #later(line: Line, milliseconds: number): void {
    clearTimeout(line.timer);
    line.timer = setTimeout(() => void this.#keep(line), milliseconds);
  }

  /** Keeps it as it stands at this moment, after what was handed to the core before. */
  #keep(line: Line, isLast = false): Promise<void> {
    clearTimeout(line.timer);
    if (line.isDirty && this.#known.has(line.workspace)) {
      line.isDirty = false;
      line.since = undefined;
      const held = this.#texts.in(line.workspace, line.conversation);
      // A draft that was only opened is kept as a draft.
      const begun = held && !isUntouched(held) ? held : undefined;
      line.calls += 1;
      line.done = line.done.then(() => this.#send(line, begun, !held, isLast));
    }
    return line.done;
  }

  async #send(line: Line, begun: Begun | undefined, isGone: boolean, isLast: boolean): Promise<void> {
    const { workspace, conversation: conversation_id } = line;
    try {
      if (begun) {
        const { text, suggestion: suggestion_id, bucket, draft } = begun;
        const which = {
          ...(bucket === undefined ? {} : { bucket_id: bucket }),
          ...(draft === undefined ? {} : { draft_id: draft.draft_id }),
        };
        const input = { workspace, conversation_id, text, suggestion_id, ...which };
        await backend().call("begun_replies.keep", input, isLast);
        line.isKept = true;
      } else if (isGone || line.isKept) {
        // What is gone is dropped in any case: an undo may have brought it back, which this page has not read yet.
        await backend().call("begun_replies.drop", { workspace, conversation_id }, isLast);
        line.isKept = false;
      }
      this.#isTold = false;
    } catch (thrown) {
      line.isDirty = true;
      this.#failed(asCallError(thrown), () => this.#later(line, 0));
    } finally {
      line.calls -= 1;
      line.version += 1;
    }
  }

  /** Says it once, and tries again where that may help. */
  #failed(error: CallError, again: () => void): void {
    if (!this.#isTold) {
      const why = `What you write cannot be kept at the moment: ${error.message}`;
      toasts.show("problem", `${why} It stays here while this window is open.`);
    }
    this.#isTold = true;
    if (error.code !== "not_found" && error.code !== "bad_request") setTimeout(again, AGAIN_MS);
  }
}

function keyOf({ workspace, conversation }: { workspace: string; conversation: ConversationId }): string {
  return `${workspace} ${conversation}`;
}

/** `here` has the draft as it was opened: that one stays while it is the same. */
function begunOf(reply: BegunReplyView, here: Begun | undefined): Begun {
  const draft = reply.draft?.state === "reply" ? reply.draft : undefined;
  const known = here?.draft?.draft_id === draft?.draft_id ? here?.draft : draft;
  return {
    text: reply.text,
    suggestion: reply.suggestion_id,
    name: reply.contact_name,
    bucket: reply.bucket_id ?? undefined,
    draft: known,
  };
}

function isSame(one: Begun, other: Begun): boolean {
  return (
    one.text === other.text &&
    one.suggestion === other.suggestion &&
    one.name === other.name &&
    one.bucket === other.bucket &&
    one.draft?.draft_id === other.draft?.draft_id
  );
}

/** What keeps the replies of the page. */
export const keeping = new Keeping(review.texts);
