// A reply that a person has begun is not lost: not when the customer writes on, when a teammate acts, when the person goes
// elsewhere, when a decision is taken back, or when the page or the program ends. It is signed for the conversation as it is, once that was seen.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertQuiet } from '../harness/browser.mjs';
import { violations } from '../harness/reading.mjs';
import { until } from '../harness/until.mjs';
import { messageOf, startWorld } from '../harness/world.mjs';

const WORDS = 'Dear customer, I looked into both payments myself and refund the second one today.';

let world;
before(async () => {
  world = await startWorld({ undoSeconds: 20 });
});
after(async () => {
  await world?.close();
});

test('the customer writes on: the text stays under the cursor, and is signed once what is new was seen', async () => {
  const { desk, simulator } = world;
  const { message, id } = await begin(WORDS);
  // The person is in the middle of a word.
  await field().evaluate((it) => it.setSelectionRange(5, 5));
  const first = await desk.card.getAttribute('data-suggestion-id');
  await writesOn(id, message, 'One more thing: the invoice has our old address on it.');
  await until('the newer suggestion', async () => (await desk.card.getAttribute('data-suggestion-id')) !== first);
  await desk.page.keyboard.type('est');
  const text = WORDS.replace('Dear ', 'Dear est');
  assert.equal(await field().inputValue(), text);
  const said = desk.card.getByTestId('overtaken');
  await until('who did what', async () => (await said.innerText().catch(() => '')).includes(message.name));
  assert.match(await said.innerText(), /wrote.*Your reply was written before that/);
  await desk.thread.getByText('our old address').waitFor();
  await picture('overtaken');
  // The first time it says that it was read; only then it is signed.
  await desk.key('Control+Enter');
  await said.waitFor({ state: 'detached' });
  assert.equal(await field().inputValue(), text);
  assert.deepEqual(await simulator.deeds(id), []);
  await desk.key('Control+Enter');
  await desk.gone(id);
  await desk.undoBar.waitFor();

  // Taken back, it is in the editor again.
  await desk.key('u');
  await until('the text to be back', async () => (await field().inputValue().catch(() => '')) === text);
  await until('the keyboard to be there too', async () => field().evaluate((it) => it === document.activeElement));
  await discard();
});

test('another conversation is looked at and answered in between, and the text is there again', async () => {
  const { desk, simulator } = world;
  const { id } = await begin(WORDS);
  const { conversation_id: other } = await simulator.message(messageOf('general'));
  await desk.row(other).waitFor();
  await desk.key('Escape');
  assert.match(await desk.card.getByTestId('kept-reply').innerText(), /A reply you began is kept here/);
  assert.match(await desk.row(id).innerText(), /reply begun/);
  await picture('kept');
  // Enter opens it: the bucket's own reply does not leave in its place.
  await desk.key('Enter');
  await field().waitFor();
  assert.deepEqual(await simulator.deeds(id), []);
  await desk.key('Escape');
  await desk.goTo(other);
  assert.equal(await desk.card.getByTestId('kept-reply').count(), 0, 'it is for one customer alone');
  await desk.key('e');
  await field().waitFor();
  assert.notEqual(await field().inputValue(), WORDS);
  await desk.key('Escape');
  await desk.page.getByTestId('nav-health').click();
  await desk.page.getByTestId('nav-review').click();
  await desk.goTo(id);
  await desk.key('e');
  await until('the text', async () => (await field().inputValue()) === WORDS);
  await discard();
});

test('a teammate closes it: the text stays to be read and copied, and goes on when the customer is back', async () => {
  const { desk, simulator } = world;
  const { message, id } = await begin(WORDS);
  const [ana] = await simulator.admins();
  await simulator.teammate({ conversation_id: id, admin_id: String(ana.id), do: 'close' });
  await desk.gone(id);
  await until('the card to say who', async () => (await desk.card.innerText()).includes(ana.name));
  const kept = desk.card.getByTestId('kept-reply');
  assert.ok((await kept.innerText()).includes(WORDS));
  await kept.getByRole('button', { name: 'Copy' }).waitFor();
  await picture('closed');
  // From elsewhere the list leads back to it.
  const { conversation_id: other } = await simulator.message(messageOf('general'));
  await desk.goTo(other);
  const begun = desk.page.getByTestId('begun-replies');
  await begun.waitFor();
  await picture('elsewhere');
  await begun.getByRole('button', { name: /^Show/ }).focus();
  await desk.key('Enter');
  await kept.waitFor();
  await writesOn(id, message, 'Hello again, and the refund?');
  await desk.row(id).waitFor();
  await until('the card of it', async () => (await desk.card.getByTestId('overtaken').count()) === 1);
  await desk.key('e');
  await until('the text', async () => (await field().inputValue().catch(() => '')) === WORDS);
  await discard();
});

test('what the core refuses comes back with its text', async () => {
  const { desk } = world;
  const { page } = desk;
  const { id } = await begin(WORDS);
  let refused = 0;
  const cutOff = (route) => {
    refused += 1;
    return route.abort();
  };
  await page.route('**/rpc/suggestions.decide', cutOff);
  await desk.key('Control+Enter');
  await until('it to be refused', async () => refused === 1);
  await until('the text to be back', async () => (await field().inputValue().catch(() => '')) === WORDS);
  await page.unroute('**/rpc/suggestions.decide', cutOff);
  assert.equal(await desk.row(id).getAttribute('aria-selected'), 'true');
  await discard();
});

