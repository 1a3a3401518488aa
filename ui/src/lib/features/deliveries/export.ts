/** Saving an export: in the window the core writes the file; in a browser the page gathers it and saves it. */
import { backend, type Host, type ListDeliveries } from "$lib/ipc";

/** Exports what the filter means. Returns what to tell the person. */
export async function exportDeliveries(host: Host, filter: ListDeliveries): Promise<string> {
  if (host === "desktop") {
    const { path, lines } = await backend().call("deliveries.export_file", filter);
    return `${lines.toLocaleString()} deliveries, personal data masked, are in ${path}`;
  }
  const pieces: string[] = [];
  let lines = 0;
  let name = "deliveries.jsonl";
  for (let before: string | null | undefined; before !== null;) {
    const piece = await backend().call("deliveries.export", { ...filter, ...(before ? { before } : {}) });
    pieces.push(piece.text);
    lines += piece.lines;
    name = piece.file_name;
    before = piece.next;
  }
  save(new Blob(pieces, { type: "application/x-ndjson" }), name);
  return `${lines.toLocaleString()} deliveries, personal data masked, are saved as ${name}`;
}

/** Has the browser save something as a file. */
export function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
