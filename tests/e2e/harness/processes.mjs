// Child processes of a test: started with their one line of JSON awaited, and always ended, by their own id.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const READY_WITHIN_MS = 60_000;
const running = new Set();

// The runner ends a file's process when a test times out: nothing may outlive it.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => process.exit(1));
}

/** The program at the path that an environment variable names. */
export function programAt(variable) {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} is not set: run this through 'cargo xtask test'`);
  return path;
}

/** Starts a program. `stop()` asks it to end, then insists; `log()` is what it said on standard error. */
export function start(program, args, { env = {}, stdout = 'pipe' } = {}) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', stdout, 'pipe'] });
  running.add(child);
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log = (log + text).slice(-20_000);
  });
  const ended = once(child, 'exit').then(([code, signal]) => {
    running.delete(child);
    return { code, signal };
  });
  ended.catch(() => running.delete(child));
  return {
    child,
    ended,
    log: () => log,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const insist = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended.catch(() => {});
      clearTimeout(insist);
    },
  };
}

/** Starts a program and resolves with the first line of JSON it prints. */
export async function startReady(program, args, options) {
  const process = start(program, args, options);
  const lines = createInterface({ input: process.child.stdout });
  const ready = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('it did not get ready in time')), READY_WITHIN_MS);
    lines.on('line', (line) => {
      if (!line.startsWith('{')) return;
      clearTimeout(late);
      resolve(JSON.parse(line));
    });
    process.ended.then(({ code, signal }) => reject(new Error(`it ended with ${code ?? signal}`)), reject);
  });
  try {
    return { ...process, line: await ready };
  } catch (error) {
    await process.stop();
    throw new Error(`${program} ${args.join(' ')}: ${error.message}\n${process.log()}`, { cause: error });
  }
}
