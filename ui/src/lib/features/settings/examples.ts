/** Example messages as one text: separated by blank lines, or by single lines where no message has more than one. */

/** One text of the examples, to edit. */
export function joinExamples(examples: readonly string[]): string {
  const long = examples.some((example) => example.includes("\n"));
  return examples.join(long ? "\n\n" : "\n");
}

/** The examples of such a text. */
export function splitExamples(text: string): string[] {
  const blocks = text.split(/\n\s*\n/);
  const pieces = blocks.length > 1 ? blocks : text.split("\n");
  return pieces.map((piece) => piece.trim()).filter((piece) => piece.length > 0);
}
