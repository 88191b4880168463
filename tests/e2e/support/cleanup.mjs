// What a test leaves behind is taken away in reverse order: the browser, then the program, then the folders it wrote to.
// node:test runs after() hooks in the order they were given and skips the rest when one throws; a program that is skipped keeps the runner
// waiting for ever. So each test has one hook, and that runs every step.
const stepsOf = new WeakMap();

/** Runs `step` when the test ends, before the steps given earlier. What steps throw fails the test after the last has run. */
export function cleanUp(t, step) {
  const known = stepsOf.get(t);
  if (known) {
    known.push(step);
    return;
  }
  const steps = [step];
  stepsOf.set(t, steps);
  t.after(async () => {
    const errors = [];
    while (steps.length > 0) {
      try {
        await steps.pop()();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, errors.map((error) => error.message).join('; '));
  });
}
