/** Putting pages of deliveries together. Ids sort by time of arrival, so they tell what is older. */

interface Row {
  delivery_id: string;
}

/** More rows than this are let go at the old end while the list follows. */
export const MOST = 5_000;

/**
 * What is shown after the newest page was read again: the page, and below it the older rows that were shown before.
 * `whole` says that there is nothing beyond the page. Where more came than fits the page, the older rows go: a list
 * with a hole in it would show what is not so.
 */
export function withNewest<T extends Row>(shown: readonly T[], page: readonly T[], whole: boolean): T[] {
  const last = page.at(-1);
  const first = shown[0];
  if (whole || !last || !first || first.delivery_id < last.delivery_id) return [...page];
  return [...page, ...shown.filter((row) => row.delivery_id < last.delivery_id)].slice(0, MOST);
}

/** What is shown after the next older page was read. */
export function withOlder<T extends Row>(shown: readonly T[], page: readonly T[]): T[] {
  const last = shown.at(-1);
  return last ? [...shown, ...page.filter((row) => row.delivery_id < last.delivery_id)] : [...page];
}

/** "12 new", "1,000 new or more"; empty for none. */
export function newWords(number: number, counted = 1_000): string {
  if (number <= 0) return "";
  return number >= counted ? `${counted.toLocaleString()} new or more` : `${number.toLocaleString()} new`;
}
