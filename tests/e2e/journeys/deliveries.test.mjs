// The page of deliveries: found, held still, read raw, sent again as a command, read again; and what was refused.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { assertQuiet } from '../harness/browser.mjs';
import { until } from '../harness/until.mjs';
import { messageOf, startWorld } from '../harness/world.mjs';

const run = promisify(execFile);
let world;
before(async () => {
  world = await startWorld();
  await world.desk.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
});
after(() => world?.close());

const rows = (desk) => desk.page.getByTestId('delivery-row');
const tab = (desk, name) => desk.page.getByRole('tab', { name: new RegExp(`^${name}\\b`) });

/** The delivery of a conversation's first message, once the core has applied it. */
async function applied(app, conversationId) {
  return until('the delivery to be applied', async () => {
    const list = await app.rpc('deliveries.list', { text: conversationId, topic: 'conversation.user.created' });
    return list.rows.find((row) => row.outcome === 'applied');
  });
}

/** Waits until what a locator shows says so. */
const says = (locator, words) => until(`${words} to be shown`, async () => words.test(await locator.innerText()));

test('a delivery is found by its conversation, tells what it led to, and leads there', async () => {
  const { simulator, app, desk } = world;
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await applied(app, id);
  await desk.key('g');
  await desk.key('e');
  await desk.page.getByRole('heading', { name: 'Deliveries' }).waitFor();
  await desk.key('/');
  await desk.page.keyboard.type(id);
  await until('only its deliveries', async () => {
    const shown = await rows(desk).allInnerTexts();
    return shown.length > 0 && shown.every((text) => text.includes(id));
  });
  await desk.page.getByLabel('Topic begins with').fill('conversation.user.created');
  await until('one delivery', async () => (await rows(desk).count()) === 1);
  await says(rows(desk), /A suggestion was made/);
  await desk.key('Escape');
  await desk.key('j');
  await desk.key('Enter');
  const dialog = desk.page.getByTestId('delivery-dialog');
  await dialog.waitFor();
  await says(dialog.getByTestId('delivery-body'), /"topic": "conversation\.user\.created"/);
  await dialog.getByRole('tab', { name: 'Exactly as received' }).click();
  await says(dialog.getByTestId('delivery-body'), /"topic":\s?"conversation\.user\.created"/);
  await dialog.getByRole('button', { name: 'Open it in Review' }).click();
  await until('Review to show it', async () => (await desk.row(id).getAttribute('aria-selected')) === 'true');
});

test('the command that is copied is taken by the listener, and its delivery counted as a repetition', async (t) => {
  const { simulator, app, desk } = world;
  try {
    await run('curl', ['--version']);
  } catch {
    t.skip('curl is not installed');
    return;
  }
  const body = "It's broken: `reboot` $HOME \"quoted\" \\ and\nover two lines — naïve 😀";
  const { conversation_id: id } = await simulator.message(messageOf('general', { body }));
  const delivery = await applied(app, id);
  await desk.page.getByTestId('nav-deliveries').click();
  await desk.page.locator(`[data-delivery-id="${delivery.delivery_id}"]`).click();
  await desk.key('Enter');
  const dialog = desk.page.getByTestId('delivery-dialog');
  await dialog.getByRole('button', { name: 'Copy as curl' }).click();
  await dialog.getByTestId('delivery-curl').waitFor();
  const command = await desk.page.evaluate(() => navigator.clipboard.readText());
  assert.equal(command, (await app.rpc('deliveries.curl', { delivery_id: delivery.delivery_id })).command);
  assert.ok(!command.includes(simulator.client_secret), 'the secret stays in the core');
  await says(dialog, /valid for exactly this body/);
  const { stdout } = await run('sh', ['-c', command]);
  assert.match(stdout, /^HTTP\/1\.1 200/);
  const again = await app.rpc('deliveries.get', { delivery_id: delivery.delivery_id });
  assert.equal(again.delivery.duplicates, delivery.duplicates + 1, 'the body arrived to the byte');
  // Another body under the same signature is refused.
  const { stdout: refused } = await run('sh', ['-c', `${command.replace('conversation.user.created', 'conversation.user.replied')}`]);
  assert.match(refused, /^HTTP\/1\.1 401/);
  await desk.key('Escape');
});

