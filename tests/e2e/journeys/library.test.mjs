// Articles are quoted and macros put in by keyboard, and what a person made of them is what the customer gets.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertQuiet } from '../harness/browser.mjs';
import { violations } from '../harness/reading.mjs';
import { until } from '../harness/until.mjs';
import { messageOf, startWorld } from '../harness/world.mjs';

let world;
before(async () => {
  world = await startWorld();
});
after(async () => {
  await world?.close();
});

const field = () => world.desk.card.getByTestId('reply-field');
const written = async () => field().inputValue().catch(() => '');
const picker = () => world.desk.page.getByTestId('macro-picker');
const sent = async (words) =>
  until(`"${words}" to be sent`, async () => JSON.stringify(await world.simulator.calls()).includes(words));

test('an article is quoted with one key, the next one with another, and the reply arrives with the links', async () => {
  const { desk, simulator } = world;
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await desk.goTo(id);
  const found = desk.card.getByTestId('help-articles');
  await found.waitFor({ timeout: 30_000 });
  assert.match(await found.innerText(), /Ask for a refund/);
  await desk.key('h');
  await until('the quotation', async () => (await written()).includes('Ask for a refund: https://help.northwind.example/'));
  const first = await written();
  assert.match(first, /^Thank you for writing to us\.[^]*\n\n“[^”]*refund[^”]*”\nAsk for a refund: https:/);
  if ((await found.getByRole('listitem').count()) > 1) {
    await desk.key('Control+i');
    await until('the next one', async () => (await written()).length > first.length);
  }
  // A person still writes.
  await desk.key('Control+End');
  await desk.page.keyboard.type('\n\nMaya');
  await desk.key('Control+Enter');
  await desk.gone(id);
  await sent('Ask for a refund: https://help.northwind.example/');
  await sent('<p>Maya</p>');
});

test('no article is shown where none fits', async () => {
  const { desk, simulator } = world;
  const answered = [];
  desk.page.on('requestfinished', (request) => {
    if (request.url().endsWith('/rpc/articles.find')) answered.push(request.postData() ?? '');
  });
  const { conversation_id: id } = await simulator.message(messageOf('spam'));
  await desk.goTo(id);
  await until('the page to be answered', async () => answered.some((asked) => asked.includes(id)));
  // Two frames: what the answer brings about is painted.
  await desk.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.equal(await desk.card.getByTestId('help-articles').count(), 0);
});

test('a macro is found by typing, takes the place of the holding reply, and arrives filled in', async () => {
  const { desk, simulator } = world;
  const { conversation_id: id } = await simulator.message(messageOf('billing', { name: 'Priya Raman' }));
  await desk.goTo(id);
  await desk.key('m');
  await picker().getByRole('option').first().waitFor();
  assert.match(await picker().getByRole('option').first().innerText(), /Charged twice/, 'the nearest first');
  await desk.page.keyboard.type('greet');
  await until('one to be left', async () => (await picker().getByRole('option').count()) === 1);
  await desk.key('Enter');
  await until('its text', async () => (await written()).startsWith('Hi Priya,\n\nthank you for writing to Northwind.'));
  // Esc closes the list and nothing else.
  await desk.key('Control+m');
  await picker().waitFor();
  await desk.key('Escape');
  await picker().waitFor({ state: 'detached' });
  assert.match(await written(), /^Hi Priya,/);
  assert.equal(await field().evaluate((it) => it === document.activeElement), true, 'the reply has the keyboard again');
  await desk.key('Control+Enter');
  await desk.gone(id);
  await sent('thank you for writing to Northwind. I\'m Maya');
});

test('a macro with something unknown in it is marked, and sent when a person has put it in', async () => {
  const { desk, simulator } = world;
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await desk.goTo(id);
  await desk.key('e');
  await field().waitFor();
  await desk.key('Control+m');
  await picker().getByRole('option').first().waitFor();
  await desk.page.keyboard.type('order looked');
  await until('one to be left', async () => (await picker().getByRole('option').count()) === 1);
  assert.match(await picker().innerText(), /Has to be finished: \{\{order\.number\}\}/);
  await desk.key('ArrowDown');
  await desk.key('Enter');
  const marked = () => field().evaluate((it) => it.value.slice(it.selectionStart, it.selectionEnd));
  await until('the place to be selected', async () => (await marked()) === '{{order.number}}');
  await desk.key('Control+Enter');
  assert.match(await desk.card.getByTestId('reply-gap').innerText(), /\{\{order\.number\}\}, which is no variable/);
  assert.equal(await desk.row(id).count(), 1, 'it is not sent');
  await until('the place to be selected again', async () => (await marked()) === '{{order.number}}');
  await desk.page.keyboard.type('55812');
  await until('nothing to be missing', async () => (await desk.card.getByTestId('reply-gap').count()) === 0);
  await desk.key('Control+Enter');
  await desk.gone(id);
  await sent('We are looking for order 55812 of your company');
});

