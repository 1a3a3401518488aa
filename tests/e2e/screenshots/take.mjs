// The pictures of docs/screenshots: the headless program on its demo workspace, light and dark.

import { join } from 'node:path';
import { launchBrowser, openPage } from '../harness/browser.mjs';
import { startCountersign } from '../harness/countersign.mjs';
import { until } from '../harness/until.mjs';

const folder = process.env.SCREENSHOTS;
if (!folder) throw new Error("SCREENSHOTS is not set: run this through 'cargo xtask screenshots'");
const SCREENS = ['review', 'conversations', 'activity', 'health', 'settings'];

const app = await startCountersign();
const browser = await launchBrowser();
try {
  for (const theme of ['light', 'dark']) {
    const desk = await openPage(browser, app, { theme, width: 1440, height: 900 });
    await until('a queue worth a picture', async () => (await desk.page.getByTestId('queue-row').count()) >= 7, 60_000);
    for (const screen of SCREENS) {
      await desk.page.getByTestId(`nav-${screen}`).click();
      if (screen === 'review') {
        await desk.key('j');
        await desk.key('j');
        await desk.card.waitFor();
      }
      await desk.page.waitForTimeout(600);
      const path = join(folder, `${screen}-${theme}.png`);
      await desk.page.screenshot({ path });
      console.log(path);
    }
    await desk.close();
  }
} finally {
  await browser.close();
  await app.stop();
}
