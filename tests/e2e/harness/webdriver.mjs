// A small WebDriver client for WebKitWebDriver: enough to drive the real window.

import { freePort } from './ports.mjs';
import { start } from './processes.mjs';
import { until } from './until.mjs';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
/** Keys that are no characters, as WebDriver writes them. */
export const KEYS = { Enter: '\uE007', Escape: '\uE00C', Tab: '\uE004' };

/** Starts the driver and, through it, the program. `env` reaches the program too. */
export async function openWindow(program, env) {
  const port = await freePort();
  // Without this variable the window does not let itself be driven.
  const driver = start('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], {
    env: { ...env, TAURI_WEBVIEW_AUTOMATION: 'true' },
    stdout: 'ignore',
  });
  const origin = `http://127.0.0.1:${port}`;
  const call = async (method, path, body) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
    return value;
  };
  try {
    await until('the driver to listen', () => call('GET', '/status').then(() => true, () => false));
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': { binary: program, args: [] } } };
    const { sessionId } = await call('POST', '/session', { capabilities });
    return windowOf((method, path, body) => call(method, `/session/${sessionId}${path}`, body), driver);
  } catch (error) {
    await driver.stop();
    throw new Error(`${error.message}\n${driver.log()}`, { cause: error });
  }
}

const isAlive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Gives a process of ours a moment to end by itself, then ends it. */
async function endProcess(pid) {
  const gone = () => !isAlive(pid);
  await until('the program to end by itself', gone, 5_000).catch(() => process.kill(pid, 'SIGTERM'));
  await until('the program to end', gone, 10_000);
}

function windowOf(call, driver) {
  const execute = (script, args = []) => call('POST', '/execute/sync', { script, args });
  return {
    execute,
    log: driver.log,
    /** Presses keys one after the other, wherever the keyboard is. */
    async press(...keys) {
      const actions = keys
        .map((key) => KEYS[key] ?? key)
        .flatMap((value) => [
          { type: 'keyDown', value },
          { type: 'keyUp', value },
        ]);
      await call('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
    },
    /** Whether an element is there and takes room. */
    isVisible: (selector) =>
      execute('const e = document.querySelector(arguments[0]); return !!e && e.getClientRects().length > 0;', [selector]),
    async find(selector) {
      const element = await call('POST', '/element', { using: 'css selector', value: selector });
      return element[ELEMENT];
    },
    resize: (width, height) => call('POST', '/window/rect', { width, height }),
    title: () => call('GET', '/title'),
    /** The window as a PNG. */
    screenshot: async () => Buffer.from(await call('GET', '/screenshot'), 'base64'),
    /**
     * Ends the program, then the driver. A driver that is asked to end a session does not always end the program with
     * it; `pid` names the program that this test started.
     */
    async close(pid) {
      await call('DELETE', '').catch(() => {});
      if (pid) await endProcess(pid);
      await driver.stop();
    },
  };
}
