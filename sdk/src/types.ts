/** What the server sends and what the parts of the SDK know of one another. */

export type Properties = Record<string, unknown>;

/** What finds an element otherwise than by a CSS selector. Of texts and names any one will do. */
export interface Anchor {
  text?: string[];
  role?: string;
  name?: string[];
  test_id?: string;
  within?: string;
}
export type Target = string | Anchor;

/** A button of a step. `go`: the key of a step, or `end`. */
export interface Way {
  text: string;
  go?: string;
  start?: string;
  url?: string;
}

/** At most one of `file` and `frame`; without either there is only the link. */
export interface Video {
  url: string;
  file?: string;
  frame?: string;
  captions?: string;
  lang?: string;
}

export interface Step {
  key: string;
  title: string;
  /** Sanitised by the server, and once more here. */
  body_html: string;
  /** Best first; none for a card that stands on its own. */
  on: Target[];
  advance: {
    on: "next" | "click" | "input" | "event" | "milestone" | "url" | "appears" | "disappears";
    event?: string;
    /** The milestone has been reached. */
    done?: boolean;
    url?: string[];
    element?: string;
  };
  /** Absent: a tooltip. */
  as?: "modal" | "spotlight" | "pointer" | "video" | "embedded";
  /** The key of the step that follows, or `end`. Absent: the one below. */
  then?: string;
  buttons?: Way[];
  video?: Video;
  /** Absent: a card on its own. */
  missing?: "skip" | "end";
}

/** The contact card: in the same place on every piece. What was never said is empty. */
export interface Contact {
  name: string;
  email: string;
  telegram: string;
  telegram_url: string;
  hours: string;
}

/** Where and when a piece may stand; all that is given must hold. */
export interface Page {
  /** Patterns of paths; none: everywhere. */
  url?: string[];
  /** A selector of something that must be on the page. */
  element?: string | null;
  /** A selector of something that the person has put the focus into. */
  focus?: string | null;
  /** Only in the first view of this path on this device. */
  first_visit?: boolean;
  /** The name of an event that the host tracked on this page. */
  error?: string | null;
}

export type Answer = string | number | string[] | null;

/** Kinds of the second line are rare: another part draws them (`rare.ts`). */
export type QuestionKind =
  | ("goal" | "choice" | "multi" | "text" | "short text" | "number" | "date" | "stars" | "nps" | "csat" | "ces")
  | ("ranking" | "picture" | "pictures");

export interface Question {
  key: string;
  ask: string;
  kind: QuestionKind;
  /** `image`: of what is picked by its picture, with `alt` for what is on it. */
  options: { value: string; text: string; image?: string; alt?: string }[];
  hint?: string | null;
  unit?: string | null;
  at_least?: number | null;
  at_most?: number | null;
  optional: boolean;
  /** On one page with the question before it. */
  together?: boolean;
  /** What stands at the ends of a scale. */
  least?: string;
  most?: string;
  /** Earlier questions and tests of their answers, all of which must hold. */
  if?: Record<string, { op: string; value: unknown }>;
  /** What is known already. */
  answer?: Answer;
}

export interface Item {
  key: string;
  title: string;
  done: boolean;
  skipped: boolean;
  /** A day: `2026-12-31`. */
  due?: string | null;
  due_text?: string;
  effort?: string | null;
  /** The guide or other piece that helps with it. */
  start?: string | null;
  url?: string | null;
  owner?: string | null;
  tasks?: { title: string; owner?: string | null }[];
}

export interface Offer {
  key: string;
  title: string;
  why_html: string;
  url: string;
  button: string;
}

/** Sample data. `status`: empty where the page is asked for it; else the host's server is, and is `ready` to be, has
 * `failed`, or has `made` it, since `at`. */
export interface Template {
  key: string;
  title: string;
  data: Properties;
  status?: string;
  ids?: (string | number)[];
  at?: string | null;
}

export interface Act {
  text: string;
  use_template?: string | null;
  template?: Template | null;
  start?: string | null;
  url?: string | null;
}

