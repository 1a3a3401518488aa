import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keyLayer, listenToKeys } from "$lib/keys";

let stops: (() => void)[] = [];
beforeEach(() => stops.push(listenToKeys(window)));
afterEach(() => {
  for (const stop of stops) stop();
  stops = [];
  document.body.replaceChildren();
});

function press(key: string, more: KeyboardEventInit = {}, target: EventTarget = document.body): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  return event;
}

describe("keys", () => {
  it("go to the topmost layer that knows them, and no further than a modal one", () => {
    const below = vi.fn();
    const above = vi.fn();
    stops.push(keyLayer(() => ({ j: below, k: below })));
    const close = keyLayer(() => ({ j: above }), true);
    press("j");
    press("k");
    expect(above).toHaveBeenCalledTimes(1);
    expect(below).not.toHaveBeenCalled();
    close();
    press("k");
    expect(below).toHaveBeenCalledTimes(1);
  });

  it("are left to whoever types, but for Ctrl and Escape", () => {
    const act = vi.fn();
    stops.push(keyLayer(() => ({ e: act, Escape: act, "ctrl+k": act })));
    const field = document.body.appendChild(document.createElement("textarea"));
    expect(press("e", {}, field).defaultPrevented).toBe(false);
    expect(act).not.toHaveBeenCalled();
    press("Escape", {}, field);
    press("k", { ctrlKey: true }, field);
    expect(act).toHaveBeenCalledTimes(2);
  });

  it("are left alone while characters are composed", () => {
    const act = vi.fn();
    stops.push(keyLayer(() => ({ Enter: act })));
    press("Enter", { isComposing: true });
    expect(act).not.toHaveBeenCalled();
  });

  it("leave Enter to a button that has the focus", () => {
    const approve = vi.fn();
    stops.push(keyLayer(() => ({ Enter: approve })));
    press("Enter", {}, document.body.appendChild(document.createElement("button")));
    expect(approve).not.toHaveBeenCalled();
    press("Enter");
    expect(approve).toHaveBeenCalledTimes(1);
  });

  it("go two ways: g then r", () => {
    const review = vi.fn();
    const reject = vi.fn();
    stops.push(keyLayer(() => ({ "g r": review, r: reject })));
    press("g");
    press("r");
    expect(review).toHaveBeenCalledTimes(1);
    expect(reject).not.toHaveBeenCalled();
    press("r");
    expect(reject).toHaveBeenCalledTimes(1);
  });
});
