// What must be stopped or deleted when the program ends, also if it is interrupted.
const pending = new Set();

/** Has `work` done at the end; the function that is returned calls that off. */
export const later = (work) => {
  pending.add(work);
  return () => pending.delete(work);
};

/** Does all of it, the last first. */
export const cleanUp = async () => {
  for (const work of [...pending].reverse()) {
    pending.delete(work);
    await work();
  }
};
