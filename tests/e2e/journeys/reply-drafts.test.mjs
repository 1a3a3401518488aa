// A reply is drafted from the help center, read beside what it rests on, changed and signed, by keyboard alone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertQuiet } from '../harness/browser.mjs';
import { startOllama } from '../harness/ollama.mjs';
import { violations } from '../harness/reading.mjs';
import { until } from '../harness/until.mjs';
import { messageOf, startWorld } from '../harness/world.mjs';

const QUOTATION = 'A refund goes back to the card that was charged and takes five to ten days to arrive.';
const drafts = [];
const reply = (text, citations) => ({ citations, decision: 'reply', reason: '', reply: text });
const cited = [{ article: 'article_1', quotation: QUOTATION }];
const good = reply('Hi {{first_name|there}},\n\na refund takes five to ten days to arrive. Yours, [Your Name]', cited);

let world;
let ollama;
before(async () => {
  ollama = await startOllama({ drafts });
  world = await startWorld();
});
after(async () => {
  await world?.close();
  await ollama?.stop();
});

test('nothing is drafted before somebody switches it on, and D says where', async () => {
  const { desk, simulator } = world;
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await desk.page.getByTestId('nav-review').click();
  await desk.goTo(id);
  await desk.key('d');
  await desk.toast.getByText(/Switch it on in Settings/).waitFor();
  assert.equal(ollama.asked.length, 0);
});

test('it is switched on without second opinions, and says what leaves', async () => {
  const { page } = world.desk;
  await page.getByTestId('nav-settings').click();
  await page.getByRole('button', { name: 'Language model', exact: true }).click();
  await page.getByRole('radio', { name: /^Ollama/ }).focus();
  await page.keyboard.press('Space');
  await page.getByTestId('model-address').focus();
  await page.keyboard.type(ollama.url);
  await page.getByRole('radio', { name: /^When you ask/ }).focus();
  await page.keyboard.press('Space');
  await page.getByText(/up\s+to\s+three articles of your help center/).waitFor();
  await page.getByTestId('model-address').focus();
  await page.keyboard.press('Enter');
  const status = page.getByTestId('model-status');
  await until('it to be on', async () => (await status.getAttribute('data-state')) === 'on');
  assert.match(await status.innerText(), /for no second opinion, and for a draft of a reply when you press D on a card/);
  await picture('settings');
});

test('a draft is asked for, read beside its source, finished and signed', async () => {
  const { desk, simulator } = world;
  const { conversation_id: id } = await simulator.message(messageOf('billing', { name: 'Priya Raman' }));
  await desk.page.getByTestId('nav-review').click();
  await desk.goTo(id);
  await desk.card.getByTestId('help-articles').waitFor();
  let release;
  drafts.push(new Promise((done) => (release = () => done(good))));
  await desk.key('d');
  const draft = desk.card.getByTestId('draft');
  await until('it to be under way', async () => (await draft.getAttribute('data-state').catch(() => '')) === 'asked');
  await picture('asked');
  release();
  const field = desk.card.getByTestId('reply-field');
  await field.waitFor();
  const marked = () => field.evaluate((it) => it.value.slice(it.selectionStart, it.selectionEnd));
  await until('the place that is open to be selected', async () => (await marked()) === '[Your Name]');
  assert.match(await field.inputValue(), /^Hi Priya,\n\na refund takes five to ten days to arrive\./);
  assert.match(await field.inputValue(), /\n\nAsk for a refund: http/);
  assert.match(await desk.card.getByTestId('draft-sources').innerText(), /takes five to ten days to arrive/);
  await picture('editor');
  // As it stands it is not sent.
  await desk.key('End');
  await desk.key('Control+Enter');
  await until('the place to be selected again', async () => (await marked()) === '[Your Name]');
  assert.match(await desk.card.getByTestId('reply-gap').innerText(), /leaves \[Your Name\] open/);
  await desk.page.keyboard.type('Sam');
  await until('nothing to be open', async () => (await desk.card.getByTestId('reply-gap').count()) === 0);
  await desk.key('Control+Enter');
  await desk.gone(id);
  await until('the reply to arrive', async () => JSON.stringify(await simulator.calls()).includes('Yours, Sam'));
  const sent = JSON.stringify(await simulator.calls());
  assert.ok(sent.includes('Ask for a refund: http') && !sent.includes('[Your Name]') && !sent.includes('{{first_name'));
  const asked = JSON.stringify(ollama.asked);
  assert.ok(asked.includes('five to ten days') && !asked.includes('Priya'));
});

