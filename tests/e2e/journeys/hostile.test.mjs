// Text from outside is data: whatever it holds, it is shown as text and does nothing.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertQuiet } from '../harness/browser.mjs';
import { until } from '../harness/until.mjs';
import { MESSAGES, startWorld } from '../harness/world.mjs';

const ATTACKS = [
  ['a script', 'Hello <script>window.owned = 1; alert(1)</script> world'],
  ['an image with a handler', 'Look <img src=x onerror="window.owned = 1"> here'],
  ['a vector image with a handler', '<svg onload="window.owned = 1"><a href="javascript:window.owned=1">x</a></svg> end'],
  ['an attribute escape', '"><iframe srcdoc="<script>parent.owned=1</script>"></iframe>'],
  ['a template of other languages', '{{constructor.constructor("window.owned=1")()}} ${window.owned=1} <%= 1 %>'],
  ['a style that hides the page', '<style>body{display:none!important}</style> visible still'],
];

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.close());

async function show(message) {
  const { conversation_id: id } = await world.simulator.message(message);
  await world.desk.goTo(id);
  return id;
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const spaced = (text) => text.replaceAll(/\s+/g, ' ').trim();

for (const [index, [what, body]] of ATTACKS.entries()) {
  test(`${what} in a message is shown and does nothing`, async () => {
    const { desk } = world;
    await show({
      email: `attacker${index}@example.com`,
      name: `<b onmouseover="window.owned=1">Eve ${index}</b><script>window.owned=1</script>`,
      subject: `<img src=x onerror="window.owned=1"> subject ${index}`,
      // Once as markup, as mail brings it, and once as text about markup, which must be shown as it was written.
      body: `<p>${MESSAGES.billing.body}</p><p>${body}</p><p>${escaped(body)}</p>`,
    });
    await until('the message to be shown as it was written', async () =>
      spaced(await desk.thread.innerText()).includes(spaced(body)),
    );
    assert.equal(await desk.page.evaluate(() => window.owned), undefined, 'text from outside was executed');
    const strangers = await desk.page.evaluate(() => ({
      scripts: document.querySelectorAll('body script:not([src]), [data-testid] script, iframe, object, embed').length,
      handlers: document.querySelectorAll('[onerror], [onload], [onmouseover], [onclick]').length,
      links: document.querySelectorAll('a[href^="javascript:" i], a[href^="data:" i]').length,
    }));
    assert.deepEqual(strangers, { scripts: 0, handlers: 0, links: 0 });
    assert.equal(await desk.page.getByTestId('queue').isVisible(), true, 'the page is still there');
  });
}

test('right-to-left text stays within its own message', async () => {
  const { desk } = world;
  await show({
    email: 'rtl@example.com',
    name: 'ליאת \u202eכהן',
    body: `${MESSAGES.billing.body} שלום, חויבתי פעמיים החודש \u202e evil \u2066 unclosed`,
  });
  await until('the message to be shown', async () => /חויבתי/.test(await desk.thread.innerText()));
  const direction = await desk.card.evaluate((card) => getComputedStyle(card).direction);
  assert.equal(direction, 'ltr', 'the rest of the page keeps its direction');
});

test('emoji, a very long word and a very long message break nothing', async () => {
  const { desk } = world;
  const id = await show({
    email: 'long@example.com',
    name: '🧑‍🚀'.repeat(60),
    subject: 'x'.repeat(500),
    body: `${MESSAGES.billing.body} ${'W'.repeat(2_000)} ${'many words follow here '.repeat(2_000)} \u0007 end`,
  });
  await desk.card.waitFor();
  const overflow = await desk.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
  assert.equal(await desk.row(id).count(), 1);
});

const NOTHING_TO_READ = [
  ['dots', { body: '...' }],
  ['nothing at all', { body: ' \n\u200b ' }],
  ['a picture alone', { body: '', attachments: [{ name: 'screen.png', content_type: 'image/png' }] }],
];
for (const [index, [what, message]] of NOTHING_TO_READ.entries()) {
  test(`a message of ${what} waits with the rest and says that there is nothing to classify`, async () => {
    const { desk } = world;
    await show({ email: `silent${index}@example.com`, name: `Silent ${index}`, ...message });
    await until('the page to say so', async () => /to classify/i.test(await desk.text()));
  });
}

test('the page had nothing to complain of', () => {
  assertQuiet(world.desk.complaints);
});
