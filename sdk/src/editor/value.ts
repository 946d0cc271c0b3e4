/** Reading and writing a definition as plain data. */
import type { Value } from "./types";

export const stepsOf = (value: Value): Value[] => (Array.isArray(value.steps) ? (value.steps as Value[]) : []);

/** What is usual is not written. */
export function put(value: Value, name: string, chosen: unknown, usual: unknown): void {
  if (chosen === usual) delete value[name];
  else value[name] = chosen;
}
