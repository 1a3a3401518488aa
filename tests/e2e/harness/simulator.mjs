// The Intercom workspace in a box, seen from a test: customers write to it, and it tells what it was asked to do.

import { programAt, startReady } from './processes.mjs';
import { until } from './until.mjs';

/** Starts a simulator that sends nothing of its own. */
export async function startSimulator({ seed = 7 } = {}) {
  const args = ['simulate', '--quiet', '--seed', String(seed)];
  const process = await startReady(programAt('COUNTERSIGN_CLI'), args);
  const { base_url: baseUrl, token } = process.line;
  return {
    ...simulatorAt(baseUrl),
    ...process.line,
    /** The workspace's teammates, as its API tells them. */
    async admins() {
      const headers = { authorization: `Bearer ${token}`, 'intercom-version': '2.16' };
      const response = await fetch(new URL('/admins', baseUrl), { headers });
      return (await response.json()).admins;
    },
    /** A teammate changes an article of the help center, by its title. */
    async changeArticle(title, change) {
      const headers = {
        authorization: `Bearer ${token}`,
        'intercom-version': '2.16',
        'content-type': 'application/json',
      };
      const list = await (await fetch(new URL('/articles?per_page=50', baseUrl), { headers })).json();
      const { id } = list.data.find((article) => article.title === title);
      const request = { method: 'PUT', headers, body: JSON.stringify(change) };
      const response = await fetch(new URL(`/articles/${id}`, baseUrl), request);
      if (!response.ok) throw new Error(`/articles/${id} answered ${response.status}: ${await response.text()}`);
    },
    stop: process.stop,
  };
}

/** The control surface of a simulator that runs already. */
export function simulatorAt(baseUrl) {
  const control = async (path, body, method = body === undefined ? 'GET' : 'POST') => {
    const response = await fetch(new URL(`/_sim/${path}`, baseUrl), {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`/_sim/${path} answered ${response.status}: ${text}`);
    return text ? JSON.parse(text) : null;
  };
  const calls = () => control('calls');
  return {
    /** A customer writes; resolves with `{conversation_id, part_id}`. */
    message: (message) => control('messages', message),
    /** A teammate acts in the helpdesk's own inbox. */
    teammate: (deed) => control('teammate', deed),
    /** Makes API calls go wrong: `{match: {method, path}, times, do, …}`. */
    fault: (fault) => control('faults', fault),
    /** Takes all faults back. */
    heal: () => control('faults', undefined, 'DELETE'),
    state: () => control('state'),
    calls,
    /** What was done to a conversation, in order, in the words of a plan. */
    async deeds(conversationId) {
      return deedsOf(await calls(), conversationId);
    },
    /** Waits for so many deeds, then makes sure that no more follow. */
    async settledDeeds(conversationId, count) {
      const read = async () => deedsOf(await calls(), conversationId);
      await until(`${count} deeds on ${conversationId}`, async () => (await read()).length >= count);
      await new Promise((resolve) => setTimeout(resolve, 600));
      return read();
    },
  };
}

/** `assign`, `reply`, `note`, `close`, `snooze`, `open`: the successful writes to one conversation. */
export function deedsOf(calls, conversationId) {
  const words = { assignment: 'assign', comment: 'reply', note: 'note', close: 'close', snoozed: 'snooze', open: 'open' };
  return calls
    .filter((call) => call.method === 'POST' && call.status !== null && call.status < 300)
    .filter((call) => new RegExp(`/conversations/${conversationId}/(parts|reply)$`).test(call.path.split('?')[0]))
    .map((call) => {
      const body = typeof call.body === 'string' ? JSON.parse(call.body) : call.body;
      return { kind: words[body.message_type] ?? body.message_type, body };
    });
}

/** The kinds alone. */
export function kindsOf(deeds) {
  return deeds.map((deed) => deed.kind);
}
