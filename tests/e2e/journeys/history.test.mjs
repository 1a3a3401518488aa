// Labelled history is chosen, mapped, imported and taken back by keyboard; what is wrong with it is said.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertQuiet } from '../harness/browser.mjs';
import { violations } from '../harness/reading.mjs';
import { until } from '../harness/until.mjs';
import { messageOf, startWorld } from '../harness/world.mjs';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 640 },
];

let world;
before(async () => {
  world = await startWorld();
});
after(async () => {
  await world?.close();
});

const section = () => world.desk.page.getByTestId('history');
const dialog = () => world.desk.page.getByTestId('history-dialog');
const rows = () => section().getByTestId('import-row');
const choose = (name, text) =>
  world.desk.page
    .getByLabel('CSV file to import')
    .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

/** So many messages of each label, each another one. */
function csv(labels) {
  const lines = ['text,label'];
  for (const [label, count] of Object.entries(labels))
    for (let number = 0; number < count; number += 1)
      lines.push(`"I write about ${label.toLowerCase()}, case ${number}: what became of it?","${label}"`);
  return lines.join('\n');
}

test('what is no history is refused with what it should hold, and nothing is opened', async () => {
  await goToSection();
  assert.equal(await rows().count(), 0);
  await picture('empty');
  await choose('addresses.csv', 'name,phone\nAna,1\n');
  await section().getByText(/text/).last().waitFor();
  await section().getByRole('alert').waitFor();
  assert.equal(await dialog().count(), 0);
  await look('refused');
});

test('each label is given a place, what cannot be read is told, and the rest is imported', async () => {
  const { page } = world.desk;
  const labels = { Billing: 40, 'Scanner trouble': 25, 'Lieferung – Verspätung im Außenlager Rotterdam': 12, oos: 6, 'الفواتير': 4 };
  const long = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`Topic ${at + 1}`, 3]));
  await choose('last-year.csv', `${csv({ ...labels, ...long })}\n,Billing\n"No label here",\n`);
  await dialog().getByText(/messages with 17 labels in last-year\.csv/).waitFor();
  await dialog().getByText(/Line \d+ has no text/).waitFor();
  await look('mapping');
  await dialog().getByLabel('Where Scanner trouble belongs').selectOption({ label: 'Urgent' });
  const sum = await dialog().getByText(/of 123 chosen/).innerText();
  assert.equal(sum, '71 of 123 chosen');
  let release;
  const held = new Promise((done) => (release = done));
  await page.route('**/rpc/history.import', async (route) => {
    await held;
    await route.continue();
  });
  await dialog().getByRole('button', { name: 'Import', exact: true }).focus();
  await page.keyboard.press('Enter');
  await until('it to be under way', async () =>
    dialog().getByRole('button', { name: 'Import', exact: true }).isDisabled(),
  );
  await look('running');
  release();
  await dialog().waitFor({ state: 'detached' });
  await page.unroute('**/rpc/history.import');
  await world.desk.toast.getByText(/^71 messages imported/).waitFor();
  await rows().first().getByText('71 messages from last-year.csv').waitFor();
  await look('done');
});

test('how far the model is with it is told in hundredths', async () => {
  const { page } = world.desk;
  const seen = [];
  await page.exposeFunction('seen', (text) => seen.push(text));
  await page.evaluate(() => {
    const watch = () => {
      const bar = document.querySelector('[data-testid="history-learning"] [role="progressbar"]');
      if (bar) window.seen(`${bar.getAttribute('aria-valuenow')}/${bar.getAttribute('aria-valuemax')}`);
    };
    new MutationObserver(watch).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  await choose('much.csv', csv({ Billing: 1_200, General: 1_200 }));
  await dialog().getByRole('button', { name: 'Import', exact: true }).click();
  await section().getByTestId('history-learning').getByText(/\d+ %/).waitFor();
  await picture('learning');
  await section().getByTestId('history-learning').waitFor({ state: 'detached', timeout: 120_000 });
  const told = new Set(seen.filter((text) => /^\d+\/\d+$/.test(text)));
  assert.ok(told.size >= 3, `it goes on: ${[...told].join(' ')}`);
});

test('what was imported before is not imported again, and the dialog says why', async () => {
  await choose('last-year.csv', csv({ Billing: 40 }));
  await dialog().getByRole('button', { name: 'Import', exact: true }).click();
  await dialog().getByText(/There is nothing to import\. 40 messages came twice or were imported before\./).waitFor();
  await look('failed');
  await world.desk.key('Escape');
  await dialog().waitFor({ state: 'detached' });
});

test('tags of conversations kept here are mapped in the same way', async () => {
  const { simulator, desk } = world;
  await desk.page.getByTestId('import-tags').click();
  await dialog().getByText('No conversation kept here has a tag and a message of its customer.').waitFor();
  await look('no-tags');
  await desk.key('Escape');
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  const headers = { authorization: `Bearer ${simulator.token}`, 'intercom-version': '2.16', 'content-type': 'application/json' };
  const call = async (path, body) => {
    const response = await fetch(new URL(path, simulator.base_url), { method: 'POST', headers, body: JSON.stringify(body) });
    assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`);
    return response.json();
  };
  const tag = await call('/tags', { name: 'Refund asked for' });
  await call(`/conversations/${id}/tags`, { id: tag.id, admin_id: String(simulator.admin_id) });
  await simulator.message({ ...messageOf('billing'), conversation_id: id, body: 'Are you there?' });
  await until('the tag to be here', async () => {
    const found = await world.app.rpc('history.preview', { source: { kind: 'tags' } });
    return found.labels.length === 1;
  });
  await desk.page.getByTestId('import-tags').click();
  await dialog().getByLabel('Where Refund asked for belongs').waitFor();
  await look('tags');
  await desk.key('Escape');
});

test('an import is taken back whole, after asking', async () => {
  const { page } = world.desk;
  await rows().last().getByRole('button', { name: /^Undo/ }).focus();
  await page.keyboard.press('Enter');
  await rows().last().getByRole('button', { name: 'Take back 71 messages' }).waitFor();
  await look('asking');
  await rows().last().getByRole('button', { name: 'Take back 71 messages' }).click();
  await rows().last().getByText('taken back').waitFor();
  await section().getByTestId('history-learning').waitFor({ state: 'detached', timeout: 120_000 });
  await look('taken-back');
});

test('the page had nothing to complain of', () => {
  assertQuiet(world.desk.complaints.filter((complaint) => !complaint.includes('status of 400')));
});

async function goToSection() {
  const { page } = world.desk;
  await page.getByTestId('nav-settings').click();
  await page.getByRole('button', { name: 'Buckets', exact: true }).click();
  await section().scrollIntoViewIfNeeded();
}

async function picture(name) {
  if (process.env.PICTURES) await world.desk.page.screenshot({ path: `${process.env.PICTURES}/history-${name}.png` });
}

/** In both themes and sizes: everybody can read and reach it, and nothing is cut off. */
async function look(name) {
  const { page } = world.desk;
  for (const theme of ['dark', 'light']) {
    await world.app.rpc('settings.update', { theme });
    await until('the theme', async () => (await page.evaluate(() => document.documentElement.dataset.theme)) === theme);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await picture(`${name}-${theme}-${size.width}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${name}: wider than the window by ${wide}`);
    }
    await page.setViewportSize(SIZES[0]);
    assert.deepEqual(await violations(page), [], name);
  }
}
