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
  const app = {
    async rpc(command, body = {}) {
      return rpc(app.uiUrl, command, body);
    },
    log: () => app.process.log(),
    /** Ends the program as a crash would, and starts it on the same data. */
    async crashAndStart() {
      app.process.child.kill('SIGKILL');
      await app.process.ended;
      await begin();
    },
    async stop() {
      await app.process?.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
  const begin = async () => {
    app.process = await startReady(programAt('COUNTERSIGN_CLI'), args, { env });
    app.uiUrl = app.process.line.ui_url;
    app.listenUrl = app.process.line.listen_url;
    app.pageUrl = `${app.uiUrl.replace(/\/$/, '')}/#token=${TOKEN}`;
    if (simulator) await deliverTo(simulator, app.listenUrl);
  };
  await begin();
  return app;
}

async function rpc(uiUrl, command, body) {
  const response = await fetch(new URL(`/rpc/${command}`, uiUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${command} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

/** Has the simulator deliver its webhooks there. */
async function deliverTo(simulator, listenUrl) {
  const url = listenUrl.includes('/webhooks/') ? listenUrl : new URL('/webhooks/intercom', listenUrl).href;
  const response = await fetch(new URL('/_sim/webhook', simulator.base_url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url }),
  });
  if (!response.ok) throw new Error(`/_sim/webhook answered ${response.status}`);
}
