// A person is erased from the pane beside their conversation, and the certificate is shown where they were.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertQuiet } from '../harness/browser.mjs';
import { until } from '../harness/until.mjs';
import { messageOf, startWorld } from '../harness/world.mjs';

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.close());

test('a person is erased after the counts were shown, and a certificate is left', async () => {
  const { simulator, desk, app } = world;
  const message = messageOf('billing');
  const { conversation_id: id } = await simulator.message(message);
  const { conversation_id: other } = await simulator.message(messageOf('general'));
  await desk.goTo(id);
  await desk.page.getByTestId('erase-person').click();
  const dialog = desk.page.getByTestId('erase-dialog');
  await dialog.getByTestId('erase-counts').waitFor();
  assert.match(await dialog.innerText(), new RegExp(message.name));
  assert.match(await dialog.innerText(), /This machine only/);

  // Escape changes nothing.
  await desk.key('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await desk.row(id).count(), 1);

  await desk.page.getByTestId('erase-person').click();
  await dialog.getByTestId('erase-counts').waitFor();
  await desk.page.getByTestId('erase-confirm').click();
  const certificate = desk.page.getByTestId('erase-certificate');
  await certificate.waitFor();
  const text = await certificate.locator('textarea').inputValue();
  assert.match(text, /SHA-256 of the lines above: [0-9a-f]{64}/);
  for (const trace of [message.name, message.email]) assert.ok(!text.includes(trace), `${trace} is in it`);
  await certificate.getByRole('button', { name: 'Done' }).click();
  await desk.gone(id);
  assert.equal(await desk.row(other).count(), 1, 'others stay');
  await until('nothing to be found', async () => {
    const { rows } = await app.rpc('conversations.list', { search: message.name });
    return rows.length === 0;
  });
  assert.deepEqual(await simulator.deeds(id), [], 'nothing was done at the helpdesk');
});

test('the certificate is found again in the settings', async () => {
  const { desk } = world;
  await desk.page.getByTestId('nav-settings').click();
  await desk.page.getByTestId('erasures').getByRole('button').click();
  await desk.page.getByTestId('erase-certificate').waitFor();
});

test('the page had nothing to complain of', () => {
  // What was open is asked for once more when it is gone; the browser notes the answer, and no person sees it.
  const isGone = (complaint) => /status of 404/.test(complaint);
  const gone = world.desk.complaints.filter(isGone);
  assert.ok(gone.length <= 2, gone.join('\n'));
  assertQuiet(world.desk.complaints.filter((complaint) => !isGone(complaint)));
});