test('it is there after the page was loaded anew, and after the program was killed, with who did what meanwhile', async () => {
  const { desk, app, simulator } = world;
  const { message, id } = await begin(WORDS);
  await until('it to be kept', async () => (await keptTexts()).includes(WORDS));
  await desk.page.reload();
  await desk.goTo(id);
  assert.match(await desk.row(id).innerText(), /reply begun/);
  await desk.key('e');
  await until('the text after the page was loaded anew', async () => (await textOf()) === WORDS);
  // The page is gone right after the last key.
  await desk.page.keyboard.type(' Yours, Sam');
  const text = await textOf();
  await desk.page.reload();
  await until('the last words to be kept too', async () => (await keptTexts()).includes(text));

  await app.crashAndStart();
  await desk.page.goto(app.pageUrl);
  await desk.goTo(id);
  await picture('restarted');
  await writesOn(id, message, 'Are you still there?');
  const said = desk.card.getByTestId('overtaken');
  await until('who did what', async () => (await said.innerText().catch(() => '')).includes(message.name));
  // Once more: what was done since it was begun is known after a start, too.
  await app.crashAndStart();
  await desk.page.goto(app.pageUrl);
  await desk.goTo(id);
  await until('who did what, again', async () => (await said.innerText().catch(() => '')).includes(message.name));
  await desk.key('e');
  await until('the text after the start', async () => (await textOf()) === text);
  assert.match(await said.innerText(), /wrote.*Your reply was written before that/);
  assert.deepEqual(await simulator.deeds(id), []);

  // Signed, it is with the decision; taken back from another page, it is here again; sent, it is gone.
  await desk.key('Control+Enter');
  await said.waitFor({ state: 'detached' });
  await desk.key('Control+Enter');
  await desk.gone(id);
  await desk.undoBar.waitFor();
  const [{ decision_id: decision }] = (await app.rpc('decisions.list', { limit: 1 })).rows;
  assert.deepEqual(await keptTexts(), []);
  await desk.page.reload();
  await app.rpc('decisions.undo', { decision_id: decision });
  await desk.goTo(id);
  assert.ok((await desk.card.getByTestId('kept-reply').innerText()).includes(text));
  await desk.key('e');
  await discard();
  await until('it to be dropped', async () => (await keptTexts()).length === 0);
});

test('a failure to keep it is said once and disturbs nobody who writes', async () => {
  const { desk } = world;
  const { page } = desk;
  const cutOff = (route) => route.abort();
  await page.route('**/rpc/begun_replies.keep', cutOff);
  await begin(WORDS);
  await until('the sentence', async () => (await desk.toast.allInnerTexts()).join().includes('cannot be kept'));
  await page.keyboard.type(' More.');
  assert.equal(await textOf(), `${WORDS} More.`);
  assert.equal(await desk.toast.count(), 1);
  await page.unroute('**/rpc/begun_replies.keep', cutOff);
  await page.keyboard.type(' And more.');
  await until('it to be kept', async () => (await keptTexts()).includes(`${WORDS} More. And more.`));
  await discard();
});

for (const theme of ['light', 'dark']) {
  test(`the banner and what is kept can be read by everybody (${theme})`, async () => {
    const { desk, app } = world;
    await app.rpc('settings.update', { theme });
    const { message, id } = await begin(WORDS);
    await desk.card.getByRole('button', { name: 'Discard' }).waitFor();
    await writesOn(id, message, `And one more, in ${theme}.`);
    await desk.card.getByTestId('overtaken').waitFor();
    await look(`editor-${theme}`);
    await desk.key('Escape');
    await desk.card.getByTestId('kept-reply').waitFor();
    await look(`card-${theme}`);
    await desk.key('e');
    await discard();
  });
}

test('the page had nothing to complain of', () => {
  // The call that was cut off on purpose.
  assertQuiet(world.desk.complaints.filter((complaint) => !complaint.includes('Failed to load resource')));
});

function field() {
  return world.desk.card.getByTestId('reply-field');
}

function textOf() {
  return field().inputValue().catch(() => undefined);
}

/** What the core keeps. */
async function keptTexts() {
  const { replies } = await world.app.rpc('begun_replies.list');
  return replies.map((reply) => reply.text);
}

/** A customer writes, and a reply is begun by keyboard. */
async function begin(words) {
  const { desk, simulator } = world;
  const message = messageOf('billing');
  const { conversation_id: id } = await simulator.message(message);
  await desk.goTo(id);
  await desk.key('e');
  await field().waitFor();
  await desk.field();
  await desk.key('ControlOrMeta+a');
  await desk.page.keyboard.type(words);
  assert.equal(await field().inputValue(), words);
  return { message, id };
}

async function writesOn(id, { email, name }, body) {
  await world.simulator.message({ conversation_id: id, email, name, body });
}

async function discard() {
  const { desk } = world;
  await desk.card.getByRole('button', { name: 'Discard' }).focus();
  await desk.key('Enter');
  await field().waitFor({ state: 'detached' });
  assert.equal(await desk.card.getByTestId('kept-reply').count(), 0);
}

async function look(name) {
  const { page } = world.desk;
  await picture(name);
  assert.deepEqual(await violations(page), []);
}

async function picture(name) {
  if (process.env.PICTURES) await world.desk.page.screenshot({ path: `${process.env.PICTURES}/begun-${name}.png` });
}
