// Every screen, light and dark, small and large: nothing is cut off, and everybody can read and reach it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, openPage } from '../harness/browser.mjs';
import { startCountersign } from '../harness/countersign.mjs';
import { violations } from '../harness/reading.mjs';
import { until } from '../harness/until.mjs';

const SCREENS = ['review', 'conversations', 'policies', 'activity', 'deliveries', 'health', 'settings'];
const SIZES = [
  { width: 1024, height: 640 },
  { width: 1600, height: 1000 },
];
const PANES = ['queue', 'thread', 'decision-card', 'contact-pane'];

let app;
let browser;
before(async () => {
  app = await startCountersign();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await app?.stop();
});

for (const theme of ['light', 'dark']) {
  for (const size of SIZES) {
    const where = `${theme}, ${size.width}×${size.height}`;

    test(`every screen fits its window (${where})`, async () => {
      const desk = await openPage(browser, app, { ...size, theme });
      const found = [];
      for (const screen of SCREENS) {
        await goToScreen(desk, screen);
        found.push(...(await desk.page.evaluate(tooWide, PANES)).map((what) => `${screen}: ${what}`));
      }
      assert.deepEqual(found, [], 'something is cut off at the side');
      assert.deepEqual(desk.complaints, []);
      await desk.close();
    });
  }

  for (const size of [SIZES[0], { width: 1280, height: 800 }]) {
    test(`the message has its room beside all that the card says (${theme}, ${size.width}×${size.height})`, async () => {
      const desk = await openPage(browser, app, { ...size, theme });
      await goToScreen(desk, 'review');
      await desk.card.waitFor();
      const why = desk.card.getByTestId('why').getByRole('button', { name: /^Why/ });
      if ((await why.getAttribute('aria-expanded')) === 'false') await desk.key('w');
      await desk.card.getByTestId('why').getByText(/past decision/i).first().waitFor();
      for (const mode of ['look', 'edit']) {
        if (mode === 'edit') {
          await desk.key('e');
          await desk.card.getByTestId('reply-field').waitFor();
        }
        const room = await desk.thread.evaluate((it) => it.clientHeight);
        assert.ok(room >= size.height * 0.22, `${mode}: ${room} pixels for the message`);
        const primary = await desk.card.getByRole('button', { name: /^Approve/ }).boundingBox();
        assert.ok(primary && primary.y + primary.height <= size.height, `${mode}: what signs is in sight`);
      }
      const field = await desk.card.getByTestId('reply-field').boundingBox();
      assert.ok(field && field.y > 0 && field.y + 40 < size.height, 'the editor is in sight');
      await desk.close();
    });
  }

  test(`every screen can be read and reached by everybody (${theme})`, async () => {
    const desk = await openPage(browser, app, { width: 1440, height: 900, theme });
    const found = [];
    for (const screen of SCREENS) {
      await goToScreen(desk, screen);
      found.push(...(await violations(desk.page)).map((what) => `${screen}: ${what}`));
    }
    await goToScreen(desk, 'review');
    await desk.key('?');
    await desk.page.getByTestId('key-sheet').waitFor();
    found.push(...(await violations(desk.page)).map((what) => `sheet of keys: ${what}`));
    assert.deepEqual(found, []);
    await desk.close();
  });

  test(`the page follows the theme (${theme})`, async () => {
    const desk = await openPage(browser, app, { theme });
    const lightness = await desk.page.evaluate(() => {
      const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\d+(\.\d+)?/g).map(Number);
      return (red + green + blue) / 3;
    });
    assert.equal(lightness > 128 ? 'light' : 'dark', theme);
    await desk.close();
  });
}

async function goToScreen(desk, screen) {
  await desk.page.getByTestId(`nav-${screen}`).click();
  if (screen === 'review') {
    await until('suggestions of the demo', async () => (await desk.page.getByTestId('queue-row').count()) > 2);
    await desk.card.waitFor();
  }
  // The stream of events never ends, so the network never falls silent: what was asked for is here in a moment.
  await desk.page.waitForTimeout(500);
  await desk.page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity)
        .map((animation) => animation.finished),
    ),
  );
}

/** Runs in the page: what is wider than the place it has. */
function tooWide(panes) {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push(`the page by ${root.scrollWidth - root.clientWidth} px`);
  for (const id of panes) {
    for (const pane of document.querySelectorAll(`[data-testid="${id}"]`)) {
      const box = pane.getBoundingClientRect();
      if (box.width === 0) continue;
      if (box.right > root.clientWidth + 1) found.push(`${id} ends right of the window`);
      if (pane.scrollWidth > pane.clientWidth + 1) found.push(`${id} by ${pane.scrollWidth - pane.clientWidth} px`);
    }
  }
  return found;
}