test('Insights tell what was changed in it', async () => {
  const { page } = world.desk;
  await page.getByTestId('nav-insights').click();
  const edits = page.getByTestId('edits');
  await edits.getByText('One draft of the language model was signed, after it was edited.').waitFor();
  await edits.getByText('Draft of the language model', { exact: true }).waitFor();
  await picture('insights');
});

test('what it cannot show is no draft, and one that is given up does not come', async () => {
  const { desk, simulator } = world;
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await desk.page.getByTestId('nav-review').click();
  await desk.goTo(id);
  const draft = desk.card.getByTestId('draft');
  const stands = (state) =>
    until(`the draft to be ${state}`, async () => (await draft.getAttribute('data-state').catch(() => '')) === state);
  drafts.push(reply('It takes a day.', [{ article: 'article_1', quotation: 'A refund takes one day to arrive.' }]));
  await desk.key('d');
  await stands('hand_over');
  assert.match(await draft.innerText(), /does not stand in the article "Ask for a refund"\. A person should answer\./);
  assert.ok(!(await desk.text()).includes('It takes a day.'));
  await picture('hand-over');
  drafts.push(new Promise(() => {}));
  await desk.key('d');
  await stands('asked');
  await desk.key('Escape');
  await draft.waitFor({ state: 'detached' });
  assert.equal(await desk.card.getByTestId('reply-field').count(), 0);
  await desk.key('Enter');
  await desk.gone(id);
});

test('a reply that quotes and links no more what was taken offline is sent', async () => {
  const { desk, simulator } = world;
  const { conversation_id: id } = await simulator.message(messageOf('billing', { name: 'Priya Raman' }));
  await desk.page.getByTestId('nav-review').click();
  await desk.goTo(id);
  await desk.card.getByTestId('help-articles').waitFor();
  drafts.push(reply('Hi {{first_name|there}},\n\nit is on its way by Thursday. Sam', cited));
  await desk.key('d');
  const field = desk.card.getByTestId('reply-field');
  await field.waitFor();
  await simulator.changeArticle('Ask for a refund', { state: 'draft' });
  const sources = desk.card.getByTestId('draft-sources');
  await sources.getByText(/is no longer in the help center/).waitFor();
  // As long as the link stands in it, it is not sent, however it is written.
  await field.press('Control+Home');
  await desk.page.keyboard.type('Once more: ');
  await desk.key('Control+Enter');
  await desk.toast.getByText(/^Not sent: the article "Ask for a refund"/).waitFor();
  await sources.getByText(/is no longer in the help center/).waitFor();
  const linked = await field.inputValue();
  assert.match(linked, /^Once more: Hi Priya,\n\nit is on its way by Thursday\. Sam\n\nAsk for a refund: http\S+$/);
  await sources.getByRole('button', { name: 'Remove quotation and link' }).focus();
  await desk.key('Enter');
  const free = 'Once more: Hi Priya,\n\nit is on its way by Thursday. Sam';
  await until('the link to be out', async () => (await field.inputValue()) === free);
  await sources.getByText(/quotes and links it no more: check what it still says of it/).waitFor();
  await desk.key('Control+z');
  await until('the link to be back', async () => (await field.inputValue()) === linked);
  await sources.getByRole('button', { name: 'Remove quotation and link' }).waitFor();
  await desk.key('Control+Shift+z');
  await until('the link to be out again', async () => (await field.inputValue()) === free);
  await desk.key('Control+Enter');
  await desk.gone(id);
  const sent = async () => (await simulator.calls()).filter((call) => JSON.stringify(call).includes('on its way by Thursday'));
  await until('the reply to arrive', async () => (await sent()).length > 0);
  assert.ok(!JSON.stringify(await sent()).includes('Ask for a refund: http'));
  await simulator.changeArticle('Ask for a refund', { state: 'published' });
});

