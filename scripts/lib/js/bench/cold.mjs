// How long scripts/test takes in a fresh clone with nothing built. Crates that cargo has downloaded
// stay downloaded.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { target } from '../process.mjs';
import { later } from './cleanup.mjs';

const root = process.env.ROOT;

const git = (...args) => {
  const { status, stdout, stderr } = spawnSync('git', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
  return stdout;
};

export const cold = {
  needs: [],
  measure: async ([name], say) => {
    if (git('-C', root, 'status', '--porcelain')) say('changes that are not committed are not measured');
    // Beside the target directory, where there is room for another one.
    mkdirSync(dirname(target), { recursive: true });
    const directory = mkdtempSync(join(dirname(target), 'pogcs-cold-'));
    const remove = () => rmSync(directory, { recursive: true, force: true });
    const removed = later(remove);
    const clone = join(directory, 'clone');
    git('clone', '--quiet', root, clone);

    const start = Date.now();
    const child = spawn(join(clone, 'scripts', 'test'), [], {
      cwd: clone,
      env: { ...process.env, CARGO_TARGET_DIR: join(directory, 'target') },
      // Its own group, so that what it starts is stopped with it.
      detached: true,
      stdio: ['ignore', 2, 2],
    });
    const ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    const stopped = later(() => {
      process.kill(-child.pid);
      return ended;
    });
    const code = await ended;
    const value = (Date.now() - start) / 60_000;
    stopped();
    removed();
    remove();
    if (code !== 0) throw new Error('scripts/test has failed, see above');
    return [{ name, value, unit: 'min' }];
  },
};
