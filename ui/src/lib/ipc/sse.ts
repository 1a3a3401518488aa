/** Reads server-sent events from a stream of text, however it is cut. Only `data` matters here. */
export class EventParser {
  #rest = "";
  #data: string[] = [];

  /** Takes in a piece and returns the data of each event that it completes. */
  push(piece: string): string[] {
    const complete: string[] = [];
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (this.#data.length > 0) complete.push(this.#data.join("\n"));
        this.#data = [];
      } else if (line.startsWith("data:")) {
        this.#data.push(line.slice(5).replace(/^ /, ""));
      }
    }
    return complete;
  }
}
