// The official client for Python, as it is published, against the simulator. The checks are in client.py; here each
// of them becomes a test. Without a Python that has the client, they are skipped, with the reason.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'node:test';

import { startWorkspace } from './workspace.mjs';

const python = process.env.CLIENTS_PYTHON;
const missing = process.env.CLIENTS_PYTHON_MISSING ?? 'CLIENTS_PYTHON names no Python with the client';

test('the client for Python', { skip: python ? false : missing }, async (t) => {
  const workspace = await startWorkspace();
  try {
    const env = {
      ...process.env,
      SIM_BASE_URL: workspace.base_url,
      SIM_TOKEN: workspace.token,
      SIM_ADMIN_ID: workspace.admin_id,
    };
    const script = fileURLToPath(new URL('client.py', import.meta.url));
    const { stdout } = await promisify(execFile)(python, [script], { env, timeout: 120_000 });
    const checks = stdout.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(checks.length > 5, 'the checks ran');
    for (const { name, wrong } of checks) {
      await t.test(name, () => assert.equal(wrong, null, wrong ?? undefined));
    }
  } finally {
    await workspace.stop();
  }
});