test('a list that is held still says how much is new, and goes on when asked', async () => {
  const { simulator, app, desk } = world;
  await desk.page.getByTestId('nav-deliveries').click();
  await rows(desk).first().waitFor();
  await desk.page.getByTestId('delivery-pause').click();
  const first = await rows(desk).first().getAttribute('data-delivery-id');
  const { conversation_id: id } = await simulator.message(messageOf('general'));
  await applied(app, id);
  await until('news', async () => /\d+ new/.test(await desk.page.getByTestId('delivery-news').innerText()));
  assert.equal(await rows(desk).first().getAttribute('data-delivery-id'), first, 'nothing moves under the reader');
  await desk.key('p');
  await until('the newest on top', async () => (await rows(desk).first().getAttribute('data-delivery-id')) !== first);
  assert.equal(await desk.page.getByTestId('delivery-news').innerText(), '');
});

test('a failed delivery is read again by a key, and settled as applied; nothing is written', async () => {
  const { simulator, app, desk } = world;
  const writes = async () => (await simulator.calls()).filter((call) => call.method !== 'GET' && !/search/.test(call.path));
  const before = (await writes()).length;
  await simulator.fault({ match: { method: 'GET', path: '/conversations/*' }, times: null, do: 'status', status: 404, code: 'not_found' });
  await simulator.message(messageOf('billing'));
  const failed = await until('a failed delivery', async () => {
    const { rows } = await app.rpc('deliveries.list', { outcome: 'failed' });
    return rows[0];
  });
  await desk.page.getByTestId('nav-deliveries').click();
  await tab(desk, 'Failed').click();
  const row = desk.page.locator(`[data-delivery-id="${failed.delivery_id}"]`);
  await row.waitFor();
  await says(row, /does not find/);
  await simulator.heal();
  // More than one may have failed: the fault strikes every reading.
  await until('its row to be selected', async () => {
    if ((await row.getAttribute('aria-selected')) === 'true') return true;
    await desk.key('j');
    return false;
  });
  await desk.key('r');
  await until('it to be applied', async () => {
    const { delivery } = await app.rpc('deliveries.get', { delivery_id: failed.delivery_id });
    return delivery.outcome === 'applied' && delivery.replays === 1;
  });
  await until('it to leave the failed ones', async () => (await row.count()) === 0);
  assert.equal((await writes()).length, before, 'a replay only reads');
  await tab(desk, 'All').click();
});

test('a stranger at the door is a row of its own kind', async () => {
  const { app, desk } = world;
  const answer = await fetch(app.listenUrl, { method: 'POST', body: '{"a":1}', headers: { 'x-hub-signature': 'sha1=00' } });
  assert.equal(answer.status, 401);
  await desk.page.getByTestId('nav-deliveries').click();
  await tab(desk, 'Refused').click();
  await until('the refusal', async () => /Refused.*wrong/s.test(await rows(desk).first().innerText()));
  await rows(desk).first().click();
  await desk.key('Enter');
  const dialog = desk.page.getByTestId('delivery-dialog');
  await says(dialog, /Nothing of a refused request is kept/);
  assert.equal(await dialog.getByRole('button', { name: 'Replay' }).count(), 0);
  await desk.key('Escape');
  await tab(desk, 'All').click();
});

test('an export is saved with personal data masked', async () => {
  const { desk } = world;
  await desk.page.getByTestId('nav-deliveries').click();
  const [download] = await Promise.all([
    desk.page.waitForEvent('download'),
    desk.page.getByRole('button', { name: 'Export, masked' }).click(),
  ]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  assert.ok(text.trim().split('\n').length >= 5);
  assert.doesNotMatch(text, /Customer Number|@example\.com|charged twice/i);
  assert.match(download.suggestedFilename(), /^deliveries-\d+\.jsonl$/);
});

test('the page has nothing to complain about', () => {
  // A refused export, a 401 of ours and the like are the tests' own; the page itself stays quiet.
  assertQuiet(world.desk.complaints);
});
