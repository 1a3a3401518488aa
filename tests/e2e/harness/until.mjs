// Waiting for what has no event to wait for.

/** Resolves with the first true answer of `look`; fails after `within` with what was looked for. */
export async function until(what, look, within = 15_000) {
  const deadline = Date.now() + within;
  for (;;) {
    const answer = await look();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${within} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
