// The real window on its demo workspace, driven by the keyboard alone.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { programAt } from '../harness/processes.mjs';
import { kindsOf, simulatorAt } from '../harness/simulator.mjs';
import { until } from '../harness/until.mjs';
import { openWindow } from '../harness/webdriver.mjs';
import { messageOf } from '../harness/world.mjs';

let data;
let pid;
let desk;
let simulator;

before(async () => {
  data = await mkdtemp(join(tmpdir(), 'countersign-window-'));
  desk = await openWindow(programAt('COUNTERSIGN_APP'), {
    COUNTERSIGN_DATA_DIR: data,
    COUNTERSIGN_DEMO_QUIET: '1',
    COUNTERSIGN_PORT: '0',
  });
  const told = await until('the demo to say where its simulator is', () =>
    readFile(join(data, 'demo.json'), 'utf8').then(JSON.parse, () => null), 60_000);
  pid = told.pid;
  simulator = simulatorAt(told.base_url);
  await until('the page to be shown', () => desk.isVisible('[data-testid="nav-review"]'), 60_000);
});
after(async () => {
  await desk?.close(pid);
  if (data) await rm(data, { recursive: true, force: true });
});

const rowOf = (id) => `[data-testid="queue-row"][data-conversation-id="${id}"]`;
const isSelected = (id) => desk.isVisible(`${rowOf(id)}[aria-selected="true"]`);

/** Goes to a conversation with J and K. */
async function goTo(id) {
  await until('the message in the queue', () => desk.isVisible(rowOf(id)), 30_000);
  await until('its row to be selected', async () => {
    if (await isSelected(id)) return true;
    const isAbove = await desk.execute(
      `const top = (selector) => document.querySelector(selector)?.getBoundingClientRect().top;
       return top(arguments[0]) < top('[data-testid="queue-row"][aria-selected="true"]');`,
      [rowOf(id)],
    );
    await desk.press(isAbove ? 'k' : 'j');
    return false;
  });
  await until('its card', () => desk.isVisible('[data-testid="decision-card"]'));
}

test('approving with the keyboard alone assigns and replies in the simulator, in this order', async () => {
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await goTo(id);
  await desk.press('Enter');
  await until('the undo bar', () => desk.isVisible('[data-testid="undo-bar"]'));
  await until('the row to leave the queue', async () => !(await desk.isVisible(rowOf(id))));
  assert.deepEqual(kindsOf(await simulator.settledDeeds(id, 2)), ['assign', 'reply']);
});

test('approving spam closes it without a reply', async () => {
  const { conversation_id: id } = await simulator.message(messageOf('spam'));
  await goTo(id);
  await desk.press('Enter');
  assert.deepEqual(kindsOf(await simulator.settledDeeds(id, 1)), ['close']);
});

test('U takes an approval back, and nothing is sent', async () => {
  const { conversation_id: id } = await simulator.message(messageOf('billing'));
  await goTo(id);
  await desk.press('Enter');
  // The bar of the decision before may still be there, without its button.
  await until('the undo button', () => desk.isVisible('[data-testid="undo-bar"] button'));
  await desk.press('u');
  await until('the row to come back', () => desk.isVisible(rowOf(id)));
  await new Promise((resolve) => setTimeout(resolve, 6_500));
  assert.deepEqual(await simulator.deeds(id), []);
});

test('the page in the window may call nothing but its own command', async () => {
  const answer = await desk.execute(
    `const internals = window.__TAURI_INTERNALS__;
     return internals.invoke('plugin:fs|read_text_file', { path: 'Cargo.toml' }).then(() => 'allowed', () => 'refused');`,
  );
  assert.equal(answer, 'refused');
});
