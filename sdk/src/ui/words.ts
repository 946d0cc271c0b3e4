/** The words on buttons. The server sends them in the person's language; these are what they say without it. */
import type { Body } from "../types";

const ENGLISH = {
  next: "Next",
  back: "Back",
  done: "Done",
  close: "Close",
  later: "Remind me later",
  never: "Don’t show this again",
  skip: "Skip this step",
  help: "Do you need help?",
  step: "Step {n} of {total}",
};

export type Words = typeof ENGLISH;

/** `more`: what this kind of piece says besides. */
export const words = <M extends Record<string, string>>({ labels }: Pick<Body, "labels">, more?: M): Words & M =>
  ({ ...ENGLISH, ...more, ...labels }) as Words & M;

export const count = (words: Words, n: number, total: number): string => fill(words.step, { n, total });

/** `{name}` in a text is replaced by its value. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (_, name) => `${values[name] ?? ""}`);
