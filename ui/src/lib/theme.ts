/** Light and dark. */
import type { Theme } from "./ipc";

const REMEMBERED = "countersign-theme";

/** Shows the page in a theme, and remembers it for the next start. */
export function applyTheme(theme: Theme): void {
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  localStorage.setItem(REMEMBERED, theme);
}

/** The theme of the last time: the core's own word comes a moment later, and the page should not flash. */
export function rememberedTheme(): Theme {
  const word = localStorage.getItem(REMEMBERED);
  return word === "light" || word === "dark" ? word : "system";
}
