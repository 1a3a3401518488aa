// A language model is switched on by keyboard, says what it thinks on the card, and is blocked by one switch.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertQuiet } from '../harness/browser.mjs';
import { startOllama } from '../harness/ollama.mjs';
import { violations } from '../harness/reading.mjs';
import { until } from '../harness/until.mjs';
import { messageOf, startWorld } from '../harness/world.mjs';

let world;
let ollama;
before(async () => {
  ollama = await startOllama({ bucket: 'general' });
  world = await startWorld();
});
after(async () => {
  await world?.close();
  await ollama?.stop();
});

test('it is chosen, saved and checked without a mouse', async () => {
  const { page } = world.desk;
  await goToSection('Language model');
  const status = page.getByTestId('model-status');
  await status.waitFor();
  assert.equal(await status.getAttribute('data-state'), 'off');
  await page.getByRole('radio', { name: /^Ollama/ }).focus();
  await page.keyboard.press('Space');
  await page.getByTestId('model-address').focus();
  await page.keyboard.type(ollama.url);
  await page.getByRole('radio', { name: /^Always/ }).focus();
  await page.keyboard.press('Space');
  await page.getByTestId('model-address').focus();
  await page.keyboard.press('Enter');
  await until('it to be on', async () => (await status.getAttribute('data-state')) === 'on');
  await page.getByRole('button', { name: 'Check' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText(/It works: the service lists 1 model/).waitFor();
});

test('what it says stands on the card, and what left in the ledger', async () => {
  const { simulator, desk } = world;
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await desk.page.getByTestId('nav-review').click();
  await desk.goTo(id);
  const said = desk.card.getByTestId('second-opinion');
  await until('the second opinion', async () => (await said.innerText().catch(() => '')).includes('disagrees'));
  assert.match(await said.innerText(), /The language model disagrees: it says General\./);
  assert.match(await said.innerText(), /Still learning: 0 of 30 disagreements decided\./);
  assert.equal(ollama.asked.length, 1);
  await goToSection('What leaves');
  await until('a line for each request', async () => (await desk.page.getByTestId('egress-row').count()) >= 2);
  assert.match(await desk.page.getByTestId('egress-row').first().innerText(), /127\.0\.0\.1/);
});

test('the switch is used by keyboard, and nobody is asked from then on', async () => {
  const { simulator, desk } = world;
  await desk.page.getByTestId('egress-block').focus();
  await desk.key('Space');
  await desk.page.getByText(/On: no language model is asked/).waitFor();
  const before = ollama.asked.length;
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await desk.page.getByTestId('nav-review').click();
  await desk.goTo(id);
  const said = desk.card.getByTestId('second-opinion');
  await until('the reason', async () => (await said.innerText().catch(() => '')).includes('blocked by the switch'));
  assert.equal(ollama.asked.length, before);
});

for (const theme of ['light', 'dark']) {
  test(`both sections can be read and reached by everybody (${theme})`, async () => {
    const { desk, app } = world;
    await app.rpc('settings.update', { theme });
    for (const section of ['Language model', 'What leaves']) {
      await goToSection(section);
      await until('the theme', async () => (await desk.page.evaluate(() => document.documentElement.dataset.theme)) === theme);
      assert.deepEqual(await violations(desk.page), [], section);
    }
  });
}

test('the page had nothing to complain of', () => {
  assertQuiet(world.desk.complaints);
});

async function goToSection(name) {
  await world.desk.page.getByTestId('nav-settings').click();
  await world.desk.page.getByRole('button', { name, exact: true }).click();
}
