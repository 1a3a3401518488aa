import { beforeEach, expect, it, vi } from "vitest";
import { applyTheme, rememberedTheme } from "$lib/theme";

beforeEach(() => localStorage.clear());

it("follows the system unless the person has chosen, and remembers the choice", () => {
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  expect(rememberedTheme()).toBe("system");
  applyTheme("system");
  expect(document.documentElement.dataset["theme"]).toBe("dark");
  applyTheme("light");
  expect(document.documentElement.dataset["theme"]).toBe("light");
  expect(rememberedTheme()).toBe("light");
  vi.unstubAllGlobals();
});
