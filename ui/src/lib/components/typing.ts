/** Puts words into a field in the place of a range, as if a person had typed them: Ctrl Z takes them back. */
export function typeInto(field: HTMLTextAreaElement, words: string, from: number, to: number): void {
  field.focus();
  field.setSelectionRange(from, to);
  if (words === "" && from === to) return;
  const before = field.value;
  if (typeof document.execCommand === "function")
    document.execCommand(words === "" ? "delete" : "insertText", false, words);
  if (field.value !== before) return;
  field.setRangeText(words, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
