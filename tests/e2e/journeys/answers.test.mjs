// Every other answer a person can give, each by its key.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertQuiet } from '../harness/browser.mjs';
import { kindsOf } from '../harness/simulator.mjs';
import { until } from '../harness/until.mjs';
import { messageOf, startWorld } from '../harness/world.mjs';

let world;
before(async () => {
  world = await startWorld({ undoSeconds: 2 });
});
after(() => world?.close());

async function arrive(kind) {
  const { conversation_id: id } = await world.simulator.message(messageOf(kind));
  // Whatever the journey before has left open.
  await world.desk.key('Escape');
  await world.desk.goTo(id);
  return id;
}

/** Runs in the page: keys so fast that no answer can come between them. */
function pressTogether(keys) {
  for (const key of keys) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
}

/** Long enough for an undo window to close and its actions to be sent. */
const afterTheWindow = () => new Promise((resolve) => setTimeout(resolve, 4_000));

test('E edits the reply, and the edited one is sent', async () => {
  const { simulator, desk } = world;
  const id = await arrive('billing');
  await desk.key('e');
  const field = await desk.field();
  await field.fill('We have refunded the second charge today.');
  await desk.key('Control+Enter');
  await desk.gone(id);
  const deeds = await simulator.settledDeeds(id, 2);
  assert.deepEqual(kindsOf(deeds), ['assign', 'reply']);
  assert.match(deeds[1].body.body, /refunded the second charge today/);
});

test('a number key puts the conversation into that bucket and carries out its plan', async () => {
  const { simulator, app, desk } = world;
  const id = await arrive('general');
  const { buckets } = await app.rpc('buckets.list');
  const closing = buckets.findIndex(({ bucket }) => /spam/i.test(bucket.name));
  await desk.key(String(closing + 1));
  await desk.gone(id);
  assert.deepEqual(kindsOf(await simulator.settledDeeds(id, 1)), ['close'], 'the plan of spam, not of general');
  const { rows } = await app.rpc('decisions.list');
  assert.equal(rows.find((row) => row.conversation_id === id)?.kind, 'corrected');
});

test('X rejects: the suggestion goes and nothing is done', async () => {
  const { simulator, desk } = world;
  const id = await arrive('general');
  await desk.key('x');
  const reason = await desk.field();
  await reason.fill('Answered by telephone');
  await desk.key('Enter');
  await desk.gone(id);
  await afterTheWindow();
  assert.deepEqual(await simulator.deeds(id), []);
  const { rows } = await world.app.rpc('decisions.list');
  assert.equal(rows.find((row) => row.conversation_id === id)?.kind, 'rejected');
});

test('Z snoozes: the suggestion leaves the queue and is kept for later', async () => {
  const { simulator, app, desk } = world;
  const id = await arrive('general');
  await desk.key('z');
  await desk.page.getByRole('menuitem').or(desk.page.getByRole('option')).first().waitFor();
  await desk.key('Enter');
  await desk.gone(id);
  // The row leaves at once, the core answers a moment later.
  await until('it to wait among the snoozed', async () => {
    const { rows } = await app.rpc('suggestions.list', { scope: 'snoozed' });
    return rows.some((row) => row.conversation_id === id);
  });
  await afterTheWindow();
  assert.ok(!kindsOf(await simulator.deeds(id)).includes('reply'), 'nobody is written to');
});

test('N writes a note that only the team sees, and the suggestion stays', async () => {
  const { simulator, desk } = world;
  const id = await arrive('billing');
  await desk.key('n');
  const field = await desk.field();
  await field.fill('Asked finance about this one.');
  await desk.key('Control+Enter');
  const deeds = await simulator.settledDeeds(id, 1);
  assert.deepEqual(kindsOf(deeds), ['note']);
  assert.match(deeds[0].body.body, /Asked finance/);
});

test('U within the window takes an approval back whole: nothing is sent', async () => {
  const { simulator, app, desk } = world;
  await app.rpc('settings.update', { undo_seconds: 5 });
  const id = await arrive('billing');
  await desk.key('Enter');
  await desk.undoBar.getByRole('button').waitFor();
  await desk.key('u');
  await desk.row(id).waitFor();
  await new Promise((resolve) => setTimeout(resolve, 6_500));
  assert.deepEqual(await simulator.deeds(id), []);
  await app.rpc('settings.update', { undo_seconds: 2 });
});

test('U pressed right after Enter takes back that decision, and not the one before it', async () => {
  const { simulator, app, desk } = world;
  await app.rpc('settings.update', { undo_seconds: 5 });
  const first = await arrive('billing');
  const second = (await simulator.message(messageOf('general'))).conversation_id;
  await desk.row(second).waitFor();
  await desk.goTo(first);
  await desk.key('Enter');
  await desk.undoBar.getByRole('button').waitFor();
  await desk.goTo(second);
  await desk.card.getByRole('button').first().waitFor();
  await desk.page.evaluate(pressTogether, ['Enter', 'u']);
  assert.deepEqual(kindsOf(await simulator.settledDeeds(first, 2)), ['assign', 'reply'], 'the first goes its way');
  await desk.row(second).waitFor();
  assert.deepEqual(await simulator.deeds(second), [], 'the second is taken back');
  await app.rpc('settings.update', { undo_seconds: 2 });
});

test('? shows all keys, and Escape closes them', async () => {
  const { desk } = world;
  await desk.key('?');
  const sheet = desk.page.getByTestId('key-sheet');
  await sheet.waitFor();
  const text = await sheet.innerText();
  for (const key of ['Enter', 'E', 'N', 'Z', 'X', 'U']) assert.ok(text.includes(key), `${key} is named`);
  await desk.key('Escape');
  await sheet.waitFor({ state: 'hidden' });
});

test('keys typed into a field are text, not answers', async () => {
  const { simulator, desk } = world;
  const id = await arrive('billing');
  await desk.key('e');
  const field = await desk.field();
  await field.press('End');
  await desk.page.keyboard.type('xzu1');
  assert.match(await field.inputValue(), /xzu1$/);
  await desk.key('Escape');
  assert.equal(await desk.row(id).count(), 1, 'the suggestion still waits');
  assert.deepEqual(await simulator.deeds(id), []);
});

test('the page had nothing to complain of', () => {
  assertQuiet(world.desk.complaints);
});
