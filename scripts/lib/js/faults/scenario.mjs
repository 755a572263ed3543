// One scenario as a test: what it needs, what it measured.
import { appendFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import * as clock from './clock.mjs';
import { inside } from './sandbox.mjs';
import { Scene } from './scene.mjs';

/** Longer than any scenario takes on a slow machine that has others to do. */
const LIMIT = 30 * 60 * 1000;

const sandbox = () => (inside ? undefined : 'needs namespaces of its own: run scripts/faults');

/** Why each kind of fault cannot be made here, or nothing. */
const obstacles = { network: sandbox, disk: sandbox, clock: clock.impossible };

/** Adds a line to the file that `POGCS_FAULTS_RESULTS` names. */
const record = (line) => {
  const file = process.env.POGCS_FAULTS_RESULTS;
  if (file) appendFileSync(file, `${JSON.stringify(line)}\n`);
};

/**
 * A scenario: starts the four, does `body` to them, and checks what must hold after all faults.
 * @param file `import.meta.url`: the scenario is called by it
 * @param options.needs of `obstacles`; without them it is skipped
 * @param body gets the scene; what it returns is recorded: `finality_resume_s`, and others
 */
export const scenario = (file, title, { needs = [], ...options }, body) => {
  const name = basename(file, '.test.mjs');
  const skip = needs.map((need) => obstacles[need]()).find(Boolean);
  if (skip) record({ scenario: name, title, skipped: skip });
  test(title, { skip, timeout: LIMIT }, async () => {
    const scene = new Scene();
    const line = { scenario: name, title, passed: false };
    try {
      await scene.start(options);
      Object.assign(line, await body(scene));
      await scene.check();
      line.passed = true;
    } finally {
      const logs = process.env.POGCS_FAULTS_LOGS;
      if (!line.passed && logs) scene.keepLogs(join(logs, `${name}-${Date.now()}`));
      record(line);
      await scene.stop();
    }
  });
};
