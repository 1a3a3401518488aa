/** Cuts a text into pieces, those that weighed marked. */
import type { Evidence } from "$lib/ipc";

/** A piece of text; `weight` is null where nothing weighed. */
export interface Piece {
  text: string;
  weight: number | null;
}

/** The pieces of a text. Evidence that overlaps, or lies outside of the text, is left out. */
export function pieces(text: string, evidence: readonly Evidence[]): Piece[] {
  const cut: Piece[] = [];
  let at = 0;
  for (const { start, end, weight } of [...evidence].sort((a, b) => a.start - b.start)) {
    if (start < at || end <= start || end > text.length) continue;
    if (start > at) cut.push({ text: text.slice(at, start), weight: null });
    cut.push({ text: text.slice(start, end), weight });
    at = end;
  }
  if (at < text.length) cut.push({ text: text.slice(at), weight: null });
  return cut;
}
