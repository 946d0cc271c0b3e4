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

export const words = (body: Body): Words => ({ ...ENGLISH, ...body.labels });

export const count = (words: Words, n: number, total: number): string =>
  words.step.replace("{n}", `${n}`).replace("{total}", `${total}`);
