/** The words on buttons. The server sends them with every piece, in the person's language (`in_app/labels.py`). */
import type { Body } from "../types";

/** What several kinds of piece say. */
type Common = "next" | "back" | "done" | "close" | "later" | "never" | "skip" | "help" | "step";

export type Words = Record<Common, string>;

/** `more`: what is said where the server cannot be reached, or knows fewer words. */
export const words = <M extends Record<string, string>>({ labels }: Pick<Body, "labels">, more?: M): Words & M =>
  ({ ...more, ...labels }) as Words & M;

export const count = (words: Words, n: number, total: number): string => fill(words.step, { n, total });

/** `{name}` in a text is replaced by its value. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (_, name) => `${values[name] ?? ""}`);
