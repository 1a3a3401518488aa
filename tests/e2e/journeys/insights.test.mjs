// Why, none of these, the learning views and an import of history: all of it without a mouse.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertQuiet } from '../harness/browser.mjs';
import { violations } from '../harness/reading.mjs';
import { until } from '../harness/until.mjs';
import { messageOf, startWorld } from '../harness/world.mjs';

let world;
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-history-'));
  world = await startWorld({ undoSeconds: 30 });
});
after(async () => {
  await world?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test('the page says how to begin before anything was decided', async () => {
  const { page } = world.desk;
  await page.getByTestId('nav-review').waitFor();
  await world.desk.key('g');
  await world.desk.key('i');
  await page.getByText('Decide some suggestions first.').waitFor();
  assert.match(await page.getByTestId('calibration-headline').innerText(), /Still learning: 0 of 30/);
  assert.equal(await page.getByTestId('calibration').locator('svg').count(), 0, 'no plot of nothing');
});

test('0 decides that it is none of these, and U takes it back', async () => {
  const { simulator, desk, app } = world;
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await desk.key('g');
  await desk.key('r');
  await desk.goTo(id);
  await desk.key('0');
  await desk.gone(id);
  await until('the decision', async () => (await app.rpc('activity.list')).rows[0]?.kind === 'decision.none_of_these');
  await desk.key('u');
  await desk.row(id).waitFor();
  await until('the lesson to be forgotten', async () => (await app.rpc('health.get')).model.lessons === 0);
});

test('the card says why, and W goes to a past decision like it, which Enter opens', async () => {
  const { simulator, desk } = world;
  const first = await simulator.message(messageOf('billing', { body: 'The pallet scanner charged me twice, refund it please' }));
  await desk.goTo(first.conversation_id);
  await desk.key('Enter');
  await desk.gone(first.conversation_id);
  const second = await simulator.message(messageOf('billing', { body: 'My pallet scanner charged me twice again, refund it' }));
  await desk.goTo(second.conversation_id);
  const why = desk.card.getByTestId('why');
  await why.getByRole('button', { name: /Approved as Billing/ }).waitFor();
  assert.match(await why.innerText(), /For Billing/);
  assert.match(await why.getByTestId('flip').innerText(), /it would be|nothing to go by/i);
  assert.ok(!(await desk.card.innerText()).includes('%'), 'no number while it is learning');
  await desk.key('w');
  assert.match(await desk.page.evaluate(() => document.activeElement?.textContent ?? ''), /Approved as Billing/);
  await desk.key('Enter');
  await desk.thread.waitFor();
  await until('the conversation to be open', async () => (await desk.thread.innerText()).includes('The pallet scanner charged me twice'));
});

test('once there is enough, views tell frequencies, and a cell opens its cases by Enter', async () => {
  const { simulator, desk, app } = world;
  const { page } = desk;
  for (let number = 0; number < 34; number += 1) {
    const kind = ['billing', 'general', 'urgent'][number % 3];
    const { conversation_id: id } = await simulator.message(messageOf(kind));
    const row = await until('its suggestion', async () => {
      const { rows } = await app.rpc('suggestions.list');
      return rows.find((one) => one.conversation_id === id && one.bucket_id);
    });
    const decision =
      kind === 'general' && number % 2 === 0
        ? { kind: 'correct', bucket_id: 'urgent' }
        : number === 3
          ? { kind: 'edit', reply: 'We refund the second payment today.' }
          : { kind: 'approve' };
    await app.rpc('suggestions.decide', { suggestion_id: row.suggestion_id, decision, looked_ms: 900 + 250 * number });
  }
  await desk.key('g');
  await desk.key('i');
  await page.getByTestId('calibration').locator('svg').waitFor();
  await until('a frequency', async () => /points on average/.test(await page.getByTestId('calibration-headline').innerText()));
  for (const id of ['risk', 'learning-curve', 'looks', 'calibration']) {
    const summary = page.getByTestId(id).getByText('As a table');
    await summary.focus();
    await desk.key('Enter');
    await page.getByTestId(id).locator('tbody tr').first().waitFor();
  }
  assert.ok((await page.getByTestId('edit').count()) >= 1, 'the edited reply is shown');
  const cell = page.getByRole('button', { name: /suggested General, decided Urgent/ });
  await cell.focus();
  await desk.key('Enter');
  const cases = page.getByTestId('cases');
  await cases.getByTestId('case').first().waitFor();
  assert.match(await cases.innerText(), /Suggested General, decided Urgent/);
  await cases.getByTestId('case').first().focus();
  await desk.key('Enter');
  await until('the case to be open', async () => (await desk.thread.innerText().catch(() => '')).includes('archived projects'));
});

test('a labelled file is imported by keyboard, and taken back whole', async () => {
  const { desk, app } = world;
  const { page } = desk;
  const path = join(folder, 'history.csv');
  await writeFile(path, 'text,label\nWhere is my refund?,billing\n"The gate, again, is stuck",gates\n,billing\n');
  await desk.key('Control+,');
  await page.getByRole('button', { name: 'Buckets', exact: true }).focus();
  await desk.key('Enter');
  const before = (await app.rpc('health.get')).model.lessons;
  const chooser = page.waitForEvent('filechooser');
  await page.getByTestId('import-file').focus();
  await desk.key('Enter');
  await (await chooser).setFiles(path);
  const dialog = page.getByTestId('history-dialog');
  await dialog.waitFor();
  assert.match(await dialog.innerText(), /2 messages with 2 labels in history\.csv\./);
  assert.match(await dialog.innerText(), /Line 4 has no text\./);
  await dialog.getByLabel('Where gates belongs').focus();
  await desk.page.keyboard.type('Urgent');
  await dialog.getByRole('button', { name: 'Import', exact: true }).focus();
  await desk.key('Enter');
  await page.getByTestId('import-row').getByText('2 messages from history.csv').waitFor();
  await until('it to be learned', async () => (await app.rpc('health.get')).model.lessons === before + 2);
  await page.getByRole('button', { name: /Undo the import/ }).focus();
  await desk.key('Enter');
  await page.getByRole('button', { name: 'Take back 2 messages' }).focus();
  await desk.key('Enter');
  await page.getByTestId('import-row').getByText('taken back').waitFor();
  await until('it to be unlearned', async () => (await app.rpc('health.get')).model.lessons === before);
});

test('a file that is none is refused with what to do', async () => {
  const { page } = world.desk;
  const path = join(folder, 'empty.csv');
  await writeFile(path, '');
  const chooser = page.waitForEvent('filechooser');
  await page.getByTestId('import-file').focus();
  await world.desk.key('Enter');
  await (await chooser).setFiles(path);
  await page.getByText('The file is empty. It needs a first line').waitFor();
});

for (const theme of ['light', 'dark']) {
  test(`the views can be read and reached by everybody (${theme})`, async () => {
    const { desk, app } = world;
    await app.rpc('settings.update', { theme });
    for (const view of ['insights', 'review', 'settings']) {
      await desk.page.getByTestId(`nav-${view}`).click();
      if (view === 'settings') await desk.page.getByRole('button', { name: 'Buckets', exact: true }).click();
      if (view === 'insights') await desk.page.getByTestId('edits').waitFor();
      await until('the theme', async () => (await desk.page.evaluate(() => document.documentElement.dataset.theme)) === theme);
      if (process.env.PICTURES) {
        await desk.page.setViewportSize({ width: 1440, height: view === 'insights' ? 2600 : 900 });
        await desk.page.screenshot({ path: join(process.env.PICTURES, `${view}-${theme}.png`) });
        await desk.page.setViewportSize({ width: 1440, height: 900 });
      }
      assert.deepEqual(await violations(desk.page), [], view);
    }
  });
}

test('the page had nothing to complain of', () => {
  // The browser writes down that the empty file was refused.
  assertQuiet(world.desk.complaints.filter((complaint) => !complaint.includes('status of 400')));
});
