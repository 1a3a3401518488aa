// The real core without a window, connected to a simulator, in a data folder of its own.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programAt, startReady } from './processes.mjs';

const TOKEN = 'a-token-of-the-end-to-end-tests';

/** Starts `serve` on a simulator; with none, on its own demo workspace. */
export async function startCountersign(simulator) {
  const data = await mkdtemp(join(tmpdir(), 'countersign-e2e-'));
  const args = ['serve', '--data', data, '--listen', '127.0.0.1:0', '--ui', '127.0.0.1:0', '--ui-token', TOKEN];
  const env = {};
  if (simulator) {
    args.push('--base-url', simulator.base_url, '--app-id', simulator.app_id, '--admin-id', String(simulator.admin_id));
    env.COUNTERSIGN_ACCESS_TOKEN = simulator.token;
    env.COUNTERSIGN_CLIENT_SECRET = simulator.client_secret;
  } else {
    args.push('--demo');
  }
  const process = await startReady(programAt('COUNTERSIGN_CLI'), args, { env });
  const { ui_url: uiUrl, listen_url: listenUrl } = process.line;
  const rpc = async (command, body = {}) => {
    const response = await fetch(new URL(`/rpc/${command}`, uiUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${command} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  if (simulator) {
    const url = listenUrl.includes('/webhooks/') ? listenUrl : new URL('/webhooks/intercom', listenUrl).href;
    const response = await fetch(new URL('/_sim/webhook', simulator.base_url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url }),
    });
    if (!response.ok) throw new Error(`/_sim/webhook answered ${response.status}`);
  }
  return {
    uiUrl,
    listenUrl,
    pageUrl: `${uiUrl.replace(/\/$/, '')}/#token=${TOKEN}`,
    rpc,
    log: process.log,
    async stop() {
      await process.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