test('a bucket gets the text of a macro, and Settings say what is kept', async () => {
  const { desk } = world;
  await desk.page.getByTestId('nav-settings').click();
  await desk.page.getByRole('button', { name: 'Buckets', exact: true }).click();
  await desk.page.getByRole('button', { name: 'Edit Billing' }).focus();
  await desk.key('Enter');
  const reply = desk.page.getByRole('textbox', { name: /^Holding reply/ });
  const before = await reply.inputValue();
  const choice = desk.page.getByLabel('Copy the text of a macro');
  await choice.selectOption({ label: 'Charged twice' });
  await until('its text', async () => (await reply.inputValue()).startsWith('Hi {{first_name|there}},\n\nI am sorry'));
  await desk.key('Control+z');
  await until('it to be taken back', async () => (await reply.inputValue()) === before);
  await choice.selectOption({ label: 'Charged twice' });
  await desk.page.getByRole('button', { name: 'Save', exact: true }).focus();
  await desk.key('Enter');
  await desk.toast.getByText(/Billing is saved/).waitFor();
  await desk.page.getByRole('button', { name: 'Workspace', exact: true }).click();
  const library = desk.page.getByTestId('library');
  await library.getByText(/21 articles, read /).waitFor();
  await library.getByText(/6 macros, read /).waitFor();
});

test('macros that may not be read are said to be so in the list of macros', async () => {
  const { desk, simulator, app } = world;
  await simulator.fault({ match: { method: 'GET', path: '/macros' }, do: 'status', status: 403, code: 'forbidden' });
  await app.rpc('library.read', {});
  const refused = async () => (await app.rpc('macros.list', {})).remark?.includes('cannot be read');
  await until('the refusal', async () => (await refused()) === true);
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await desk.page.getByTestId('nav-review').click();
  await desk.goTo(id);
  await desk.key('m');
  await desk.page.getByTestId('macro-remark').getByText(/does not allow this access token/).waitFor();
  await look('refused');
  await desk.key('Escape');
  await desk.key('Escape');
  await simulator.heal();
  await app.rpc('library.read', {});
  await until('the macros to be back', async () => (await app.rpc('macros.list', {})).macros.length > 0);
});

for (const theme of ['light', 'dark']) {
  test(`articles and macros can be read by everybody (${theme})`, async () => {
    const { desk, app, simulator } = world;
    await app.rpc('settings.update', { theme });
    const { conversation_id: id } = await simulator.message(messageOf('billing'));
    await desk.page.getByTestId('nav-review').click();
    await desk.goTo(id);
    await desk.card.getByTestId('help-articles').waitFor();
    await look(`articles-${theme}`);
    await desk.key('h');
    await until('the quotation', async () => (await written()).includes('https://'));
    await look(`quoted-${theme}`);
    await desk.key('Control+m');
    await picker().getByRole('option').first().waitFor();
    await look(`macros-${theme}`);
    await desk.key('Escape');
    await desk.key('Escape');
    await desk.key('?');
    await desk.page.getByTestId('key-sheet').waitFor();
    await look(`keys-${theme}`);
    await desk.key('Escape');
    await desk.page.getByTestId('nav-settings').click();
    await desk.page.getByRole('button', { name: 'Workspace', exact: true }).click();
    await desk.page.getByTestId('library').waitFor();
    await look(`settings-${theme}`);
  });
}

test('the page had nothing to complain of', () => {
  assertQuiet(world.desk.complaints);
});

/** Fails where somebody could not read the page; takes a picture where pictures are wanted. */
async function look(name) {
  const { page } = world.desk;
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${name}.png` });
  assert.deepEqual(await violations(page), []);
}
