// Processes that a test starts, and that are stopped by the id they were started with.
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where cargo builds. */
export const target = process.env.CARGO_TARGET_DIR ?? join(process.env.HOME, '.cache', 'pogcs-target');

/** Path of a program that the workspace builds. */
export const program = (name) => join(target, 'release', name);

/** A free port of this machine. */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Whether something listens on a port of this machine, or of the one at `address`. */
export const listens = (port, address = '127.0.0.1') =>
  new Promise((resolve) => {
    const socket = connect(port, address);
    socket.setTimeout(5_000, () => socket.destroy() && resolve(false));
    socket.once('connect', () => socket.destroy() && resolve(true));
    socket.once('error', () => resolve(false));
  });

/** A new directory that `remove` deletes. */
export const scratch = (name) => {
  const path = mkdtempSync(join(tmpdir(), `pogcs-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/**
 * Asks `probe` until it answers something true, and returns that.
 * @throws after `seconds`, with what was awaited and the last answer or error.
 */
export const waitFor = async (what, probe, seconds = 120) => {
  const deadline = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < deadline) {
    try {
      last = await probe();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`after ${seconds} s still waiting for ${what}; last: ${last}`);
};

/** Starts a program whose output goes to `log`, with the variables of `env` beside this process's. */
export const start = (command, args, log, env = {}) => {
  const out = createWriteStream(log, { flags: 'a' });
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      tail = (tail + data).slice(-4000);
      out.write(data);
    });
  }
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  return {
    child,
    ended,
    tail: () => tail,
    /** Stops it; with SIGKILL it has no time to tidy up. */
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await ended;
      clearTimeout(timer);
    },
  };
};
