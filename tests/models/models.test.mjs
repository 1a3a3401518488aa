// What the client of language models sends, held against the request types of the official clients. The program that
// writes it down is examples/bodies.rs of the crate; the checks are in check.py, and each becomes a test here. Without a
// Python that has the clients, they are skipped, with the reason.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'node:test';

const run = promisify(execFile);
const python = process.env.MODELS_PYTHON;
const missing = process.env.MODELS_PYTHON_MISSING ?? 'MODELS_PYTHON names no Python with the clients';

test('requests to language models', { skip: python ? false : missing }, async (t) => {
  assert.ok(process.env.MODELS_BODIES, 'MODELS_BODIES names the program that writes requests down');
  const folder = await mkdtemp(join(tmpdir(), 'language-models-'));
  try {
    const env = { ...process.env, LANGUAGE_MODELS_BODIES: folder };
    await run(process.env.MODELS_BODIES, [], { env, timeout: 60_000 });
    const script = fileURLToPath(new URL('check.py', import.meta.url));
    const { stdout } = await run(python, [script, folder], { timeout: 120_000 });
    const checks = stdout.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(checks.length >= 45, `${checks.length} checks ran`);
    for (const service of ['claude', 'openai', 'ollama']) {
      const drafts = checks.filter(({ name }) => name.startsWith(`${service} `) && name.includes(': a draft: '));
      assert.ok(drafts.length > 0, `no draft was asked of ${service}`);
    }
    for (const { name, wrong } of checks) {
      await t.test(name, () => assert.equal(wrong, null, wrong ?? undefined));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
