// Replies are put together by keyboard: what is missing is marked and mended, and never sent as it was written.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertQuiet } from '../harness/browser.mjs';
import { violations } from '../harness/reading.mjs';
import { until } from '../harness/until.mjs';
import { startWorld } from '../harness/world.mjs';

const REFUND = 'I was charged twice on the invoice, I want a refund of the payment';

let world;
before(async () => {
  world = await startWorld();
});
after(async () => {
  await world?.close();
});

test('a bucket is given a reply with variables, and shows what a customer would get', async () => {
  const { desk, simulator } = world;
  await simulator.message({ email: 'priya@mail.example.com', name: 'Priya Raman', body: REFUND });
  await openBucket('Billing');
  const field = desk.page.getByRole('textbox', { name: /^Holding reply/ });
  await field.focus();
  await desk.key('ControlOrMeta+a');
  await desk.page.keyboard.type('Hi {{fist_name}}, we look into it.');
  await desk.page.getByTestId('preview-gap').getByText(/which is no variable. There are first_name/).waitFor();
  await desk.page.getByRole('button', { name: 'Save', exact: true }).focus();
  await desk.key('Enter');
  await desk.page.getByRole('alert').getByText(/\{\{fist_name\}\}, which is no variable/).waitFor();
  await field.focus();
  await desk.key('ControlOrMeta+a');
  await desk.page.keyboard.type('Hi ');
  await desk.page.getByRole('button', { name: 'first_name', exact: true }).focus();
  await desk.key('Enter');
  await until('the variable at the cursor', async () => (await field.inputValue()) === 'Hi {{first_name}}');
  await desk.page.keyboard.type(', we look into it.');
  await desk.page.getByLabel('Customer to try it on').selectOption({ label: 'Priya Raman' });
  await desk.page.getByTestId('preview-text').getByText('Hi Priya, we look into it.').waitFor();
  await desk.page.getByRole('button', { name: 'Save', exact: true }).focus();
  await desk.key('Enter');
  await desk.toast.getByText(/Billing is saved/).waitFor();
});

test('a missing name is marked, Enter opens the editor there, and what was mended is sent', async () => {
  const { desk, simulator } = world;
  const { conversation_id: id } = await simulator.message({ email: 'n.h@mail.example.com', body: REFUND });
  await desk.page.getByTestId('nav-review').click();
  await desk.goTo(id);
  const gap = desk.card.getByTestId('plan-gap');
  await gap.waitFor();
  assert.match(await gap.innerText(), /needs the customer's first name, which is not known/);
  await desk.key('Enter');
  const field = desk.card.getByTestId('reply-field');
  await field.waitFor();
  const marked = () => field.evaluate((it) => it.value.slice(it.selectionStart, it.selectionEnd));
  await until('the place to be selected', async () => (await marked()) === '{{first_name}}');
  // Sending it as it stands is refused, and the place is selected again.
  await desk.key('End');
  await desk.key('Control+Enter');
  await until('the place to be selected again', async () => (await marked()) === '{{first_name}}');
  assert.match(await desk.card.getByTestId('reply-gap').innerText(), /which is not known/);
  await desk.page.keyboard.type('there');
  assert.equal(await field.inputValue(), 'Hi there, we look into it.');
  await until('nothing to be missing', async () => (await desk.card.getByTestId('reply-gap').count()) === 0);
  await desk.key('Control+Enter');
  await desk.gone(id);
  await until('the reply to be sent', async () => JSON.stringify(await simulator.calls()).includes('Hi there, we look into it.'));
  assert.ok(!JSON.stringify(await simulator.calls()).includes('{{first_name'), 'no variable left');
});

test('the page had nothing to complain of', () => {
  // What was refused on purpose: a bucket whose reply has a variable that there is not.
  assertQuiet(world.desk.complaints.filter((complaint) => !complaint.includes('status of 400')));
});

async function openBucket(name) {
  const { page } = world.desk;
  await page.getByTestId('nav-settings').click();
  await page.getByRole('button', { name: 'Buckets', exact: true }).click();
  await page.getByRole('button', { name: `Edit ${name}` }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
}

for (const theme of ['light', 'dark']) {
  test(`the gap and the editor can be read by everybody (${theme})`, async () => {
    const { desk, app, simulator } = world;
    await app.rpc('settings.update', { theme });
    const { conversation_id: id } = await simulator.message({ email: `${theme}@mail.example.com`, body: REFUND });
    await desk.page.getByTestId('nav-review').click();
    await desk.goTo(id);
    await desk.card.getByTestId('plan-gap').waitFor();
    const look = async (name) => {
      if (process.env.PICTURES) await desk.page.screenshot({ path: `${process.env.PICTURES}/${name}-${theme}.png` });
      assert.deepEqual(await violations(desk.page), []);
    };
    await look('gap');
    await desk.key('e');
    await desk.card.getByTestId('reply-field').waitFor();
    await look('editor');
    await desk.key('Escape');
    await openBucket('Billing');
    await desk.page.getByTestId('preview-text').or(desk.page.getByTestId('preview-gap')).first().waitFor();
    await look('bucket');
    await desk.key('Escape');
  });
}
