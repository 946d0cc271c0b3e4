/** What the editor and the server say to one another: `console/pages/editing.py`. */
import type { Body } from "../types";

/** A definition as it is typed in the program: plain data. */
export type Value = Record<string, unknown>;
/** A text in one language, or in several. */
export type Text = string | Record<string, string>;

export interface Choice {
  key: string;
  title: string;
}

export interface Row {
  kind: string;
  key: string;
  title: string;
  urls: string[];
}

export interface Bench {
  member: string;
  workspace: string;
  ends_at: string;
  /** What the member set out to edit: `key` its key, `title` its kind; empty: they choose. */
  first: Choice;
  pieces: Row[];
  kinds: Choice[];
  milestones: Choice[];
  personas: Choice[];
  locales: string[];
  start: unknown;
  may_undo: boolean;
  console: string;
  release: string;
  words: Record<string, string>;
}

export interface Said {
  path: string;
  level: "error" | "reason" | "warning";
  message: string;
  mend: string;
}

export interface AtWork {
  kind: string;
  key: string;
  value: Value | null;
  revision: string;
  problems: Said[];
  elsewhere: number;
  drawn: Body | null;
  refusal: string;
  when: string;
}

export interface Asked {
  kind: string;
  key: string;
  value?: Value;
  revision?: string;
  over?: boolean;
  persona?: string;
  locale?: string;
}

/** What this tab remembers from page to page. */
export interface Kept {
  token: string;
  /** The piece at work, with what is not saved yet. Absent: none is open. */
  work?: { kind: string; key: string; value: Value; revision: string; saved: boolean };
  /** The step that is looked at as people see it. Absent: nothing is. */
  preview?: number;
  step?: number;
  folded?: boolean;
  start?: boolean;
}
