/**
 * Keys, in layers: the topmost layer hears first, and a modal one hears alone. Plain keys are left to whoever types in
 * a field; keys with Ctrl (or Command) and Escape are heard everywhere. Two-key ways are written "g r".
 */

/** What to do on a key. Return false to leave the key to others. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void | false>;

interface Layer {
  keys: () => KeyMap;
  modal: boolean;
}

const FIRST_OF_TWO_MS = 900;
const layers: Layer[] = [];
let first: { key: string; until: number } | undefined;

/** Adds a layer on top. Returns how to take it away. Call from an effect. */
export function keyLayer(keys: () => KeyMap, modal = false): () => void {
  const layer = { keys, modal };
  layers.push(layer);
  return () => {
    const place = layers.indexOf(layer);
    if (place >= 0) layers.splice(place, 1);
  };
}

/** Whether the event comes from where a person types. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** The name of a key as maps write it: "j", "?", "ctrl+k", "Enter". */
export function keyName(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `ctrl+${key}` : key;
}

function heard(name: string, event: KeyboardEvent): boolean {
  for (let place = layers.length - 1; place >= 0; place -= 1) {
    const layer = layers[place];
    const act = layer?.keys()[name];
    if (act && act(event) !== false) return true;
    if (layer?.modal) return false;
  }
  return false;
}

/** Hears the keys of a window. Returns how to stop. */
export function listenToKeys(target: Window): () => void {
  function hear(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    const name = keyName(event);
    const plain = !name.startsWith("ctrl+") && name !== "Escape";
    if (plain && isTyping(event.target)) return;
    // A button or link that has the focus keeps its own keys.
    if (
      (name === "Enter" || name === " ") &&
      event.target instanceof HTMLElement &&
      event.target.closest("button, a, summary, [role=option]:not([data-testid=queue-row], [data-testid=delivery-row])")
    )
      return;
    const now = event.timeStamp;
    const both = first && now < first.until ? `${first.key} ${name}` : undefined;
    first = undefined;
    if ((both && heard(both, event)) || heard(name, event)) {
      event.preventDefault();
      return;
    }
    if (plain && layers.some((layer) => Object.keys(layer.keys()).some((key) => key.startsWith(`${name} `)))) {
      first = { key: name, until: now + FIRST_OF_TWO_MS };
    }
  }
  target.addEventListener("keydown", hear);
  return () => target.removeEventListener("keydown", hear);
}