/** A question of a lesson, with one right answer. */
export interface PageQuiz {
  ask: string;
  options: { value: string; text: string; right: boolean }[];
  why_html?: string;
}

/** What a piece is: its part of the SDK draws it, or (the second line of kinds) another's does: see `build.mjs`. */
export type Kind =
  | "guide"
  | "celebration"
  | "survey"
  | "checklist"
  | "empty_state"
  | "invite"
  | "article"
  | "reply"
  | "hint"
  | "term"
  | "banner"
  | "resource_center"
  | "form"
  | ("announcement" | "modal" | "briefing" | "deck" | "course");

/** What is drawn, rendered by the server in the person's language. */
export interface Body {
  kind: Kind;
  title: string;
  body_html: string;
  page: Page;
  /** It keeps to its place in the page, or to its edge: it takes no stage from anything. */
  standing?: boolean;
  /** It must be read: the rest of the page waits. */
  modal?: boolean;
  contact: Contact | null;
  lang: string;
  dir: string;
  labels: Record<string, string>;
  button: string;
  /** Of a guide. */
  steps: Step[];
  /** Of a celebration. */
  confetti: boolean;
  goal?: string;
  offer?: Offer | null;
  /** Of a survey. */
  questions?: Question[];
  thanks?: string;
  /** Of a checklist; `progress` from 0 to 1, `next` the key of an item. */
  items?: Item[];
  progress?: number;
  next?: string | null;
  /** Of an empty state, a hint, a term: where it stands; and what can be done about it. */
  on?: string[];
  actions?: Act[];
  /** Of a form: the event that says that it was taken. */
  sent?: string;
  /** Of a term: its forms by language, `*` at the end of one for any ending. */
  words?: Record<string, string[]>;
  /** Of a hint: a line inside its element, in place of a beacon beside it. */
  inline?: boolean;
  /** Of a banner: `top` or `bottom`. */
  place?: string;
  /** Of a briefing: what to do if something goes wrong. */
  emergency_html?: string;
  /** Of a resource center. */
  resources?: { key: string; title: string; kind: string }[];
  /** Of a deck, or a course: its lessons. */
  pages?: { key: string; title: string; body_html?: string; video?: string; start?: string; quiz?: PageQuiz[] }[];
  /** Of an invite: the person's own; of pages: where they are without the product. */
  link?: string;
  /** Of a reply. */
  question?: string;
  by?: string;
}

