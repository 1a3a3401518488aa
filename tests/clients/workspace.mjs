// A quiet workspace of its own for one client, as a child process that ends with the test.

import { programAt, startReady } from '../e2e/harness/processes.mjs';

/** Starts it. `control` calls its control surface; the rest is what a client needs to connect. */
export async function startWorkspace() {
  const process = await startReady(programAt('COUNTERSIGN_CLI'), ['simulate', '--quiet', '--seed', '11']);
  const control = async (path, body, method = body === undefined ? 'GET' : 'POST') => {
    const response = await fetch(new URL(`/_sim/${path}`, process.line.base_url), {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`/_sim/${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  return { ...process.line, control, stop: process.stop };
}
