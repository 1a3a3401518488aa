// Everything a journey needs, started together and ended together.

import { launchBrowser, openPage } from './browser.mjs';
import { startCountersign } from './countersign.mjs';
import { startSimulator } from './simulator.mjs';

/** A simulator, the core on it, a browser on the core. Undo windows are short unless a journey asks otherwise. */
export async function startWorld({ undoSeconds = 1, ...view } = {}) {
  const open = [];
  const close = async () => {
    for (const part of open.reverse()) await part();
  };
  try {
    const simulator = await startSimulator();
    open.push(simulator.stop);
    const app = await startCountersign(simulator);
    open.push(app.stop);
    await app.rpc('settings.update', { undo_seconds: undoSeconds });
    const browser = await launchBrowser();
    open.push(() => browser.close());
    const desk = await openPage(browser, app, view);
    return { simulator, app, browser, desk, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Messages whose bucket nobody would argue about. */
export const MESSAGES = {
  urgent: {
    subject: 'Everything is down',
    body: 'Nobody on our team can log in since this morning, every page shows an error and our whole warehouse stands still. We need this fixed immediately, it is an emergency.',
  },
  billing: {
    subject: 'Charged twice',
    body: 'I was charged twice this month on my credit card. Please refund the second payment and send me a corrected invoice for our subscription.',
  },
  general: {
    subject: 'Exporting projects',
    body: 'Hello, is there a way to export only the archived projects as a spreadsheet? I could not find it in the settings.',
  },
  spam: {
    subject: 'Page one of search in 30 days',
    body: 'We can put your website on page one of the search results in 30 days! Cheap SEO backlinks, guaranteed traffic, click here for our limited special offer.',
  },
};

let serial = 0;
/** A message from a customer of its own. */
export function messageOf(kind, change = {}) {
  serial += 1;
  return { email: `customer${serial}@example.com`, name: `Customer Number ${serial}`, ...MESSAGES[kind], ...change };
}
