/** Short words and figures of policies. The sentences come from the core. */
import type { PolicyView } from "$lib/ipc";

/** How a policy stands, in a word or two. */
export function stateWord(view: PolicyView): string {
  switch (view.state) {
    case "no_decisions":
      return "no decisions";
    case "learning":
      return "still learning";
    case "not_proven":
      return "not proven";
    case "proven":
      return "off, proven";
    case "given":
      return "on";
    case "given_not_proven":
      return "on, waits";
    case "revoked":
      return "stopped";
  }
}

/** A share as exactly as it is set: "92.5 %". */
export function share(value: number): string {
  const percents = Math.round(value * 1000) / 10;
  return `${percents.toLocaleString(undefined, { maximumFractionDigits: 1 })} %`;
}

/** A day counted from 1970-01-01, as a date. */
export function dayOf(day: number): string {
  return new Date(day * 86_400_000).toLocaleDateString(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
}

/** The path of a curve: `points` as shares of the width and of the height, both from 0 to 1. */
export function path(points: readonly { x: number; y: number }[], width: number, height: number): string {
  return points
    .map(({ x, y }, at) => `${at === 0 ? "M" : "L"}${(x * width).toFixed(1)} ${((1 - y) * height).toFixed(1)}`)
    .join("");
}
