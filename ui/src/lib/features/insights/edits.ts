import type { EditPiece } from "$lib/ipc";

/** Characters of what was kept that are shown beside a change. */
const BESIDE = 48;

/** An edit with what was kept cut down to what stands beside its changes. */
export function shortened(pieces: readonly EditPiece[]): EditPiece[] {
  return pieces.map((piece, at) => {
    if (piece.kind !== "kept") return piece;
    const letters = [...piece.text];
    const isFirst = at === 0;
    const isLast = at === pieces.length - 1;
    const room = isFirst || isLast ? BESIDE : 2 * BESIDE;
    if (letters.length <= room + 3) return piece;
    const head = isFirst ? "" : letters.slice(0, BESIDE).join("");
    const tail = isLast ? "" : letters.slice(-BESIDE).join("");
    return { kind: "kept", text: `${head} … ${tail}`.trimStart() };
  });
}
