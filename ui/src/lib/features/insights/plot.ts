/** Where things stand in a plot: one size for all of them, with room for the words at its edges. */
export const WIDTH = 360;
export const HEIGHT = 210;
export const LEFT = 54;
export const RIGHT = 10;
export const TOP = 10;
export const BOTTOM = 30;

/** A share of the width, 0 to 1, as a coordinate. */
export const x = (share: number): number => LEFT + share * (WIDTH - LEFT - RIGHT);
/** A share of the height, 0 at the bottom, as a coordinate. */
export const y = (share: number): number => HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);

const fixed = (at: number): string => at.toFixed(1);

/** A line through points given as shares. */
export function line(points: readonly (readonly [number, number])[]): string {
  return points.map(([px, py], at) => `${at === 0 ? "M" : "L"}${fixed(x(px))} ${fixed(y(py))}`).join("");
}

/** The end of an axis that shares up to `most` fit on: 4, 10, 20, 50 or 100 %. */
export function top(most: number): number {
  return [0.04, 0.1, 0.2, 0.5].find((end) => most <= end) ?? 1;
}

/** A share as an axis has it. */
export const mark = (share: number): string => `${Math.round(share * 100)} %`;
