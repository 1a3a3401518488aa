import type { MacroView } from "$lib/ipc";

/** Macros that have all the words typed in name or text; those with them in the name first, else in their order. */
export function macrosNamed(macros: readonly MacroView[], typed: string): MacroView[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const named = macros.filter((one) => has(one.name));
  const others = macros.filter((one) => !has(one.name) && has(`${one.name}\n${one.text}`));
  return [...named, ...others];
}
