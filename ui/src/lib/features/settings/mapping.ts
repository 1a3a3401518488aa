import type { LabelTarget } from "$lib/ipc";

/** Where a label goes, as one word for a choice in a list. */
export function wordOf(target: LabelTarget): string {
  return target.to === "bucket" ? `bucket:${target.bucket_id}` : target.to;
}

/** The same back. */
export function fromWord(word: string): LabelTarget {
  if (word.startsWith("bucket:")) return { to: "bucket", bucket_id: word.slice("bucket:".length) };
  return word === "none_of_these" ? { to: "none_of_these" } : { to: "leave_out" };
}
