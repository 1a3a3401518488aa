// docs/headless.md, played as it stands: every shell block, in order, in one shell.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../harness/ports.mjs';
import { programAt } from '../harness/processes.mjs';

const PAGE = new URL('../../../docs/headless.md', import.meta.url);

test('the whole path can be played with curl alone, as docs/headless.md tells it', async () => {
  const text = await readFile(PAGE, 'utf8');
  let script = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1]).join('\n');
  for (const port of ['4600', '4601', '4602']) script = script.replaceAll(port, String(await freePort()));
  const folder = await mkdtemp(join(tmpdir(), 'countersign-headless-'));
  try {
    await symlink(programAt('COUNTERSIGN_CLI'), join(folder, 'countersign-cli'));
    const output = await shell(script, folder);
    const calls = JSON.parse(output.trim().split('\n').findLast((line) => line.startsWith('[{')));
    assert.deepEqual(
      calls.map((call) => [call.body.message_type, call.status]),
      [
        ['assignment', 200],
        ['comment', 200],
      ],
      output,
    );
    assert.match(output, /^401$/m, 'what is not signed is refused');
    assert.match(output, /^\[\]$/m, 'nothing is sent before the approval');
    assert.match(output, /"sentence":"Approved: Assign to Billing, reply"/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Runs a script with the program on PATH; ends all that it started. Resolves with what it printed. */
async function shell(script, folder) {
  const whole = `set -e; trap 'kill $CORE $SIMULATOR 2>/dev/null || true' EXIT\n${script}`;
  const child = spawn('bash', ['-c', whole], {
    cwd: folder,
    env: { ...process.env, PATH: folder + delimiter + process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const late = setTimeout(() => child.kill('SIGTERM'), 60_000);
  let output = '';
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (log += text));
  const [code] = await once(child, 'close');
  clearTimeout(late);
  assert.equal(code, 0, `the script failed\n${output}\n${log}`);
  return output;
}
