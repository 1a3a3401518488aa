/** Which rows of a long list are drawn. */
const SPARE = 6;

/** The rows from `from` up to `to` for a list of `count` rows of one height, scrolled to `top`, with `room` to show. */
export function visible(count: number, height: number, top: number, room: number): { from: number; to: number } {
  const from = Math.max(0, Math.floor(top / height) - SPARE);
  const to = Math.min(count, Math.ceil((top + room) / height) + SPARE);
  return { from: Math.min(from, Math.max(0, count - 1)), to };
}