test('the key stands in the list of keys', async () => {
  const { desk } = world;
  await desk.key('?');
  assert.match(await desk.page.getByTestId('key-sheet').innerText(), /Have a reply drafted, or open the draft/);
  await desk.key('Escape');
});

for (const theme of ['light', 'dark']) {
  test(`every state can be read and reached by everybody (${theme})`, async () => {
    const { desk, app, simulator } = world;
    await app.rpc('settings.update', { theme });
    const { conversation_id: id } = await simulator.message(messageOf('billing'));
    await desk.page.getByTestId('nav-review').click();
    await desk.goTo(id);
    await until('the theme', async () => (await desk.page.evaluate(() => document.documentElement.dataset.theme)) === theme);
    const draft = desk.card.getByTestId('draft');
    drafts.push({ citations: [], decision: 'hand_over', reason: 'Somebody has to look at both payments.', reply: '' });
    await desk.key('d');
    await until('the advice', async () => (await draft.getAttribute('data-state').catch(() => '')) === 'hand_over');
    await look(`advice-${theme}`);
    drafts.push(reply('Thank you. Which invoice do you mean?', []));
    await desk.key('d');
    await desk.card.getByTestId('reply-field').waitFor();
    await look(`uncited-${theme}`);
    await desk.key('Escape');
    await until('the draft to wait', async () => (await draft.getAttribute('data-state').catch(() => '')) === 'reply');
    await look(`ready-${theme}`);
    drafts.push(good);
    await desk.card.getByRole('button', { name: 'Draft anew' }).focus();
    await desk.key('Enter');
    await desk.card.getByTestId('draft-sources').getByText(/ten days/).waitFor();
    await look(`cited-${theme}`);
    // A teammate takes the article offline while the draft is open.
    const typed = await desk.card.getByTestId('reply-field').inputValue();
    await simulator.changeArticle('Ask for a refund', { state: 'draft' });
    await desk.card.getByTestId('draft-sources').getByText(/is no longer in the help center/).waitFor();
    assert.equal(await desk.card.getByTestId('reply-field').inputValue(), typed, 'nothing that was written is lost');
    await look(`outdated-editor-${theme}`);
    await desk.key('Escape');
    await draft.getByText(/^This draft is out of date: .* is no longer in the help center/).waitFor();
    assert.equal(await draft.getByRole('button', { name: 'Open the draft' }).count(), 0);
    await look(`outdated-${theme}`);
    await draft.getByRole('button', { name: 'Remove quotation and link' }).focus();
    await desk.key('Enter');
    await until('what is out of date to be out', async () =>
      /Yours, \[Your Name\]$/.test(await desk.card.getByTestId('reply-field').inputValue().catch(() => '')),
    );
    await desk.card.getByTestId('draft-sources').getByText(/quotes and links it no more/).waitFor();
    await look(`taken-out-editor-${theme}`);
    await desk.key('Escape');
    await draft.getByText(/quotes and links it no more/).waitFor();
    assert.equal(await draft.getByText(/out of date/).count(), 0);
    await look(`taken-out-${theme}`);
    await desk.card.getByRole('button', { name: 'Discard' }).click();
    await draft.getByText(/^This draft is out of date/).waitFor();
    drafts.push(reply('Thank you. Somebody looks at it.', []));
    await desk.key('d');
    await until('another draft', async () =>
      (await desk.card.getByTestId('reply-field').inputValue().catch(() => '')).startsWith('Thank you. Somebody'),
    );
    await simulator.changeArticle('Ask for a refund', { state: 'published' });
    await desk.card.getByTestId('help-articles').getByText('Ask for a refund').first().waitFor();
    await desk.key('Escape');
    await desk.key('Enter');
    await desk.gone(id);
  });
}

test('the page had nothing to complain of', () => {
  assertQuiet(world.desk.complaints.filter((complaint) => !complaint.includes('status of 400')));
});

async function picture(name) {
  const { page } = world.desk;
  if (!process.env.PICTURES) return;
  for (const [width, height] of [[1024, 640], [1440, 900]]) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: `${process.env.PICTURES}/${name}-${width}.png` });
  }
}

async function look(name) {
  const { page } = world.desk;
  await picture(name);
  assert.deepEqual(await violations(page), [], name);
}
