import { cleanup } from "@testing-library/svelte";
import { afterEach } from "vitest";

// What jsdom lacks and the page uses.
globalThis.matchMedia ??= (query: string) =>
  ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList;
globalThis.CSS ??= { escape: (text: string) => text.replace(/["\\]/g, "\\$&") } as typeof CSS;

afterEach(() => cleanup());
