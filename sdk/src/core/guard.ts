/** Nothing that goes wrong in here may reach the page that hosts it. */

// biome-ignore lint/suspicious/noExplicitAny: a wrapper of any function
type Any = any;

export function guard<F extends (...args: Any[]) => Any>(fn: F): (...args: Parameters<F>) => ReturnType<F> | undefined {
  return (...args) => {
    try {
      const result = fn(...args);
      if (result instanceof Promise) result.catch(hush);
      return result;
    } catch (error) {
      return hush(error);
    }
  };
}

/** For a promise that nobody waits for. */
export const alone = (promise: Promise<unknown>): void => {
  promise.catch(hush);
};

/** Said where a developer looks for it and nobody else does. */
export function hush(error: unknown): undefined {
  try {
    console.debug("milepost:", error);
  } catch {
    // A page may have taken the console away; there is nobody left to tell.
  }
}

export const wait = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Longer after each failure, up to a minute, and never for two browsers at the same moment. */
export const backoff = (failures: number): number => Math.min(60_000, 500 * 2 ** failures) * (0.5 + Math.random());
