// The pictures of docs/screenshots: the headless program on its demo workspace, light and dark.

import { join } from 'node:path';
import { launchBrowser, openPage } from '../harness/browser.mjs';
import { startCountersign } from '../harness/countersign.mjs';
import { until } from '../harness/until.mjs';

const folder = process.env.SCREENSHOTS;
if (!folder) throw new Error("SCREENSHOTS is not set: run this through 'cargo xtask screenshots'");
const OTHERS = ['conversations', 'activity', 'insights', 'policies', 'deliveries', 'health', 'settings'];

const app = await startCountersign();
const browser = await launchBrowser();
try {
  const rows = await until('a queue worth a picture', async () => {
    const list = await app.rpc('suggestions.list');
    return list.rows.length >= 12 && list.rows;
  }, 60_000);
  await decideSome(rows);
  const shown = await mostTelling();
  for (const theme of ['light', 'dark']) {
    const desk = await openPage(browser, app, { theme, width: 1440, height: 900 });
    await desk.goTo(shown);
    await take(desk, 'review', theme);
    for (const screen of OTHERS) {
      await desk.page.getByTestId(`nav-${screen}`).click();
      await take(desk, screen, theme);
    }
    await desk.close();
  }
} finally {
  await browser.close();
  await app.stop();
}

/** Gives the log something to show: a few clear ones approved, one rejected. */
async function decideSome(rows) {
  const clear = rows.filter((row) => row.bucket_id && row.confidence > 0.95).slice(-5);
  for (const [index, row] of clear.entries()) {
    const decision = index === 0 ? { kind: 'reject' } : { kind: 'approve' };
    await app.rpc('suggestions.decide', { suggestion_id: row.suggestion_id, decision });
  }
  await until('the plans to be carried out', async () => {
    const { outbox } = await app.rpc('health.get');
    return outbox.held + outbox.sending + outbox.retry === 0;
  }, 30_000);
}

/** The conversation about money, among the oldest in the language of this page, in which most words weighed. */
async function mostTelling() {
  const { rows } = await app.rpc('suggestions.list');
  const details = await Promise.all(
    rows
      .slice(0, 10)
      .filter((row) => row.bucket_id === 'billing' && row.confidence > 0.9 && /\b(the|my|please|we)\b/i.test(row.preview))
      .map((row) => app.rpc('suggestions.get', { suggestion_id: row.suggestion_id })),
  );
  const weight = (detail) => detail.evidence.filter((one) => one.weight > 0).length + detail.plan.actions.length;
  details.sort((a, b) => weight(b) - weight(a));
  return (details[0]?.conversation.conversation ?? { id: rows[0].conversation_id }).id;
}

async function take(desk, screen, theme) {
  await desk.page.mouse.move(0, 0);
  // Fonts, and whatever fades in.
  await desk.page.evaluate(() => document.fonts.ready);
  await desk.page.waitForTimeout(800);
  const path = join(folder, `${screen}-${theme}.png`);
  await desk.page.screenshot({ path });
  console.log(path);
}
