import type { Page } from "../types";
import type { Words } from "./words";

export interface Eligible {
  key: string;
  kind: string;
  title: string;
  state: "open" | "put_off" | "decided" | "not_yet";
  why: string;
  page: Page | null;
}

export interface Explained {
  person: string;
  known: boolean;
  /** The link was made for this person, whoever is in the browser. */
  of_link: boolean;
  signed_only: boolean;
  pieces: Eligible[];
  lang: string;
  dir: string;
  words: Words;
}
