// The clock of one process, set wrong by libfaketime.
import { existsSync, readdirSync } from 'node:fs';

const LIBRARIES = '/usr/lib';

/** Debian has one directory for each architecture. */
const library = () =>
  (existsSync(LIBRARIES) ? readdirSync(LIBRARIES) : [])
    .map((directory) => `${LIBRARIES}/${directory}/faketime/libfaketimeMT.so.1`)
    .find((path) => existsSync(path));

/** Why no clock can be set wrong, or nothing. */
export const impossible = () => (library() ? undefined : 'libfaketime is missing; run scripts/setup');

/** The variables with which a process sees a clock that is `seconds` ahead. */
export const skewed = (seconds) => ({
  LD_PRELOAD: library(),
  FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}`,
  // Timeouts go by the monotonic clock, which is right on a machine whose clock is wrong.
  DONT_FAKE_MONOTONIC: '1',
});
