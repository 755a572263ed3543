// A small disk that can be filled: a file system in memory.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export class Disk {
  /** Mounts a disk of `megabytes` at `path`; the mount is the sandbox's and goes with it. */
  constructor(path, megabytes) {
    this.path = path;
    mkdirSync(path);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
    this.ballast = join(path, 'ballast');
  }

  /** Takes all the space that is left. */
  fill() {
    const file = openSync(this.ballast, 'a');
    try {
      for (const size of [1 << 20, 1 << 12]) {
        const block = Buffer.alloc(size);
        try {
          while (writeSync(file, block) === size);
        } catch (error) {
          if (error.code !== 'ENOSPC') throw error;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  /** Gives the space back. */
  free() {
    rmSync(this.ballast, { force: true });
  }

  /** Takes it away; nothing may use it any more. */
  remove() {
    execFileSync('umount', [this.path]);
  }
}
