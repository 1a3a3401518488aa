// The main path: a message arrives, a suggestion waits, a person signs with the keyboard, Intercom is told.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertQuiet } from '../harness/browser.mjs';
import { kindsOf } from '../harness/simulator.mjs';
import { until } from '../harness/until.mjs';
import { messageOf, startWorld } from '../harness/world.mjs';

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.close());

test('a message appears in the queue without a reload', async () => {
  const { simulator, desk } = world;
  await desk.page.evaluate(() => {
    window.notReloaded = true;
  });
  const message = messageOf('billing');
  const { conversation_id: id } = await simulator.message(message);
  await desk.row(id).waitFor();
  assert.match(await desk.row(id).innerText(), new RegExp(message.name));
  assert.equal(await desk.page.evaluate(() => window.notReloaded), true, 'the page was loaded again');
});

test('approving with the keyboard alone assigns and replies, in this order, and nothing else', async () => {
  const { simulator, desk } = world;
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await desk.goTo(id);
  await desk.key('Enter');
  await desk.undoBar.waitFor();
  await desk.gone(id);
  const deeds = await simulator.settledDeeds(id, 2);
  assert.deepEqual(kindsOf(deeds), ['assign', 'reply']);
  assert.equal(deeds[0].body.type, 'team', 'the plan of billing assigns to its team');
  assert.ok(deeds[1].body.body.length > 20, 'the holding reply is sent');
  await until('the decision in the activity log', async () => {
    const { rows } = await world.app.rpc('activity.list');
    return rows.some((row) => row.kind === 'decision.approved' && row.conversation_id === id);
  });
});

test('approving a suggestion of spam closes the conversation without a reply', async () => {
  const { simulator, desk } = world;
  const { conversation_id: id } = await simulator.message(messageOf('spam'));
  await desk.goTo(id);
  await desk.key('Enter');
  assert.deepEqual(kindsOf(await simulator.settledDeeds(id, 1)), ['close']);
});

test('a follow-up replaces the suggestion that was waiting', async () => {
  const { simulator, desk } = world;
  const { conversation_id: id } = await simulator.message(messageOf('general'));
  await desk.goTo(id);
  const before = await desk.row(id).getAttribute('data-suggestion-id');
  await simulator.message({ ...messageOf('billing'), conversation_id: id });
  await until('a new suggestion for the conversation', async () => {
    const now = await desk.row(id).getAttribute('data-suggestion-id').catch(() => null);
    return now !== null && now !== before;
  });
  assert.equal(await desk.row(id).count(), 1, 'one conversation, one suggestion');
});

test('the page had nothing to complain of', () => {
  assertQuiet(world.desk.complaints);
});
