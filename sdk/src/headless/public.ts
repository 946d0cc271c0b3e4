/** What a host sees of the client that draws nothing. */
import type { Act, Answer, Body, Kind, Piece, Properties, Refused } from "../types";

export type { Act, Answer, Contact, Item, Kind, Offer, Page, Properties, Question, Refused, Step } from "../types";

/** Something that changes: what it is now, and whom to tell. Both may be handed on as they are. */
export interface Observable<T> {
  get(): T;
  /** Gives what ends it. */
  subscribe(listener: (value: T) => void): () => void;
}

/** What every kind of piece has, and what each has besides. */
type Common = "title" | "page" | "standing" | "modal" | "contact" | "lang" | "dir" | "labels";
interface Own extends Record<Kind, keyof Body> {
  guide: "steps";
  celebration: "body_html" | "button" | "confetti" | "goal" | "offer";
  survey: "body_html" | "questions" | "thanks";
  checklist: "body_html" | "items" | "progress" | "next";
  empty_state: "body_html" | "on" | "actions";
  invite: "body_html" | "button" | "link";
  article: "body_html" | "offer";
  reply: "body_html" | "question" | "by";
  hint: "body_html" | "on" | "inline";
  term: "body_html" | "on";
  banner: "body_html" | "place" | "actions";
  announcement: "body_html" | "actions";
  modal: "body_html" | "button";
  briefing: "body_html" | "button" | "emergency_html";
  resource_center: "body_html" | "resources";
  form: "on" | "sent";
}

/** A piece of one kind, with what is to be drawn of it. Its texts are in the person's language, its HTML is sanitised. */
export interface PieceOf<K extends Kind> extends Omit<Piece, "body"> {
  body: Pick<Body, Common> & Required<Pick<Body, Own[K]>> & { kind: K };
}

/** An open piece; `piece.body.kind` says which. */
export type AnyPiece = { [K in Kind]: PieceOf<K> }[Kind];

export interface PlanItem {
  key: string;
  title: string;
  kind: "activity" | "outcome";
  /** A day: `2026-12-31`. */
  due_on: string | null;
  reached_at: string | null;
  skipped: boolean;
  late: boolean;
  /** The piece that helps with it, for `start`. */
  start: string | null;
  url: string | null;
  tasks: { title: string; owner: "person" | "team"; done: boolean }[];
}

export interface Plan {
  goal: string;
  /** What they want, in their own words where they said it. */
  problem: string;
  /** From 0 to 1. */
  progress: number;
  standing: "on track" | "late" | "done";
  items: PlanItem[];
}

/** The one thing to do now, and why. */
export interface Next {
  title: string;
  reason: string;
  start: string | null;
  url: string | null;
}

/** What a person does with a piece. Each is told once, kept until the server has it, and seen at once in `pieces`. */
export interface Acts {
  /** They see it. */
  shown(step?: number): void;
  /** They have come to this step of a guide, counted from 0. */
  step(step: number): void;
  complete(): void;
  /** They left it: it does not come back by itself. */
  dismiss(): void;
  /** Remind me tomorrow. */
  snooze(): void;
  /** Never show this again. */
  never(): void;
  /** A button of its `actions`. */
  press(act: Act): void;
  /** An answer of a survey; null takes it back. Resolves when the server has it, with what it did not like about it. */
  answer(question: string, value: Answer): Promise<Refused | null>;
  /** The offer on it was taken, or declined. */
  accept(): void;
  decline(): void;
  /** The invitation was sent on. */
  invited(): void;
}

/** What is kept between two runs; `localStorage` fits. */
export interface Storage {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

export interface Options {
  /** Where Milepost is, `https://milepost.example`. */
  host: string;
  /** The write key of the workspace. */
  key: string;
  /** Who is signed in, by the id of your database; nobody yet without it. */
  user?: string;
  /** By which your server vouches for that id. */
  token?: string;
  /** In its place: HMAC-SHA256 of that id with an identity secret, in hexadecimal. */
  signature?: string;
  /** The browser's own where there is one; else nothing outlives the program. */
  storage?: Storage;
  /** Where the environment's own `fetch` will not do. */
  fetch?: typeof fetch;
  /** `required`: do nothing before `consent(…)` was called. */
  consent?: "required";
}

export interface Milepost {
  /** Everything open for this person, oldest first. */
  readonly pieces: Observable<readonly AnyPiece[]>;
  /** Their plan; null while they have none. It is asked for while somebody listens. */
  readonly plan: Observable<Plan | null>;
  /** Null when nothing is left to do, and until it is known. */
  readonly next: Observable<Next | null>;
  act(piece: AnyPiece): Acts;
  /** Asks for a piece; the server decides, and brings it. */
  start(content: string): void;
  /** Leaves a milestone out of the plan. */
  skip(milestone: string): Promise<Refused | null>;
  /** A date of their own for it, `2026-12-31`; null takes it back. */
  date(milestone: string, on: string | null): Promise<Refused | null>;
  /** Opens a conversation with the team. */
  ask(text: string): Promise<Refused | null>;
  /** Asks for plan and next anew. */
  refresh(): Promise<void>;
  identify(user: string, traits?: Properties, options?: { token?: string; signature?: string }): void;
  identify(traits: Properties): void;
  track(event: string, properties?: Properties): void;
  page(name?: string, properties?: Properties): void;
  group(account: string, traits?: Properties): void;
  alias(user: string, previous?: string): void;
  /** Somebody signed out. */
  reset(): void;
  consent(answer: boolean | Record<string, boolean>): void;
  on(name: string, listener: (detail: Properties) => void): void;
  off(name: string, listener: (detail: Properties) => void): void;
  /** Ends it; what was not sent yet is kept where there is a storage. */
  close(): void;
}
