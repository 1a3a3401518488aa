/** Puts words into a field in the place of a range, as if a person had typed them: Ctrl Z takes them back. */
export function typeInto(field: HTMLTextAreaElement, words: string, from: number, to: number): void {
  field.focus();
  field.setSelectionRange(from, to);
  const before = field.value;
  if (typeof document.execCommand === "function") document.execCommand("insertText", false, words);
  if (field.value !== before || words === "") return;
  field.setRangeText(words, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
