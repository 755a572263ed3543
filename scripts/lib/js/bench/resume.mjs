// How long finality takes to resume after the faults that stop it: the longest of one run of each.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from '../process.mjs';
import { later } from './cleanup.mjs';

const RUNNER = new URL('../faults/main.mjs', import.meta.url).pathname;

/** Those in which finality stands still, or might, until something is over. */
const SCENARIOS = ['kill9', 'kill9-two', 'partition', 'delay', 'skipped-epoch'];

/** Nodes mostly wait for their next slot; more of them at once than this would wait for the machine. */
const JOBS = 3;

export const resume = {
  needs: ['programs'],
  measure: async ([name], say) => {
    const directory = scratch('resume');
    const removed = later(directory.remove);
    const results = join(directory.path, 'results.jsonl');
    const child = spawn(process.execPath, [RUNNER, '--jobs', `${JOBS}`, '--results', results, ...SCENARIOS], {
      stdio: ['ignore', 2, 2],
    });
    const ended = new Promise((done) => {
      child.once('error', () => done(-1));
      child.once('exit', (code) => done(code ?? -1));
    });
    const stopped = later(() => child.kill('SIGTERM') && ended);
    const code = await ended;
    stopped();
    if (code !== 0) throw new Error('a scenario has failed, see above');
    const runs = readFileSync(results, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
    removed();
    directory.remove();
    const skipped = runs.find((run) => run.skipped);
    if (skipped) throw new Error(`${skipped.scenario} was skipped: ${skipped.skipped}`);
    const longest = runs.reduce((one, other) => (other.finality_resume_s > one.finality_resume_s ? other : one));
    say(`the longest was that of ${longest.scenario}: ${longest.title}`);
    return [{ name, value: longest.finality_resume_s, unit: 's' }];
  },
};