export interface Piece {
  id: number;
  content: string;
  status: string;
  /** Where the person stopped, counted from 0. */
  step: number;
  /** Rises when what is drawn has changed. */
  version?: number;
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
  | "target_missing"
  | "acted"
  | "page_viewed"
  | "lesson_finished"
  | "offer_shown"
  | "offer_accepted"
  | "offer_declined"
  | "invite_sent";

/** What else a report says. */
export interface Details {
  piece?: number;
  step?: number;
  stepKey?: string;
  offer?: string;
  act?: string;
  page?: string;
  seconds?: number;
  answers?: string[];
}

/** The server will never take it: what is wrong, in words for the person. */
export interface Refused {
  code: string;
  message: string;
}

export interface Identity {
  anonymousId: string;
  userId: string | null;
  /** By which the host's server vouches for the user id: an HMAC of it, or a token; kept in memory only. */
  signature: string | null;
}

/** A message for `/v1/batch`, or (with `to`) one for `/client/…`, which needs the session's token. */
export interface Entry {
  id: string;
  body: Properties;
  to?: string;
  /** The device that says it: it may be another person's by the time it is sent. */
  by?: string;
}

/** What the lazily loaded parts may ask of the core. */
export interface Host {
  readonly base: string;
  readonly key: string;
  /** Whether the launcher of the help may stand on the page. */
  readonly launcher: boolean;
  /** Where the environment's own will not do. */
  readonly fetch?: typeof fetch;
  identity(): Identity;
  /** Posts it to a path of the server. */
  post(path: string, body: Properties, headers?: Record<string, string>): Promise<Response>;
  /** Milliseconds to wait before it is said again (0: as you think); null when it was an answer. */
  delay(answer: Response): number | null;
  /** The same of an answer to whoever says who they are: what was refused is said where a developer looks for it. */
  after(answer: Response): Promise<number | null>;
  /** Another tab of this browser learned who it is. */
  adopt(identity: Identity): void;
  track(event: string, properties?: Properties): void;
  /** The page goes away: what waits is sent at once, for whoever hears of it only after the core. */
  beacon(): void;
  start(content: string): void;
  report(action: Action, content: string, more?: Details): void;
  /** Puts it among what is sent, in order and until it is answered; gives its id. */
  send(to: string, body: Properties): string;
  /** What is sent next. */
  waiting(): Entry[];
  on(name: string, listener: Listener): void;
  off(name: string, listener: Listener): void;
  emit(name: string, detail: Properties): void;
  load<T>(chunk: Chunk): Promise<T>;
  read(name: string): string | null;
  write(name: string, value: string): void;
}

/** Parts for the team alone, asked for by `#milepost=TOOL.TOKEN`. */
export type Tool = "edit" | "debug";
export interface Opens {
  /** Absent: no token on the pages that follow; the tool has kept what it needs in this tab (`sessionStorage`), and its name
   * in `milepost.tool`. */
  open(host: Host, token?: string): void;
}

/** The tool that tells how things stand. */
export interface Debugs extends Opens {
  diagnose(host: Host): Promise<Properties>;
}

export type Chunk = Tool | "live" | "poll" | "links" | "help" | "look" | "panel" | "planner" | "rare" | Kind;
export type Listener = (detail: Properties) => void;

/** A piece on the screen. */
export interface Shown {
  /** Takes it off the screen; nothing is reported. */
  remove(): void;
  /** What is drawn has changed. Without it, it is drawn anew. */
  update?(piece: Piece): void;
  /** Something else has the screen, or has left it. */
  cover?(covered: boolean): void;
}

export interface Stage {
  /** The person has come this far: a reload goes on from here, whether it was told yet or not. */
  reached(step: number): void;
  report(action: Action, step?: number, more?: Details): void;
  /** The piece is over, or asleep: the next one may come. Without an action, nothing is left to tell. */
  leave(action?: Action, step?: number): void;
  /** It is over, but its last words stay until it is left. */
  finish(action: Action, step?: number): void;
  /** Kept by the browser until the server has it; resolves when it does, with what the server did not like about it. */
  send(to: string, body: Properties): Promise<Refused | null>;
  /** What this browser remembers of the piece for as long as it is open. */
  recall<T>(): T | undefined;
  keep(memo: unknown): void;
  start(content: string): void;
  help(): void;
  load: Host["load"];
  track: Host["track"];
  beacon: Host["beacon"];
  emit: Host["emit"];
  on: Host["on"];
  off: Host["off"];
}

/** The connected part: the session, the stream, the tabs and the queue of pieces. */
export interface Live {
  /** Somebody else will be here: nothing of whoever was here stays on the page. */
  leave(): void;
  /** Who is here has changed. */
  changed(): void;
  /** Brings an entry for `/client/…` to the server; see `Post` in the outbox. */
  carry(entry: Entry): Promise<number | null>;
  help(): void;
  stop(): void;
}

/** What the panel of the help may ask for. */
export interface Helper {
  get<T>(path: string): Promise<T>;
  send(to: string, body: Properties): Promise<Refused | null>;
  start(content: string): void;
  /** `focused`: the focus was inside, and wants a place. */
  closed(focused: boolean): void;
}

/** The launcher of the help, and its panel. */
export interface Help {
  open(): Promise<void>;
  close(): void;
  /** Whether the launcher gives way to a piece that has the screen for itself. */
  hide(hidden: boolean): void;
  remove(): void;
}
