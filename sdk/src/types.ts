/** What the server sends and what the parts of the SDK know of one another. */

export type Properties = Record<string, unknown>;

export interface Step {
  title: string;
  /** Sanitised by the server, and once more here. */
  body_html: string;
  /** CSS selectors, best first; none for a card that stands on its own. */
  on: string[];
  advance: { on: "next" | "click" | "input" | "event"; event?: string };
}

/** The contact card: in the same place on every piece. What was never said is empty. */
export interface Contact {
  name: string;
  email: string;
  telegram: string;
  telegram_url: string;
  hours: string;
}

/** What is drawn, rendered by the server in the person's language. */
export interface Body {
  kind: "guide" | "celebration";
  title: string;
  body_html: string;
  steps: Step[];
  page: { url?: string[] };
  confetti: boolean;
  button: string;
  contact: Contact | null;
  lang: string;
  dir: string;
  labels: Record<string, string>;
}

export interface Piece {
  id: number;
  content: string;
  status: string;
  /** Where the person stopped, counted from 0. */
  step: number;
  body: Body;
}

export type Action =
  | "shown"
  | "step"
  | "completed"
  | "dismissed"
  | "snoozed"
  | "refused"
  | "started"
  | "target_missing";

export interface Identity {
  anonymousId: string;
  userId: string | null;
  /** HMAC of the user id by the host's server; kept in memory only. */
  signature: string | null;
}

/** What the lazily loaded parts may ask of the core. */
export interface Host {
  readonly base: string;
  readonly key: string;
  identity(): Identity;
  /** Another tab of this browser learned who it is. */
  adopt(identity: Identity): void;
  /** A token of `/client/open`; asks again after `renew`. Rejects when the server refuses for good. */
  token(): Promise<string>;
  renew(): void;
  report(action: Action, content: string, piece?: number, step?: number): void;
  on(name: string, listener: Listener): void;
  off(name: string, listener: Listener): void;
  load<T>(chunk: Chunk): Promise<T>;
  read(name: string): string | null;
  write(name: string, value: string): void;
}

export type Chunk = "live" | "guide" | "celebration";
export type Listener = (detail: Properties) => void;

/** A piece on the screen. */
export interface Shown {
  /** Takes it off the screen; nothing is reported. */
  remove(): void;
}

export interface Stage {
  /** The person has come this far: a reload goes on from here, whether it was told yet or not. */
  reached(step: number): void;
  report(action: Action, step?: number): void;
  /** The piece is over, or asleep: the next one may come. */
  leave(action: Action, step?: number): void;
  on: Host["on"];
  off: Host["off"];
}

/** The connected part: the stream, the tabs and the queue of pieces. */
export interface Live {
  /** Who is here has changed. */
  changed(): void;
  stop(): void;
}
