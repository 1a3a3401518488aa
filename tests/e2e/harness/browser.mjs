// A browser on the page, with the words a journey is told in.

import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { until } from './until.mjs';

// Chromium calls home for components and safe-browsing lists unless told not to; as root it has no sandbox to offer.
const QUIET = [
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--disable-gpu',
];

/** Starts the system's Chromium. */
export function launchBrowser() {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: isRoot ? [...QUIET, '--no-sandbox'] : QUIET,
  });
}

/** Opens the page of a core. `complaints` gathers what the page should never say. */
export async function openPage(browser, app, { width = 1440, height = 900, theme = 'light' } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog opened: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(app.pageUrl);
  try {
    await page.getByTestId('nav-review').waitFor();
  } catch (error) {
    const shown = await page.locator('body').innerText();
    throw new Error(`the page is not shown, but:\n${shown}\n${complaints.join('\n')}`, { cause: error });
  }
  return { page, complaints, close: () => context.close(), ...words(page) };
}

function words(page) {
  const row = (conversationId) => page.locator(`[data-testid="queue-row"][data-conversation-id="${conversationId}"]`);
  const card = page.getByTestId('decision-card');
  const undoBar = page.getByTestId('undo-bar');
  const key = (name) => page.keyboard.press(name);
  return {
    row,
    card,
    undoBar,
    key,
    thread: page.getByTestId('thread'),
    toast: page.getByTestId('toast'),

    /** Waits for the row of a conversation, and goes there with J and K alone. */
    async goTo(conversationId) {
      await row(conversationId).waitFor();
      await until(`the row of ${conversationId} to be selected`, async () => {
        const way = await page.evaluate(wayTo, conversationId);
        if (way === 'here') return true;
        await key(way === 'up' ? 'k' : 'j');
        return false;
      });
      // The card of the row before may still be there: its keys would act on nothing.
      await until('the card of that row to be shown', async () => {
        const wanted = await row(conversationId).getAttribute('data-suggestion-id').catch(() => null);
        return wanted !== null && (await card.getAttribute('data-suggestion-id').catch(() => null)) === wanted;
      });
    },

    /** Waits until a conversation has left the queue. */
    async gone(conversationId) {
      await row(conversationId).waitFor({ state: 'detached' });
    },

    /** The field that has the keyboard, once one inside the page's main area has it. */
    async field() {
      const field = page.locator('textarea:focus, input:focus, [contenteditable="true"]:focus');
      await field.waitFor();
      return field;
    },

    /** Text of the page as a person sees it. */
    text: () => page.locator('body').innerText(),
  };
}

/** Runs in the page: which way the row is from the selected one. */
function wayTo(conversationId) {
  const rows = [...document.querySelectorAll('[data-testid="queue-row"]')];
  const place = (row) => row?.getBoundingClientRect().top;
  const target = rows.find((row) => row.dataset.conversationId === conversationId);
  const selected = rows.find((row) => row.getAttribute('aria-selected') === 'true');
  if (target && target === selected) return 'here';
  return target && selected && place(target) < place(selected) ? 'up' : 'down';
}

/** Fails when the page said something it should not have. */
export function assertQuiet(complaints) {
  assert.deepEqual(complaints, [], 'the page complained');
}
