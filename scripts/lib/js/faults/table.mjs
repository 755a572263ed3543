// How often scenarios passed, and how long finality took.

const HEADS = ['scenario', 'passed', 'resume s, median', 'worst', ''];

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const shown = (seconds) => (seconds === undefined ? '' : seconds.toFixed(1));

/** Seconds of the runs that have them, as two columns. */
const times = (lines) => {
  const numbers = lines.map((line) => line.finality_resume_s).filter((value) => value !== undefined);
  return numbers.length ? [shown(median(numbers)), shown(Math.max(...numbers))] : ['', ''];
};

/** One row for each test of a scenario, or one for a scenario that records nothing. */
const rows = (name, codes, lines) => {
  const titles = [...new Set(lines.map(({ title }) => title))];
  if (!titles.length) {
    return [[name, `${codes.filter((code) => code === 0).length} of ${codes.length}`, '', '', '']];
  }
  return titles.map((title) => {
    const mine = lines.filter((line) => line.title === title);
    const skipped = mine.find((line) => line.skipped)?.skipped;
    if (skipped) return [name, 'skipped', '', '', skipped];
    return [name, `${mine.filter(({ passed }) => passed).length} of ${codes.length}`, ...times(mine), title];
  });
};

/**
 * @param codes what the runs of each scenario ended with
 * @param lines what the scenarios recorded
 */
export const table = (codes, lines) => {
  const all = [...codes].flatMap(([name, ended]) =>
    rows(name, ended, lines.filter(({ scenario }) => scenario === name)));
  const widths = HEADS.map((head, at) => Math.max(head.length, ...all.map((row) => row[at].length)));
  return [HEADS, ...all]
    .map((row) => row
      .map((cell, at) => (at === 2 || at === 3 ? cell.padStart(widths[at]) : cell.padEnd(widths[at])))
      .join('  ')
      .trimEnd())
    .join('\n');
};
