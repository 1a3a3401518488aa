// What did not work comes back, with the reason in words.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kindsOf } from '../harness/simulator.mjs';
import { until } from '../harness/until.mjs';
import { messageOf, startWorld } from '../harness/world.mjs';

let world;
before(async () => {
  world = await startWorld({ undoSeconds: 2 });
});
after(() => world?.close());

test('an action that Intercom refuses comes back to the person with what Intercom said', async () => {
  const { simulator, app, desk } = world;
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await desk.goTo(id);
  await simulator.fault({
    match: { method: 'POST', path: `/conversations/${id}/parts` },
    do: 'status',
    status: 403,
    code: 'api_plan_restricted',
    message: 'Not part of your plan',
  });
  await desk.key('Enter');
  const decision = await until('the decision to want attention', async () => {
    const { rows } = await app.rpc('decisions.list', { scope: 'attention' });
    return rows.find((row) => row.conversation_id === id);
  });
  const problem = decision.actions.find((action) => action.problem)?.problem ?? '';
  assert.match(problem, /403|plan/i, 'the reason names what Intercom said');
  await until('the reason on the page', async () => /Not part of your plan|403/.test(await desk.text()));
  assert.ok(!kindsOf(await simulator.deeds(id)).includes('reply'), 'later steps wait for the failed one');
  await simulator.heal();
});

test('an approval that a teammate overtook is refused and says who acted', async () => {
  const { simulator, desk } = world;
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await desk.goTo(id);
  const other = (await simulator.admins()).find((admin) => String(admin.id) !== String(simulator.admin_id));
  await desk.key('Enter');
  await simulator.teammate({ admin_id: other.id, conversation_id: id, do: 'reply', body: 'I have this one.' });
  await until('the page to say that somebody acted', async () =>
    /acted|replied|moved|teammate|since/i.test(await desk.text()),
  );
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  assert.deepEqual(kindsOf(await simulator.deeds(id)), [], 'nothing was done on stale ground');
});

test('a rate limit is waited out and the action still happens once', async () => {
  const { simulator, desk } = world;
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await desk.goTo(id);
  await simulator.fault({ match: { method: 'POST', path: `/conversations/${id}/parts` }, times: 1, do: 'rate_limit' });
  await desk.key('Enter');
  assert.deepEqual(kindsOf(await simulator.settledDeeds(id, 2)), ['assign', 'reply']);
});
