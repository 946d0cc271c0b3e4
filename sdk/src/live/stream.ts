/** Server-sent events, read by `fetch` so that it can carry the session's token; where none come through, long polls. */
import { backoff, guard } from "../core/guard";
import { pause } from "../core/post";
import type { Piece } from "../types";
import { type Office, REFUSED } from "./office";

export type News = { open: number[] } | { piece: Piece } | { retract: number };

/** The server speaks at once; a connection that does not is held back by somebody on the way. */
const OPENING_MS = 8000;
/** Longer than two heartbeats of the server: a connection this quiet is dead. */
const SILENCE_MS = 40_000;
/** A page that wakes up after so long has slept: its connection is gone, whatever the browser thinks. */
const STALE_MS = 20_000;
/** How long polls go on before a stream is tried again; each time twice as long, up to a quarter of an hour. */
const POLLING_MS = 60_000;
const MOST_DOUBLINGS = 4;
/** A connection that was good for nothing else ends at once. */
const GOOD_MS = 1000;

type Door = Pick<Office, "token" | "ask" | "poller">;
type Tell = (news: News) => void;

/** Follows the news until it is aborted, through every loss of the connection. Rejects when the server refuses. */
export async function follow(office: Door, tell: Tell, signal: AbortSignal): Promise<void> {
  const seen = { last: "" };
  let polls = 0;
  let polling = false;
  for (let failures = 0; !signal.aborted; failures++) {
    const attempt = new Attempt(office, signal, tell);
    try {
      if (polling) await (await office.poller()).poll(attempt, POLLING_MS * 2 ** Math.min(polls++, MOST_DOUBLINGS));
      else await stream(attempt, seen);
    } catch (error) {
      if (error === REFUSED) throw error;
    }
    attempt.over();
    if (!polling && !attempt.blocked) polls = 0;
    polling = !polling && attempt.blocked;
    if (attempt.good) failures = 0;
    if (!signal.aborted) await nap(Math.max(attempt.pause, backoff(failures)), signal);
  }
}

async function stream(attempt: Attempt, seen: { last: string }): Promise<void> {
  const decoder = new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>; // where there is none, at once
  const answer = await attempt.ask("stream", OPENING_MS, seen.last ? { "Last-Event-ID": seen.last } : {});
  const heard = () => attempt.heard();
  await listen((answer.body as ReadableStream<Uint8Array>).pipeThrough(decoder), heard, (event) => {
    seen.last = event.id || seen.last;
    const news = guard(read)(event);
    if (news) attempt.tell(news);
  });
}

/** One connection: ends with the whole, or when nothing is heard for too long. */
export class Attempt {
  /** Milliseconds that the server asked to wait. */
  pause = 0;
  private _own = new AbortController();
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _begun = Date.now();
  private _at = this._begun;
  /** Something came; the server itself said no; nothing came any more. */
  private _news = false;
  private _denied = false;
  private _silent = false;

  private _office: Door;
  private _tell: Tell;

  constructor(office: Door, whole: AbortSignal, tell: Tell) {
    this._office = office;
    this._tell = guard(tell);
    const { signal } = this._own;
    const woken = () => {
      if (Date.now() - this._at > STALE_MS) this.over();
    };
    whole.addEventListener("abort", () => this.over(), { signal });
    globalThis.addEventListener?.("online", woken, { signal });
    globalThis.document?.addEventListener("visibilitychange", woken, { signal });
  }

  /** Whether this way to the server lets nothing through, as far as can be told. */
  get blocked(): boolean {
    return this._silent || !(this._news || this._denied);
  }

  get good(): boolean {
    return this._news && Date.now() - this._begun > GOOD_MS;
  }

  async ask(what: string, within: number, more = {}): Promise<Response> {
    await this._office.token();
    this.heard(within);
    const answer = await this._office.ask(`/client/${what}`, more, this._own.signal);
    if (answer.ok) return answer;
    this.pause = pause(answer);
    this._denied = answer.status === 401 || this.pause > 0;
    throw new Error(`${answer.status}`);
  }

  heard(within = SILENCE_MS): void {
    clearTimeout(this._timer);
    this._at = Date.now();
    this._timer = setTimeout(() => {
      this._silent = true;
      this.over();
    }, within);
  }

  /** Whoever was here before is told nothing more; what makes no sense disturbs nothing else. */
  tell(news: News): void {
    this._news = true;
    if (!this._own.signal.aborted) this._tell(news);
  }

  over(): void {
    clearTimeout(this._timer);
    this._own.abort();
  }
}

/** Until then, until the browser is connected again, or until nobody follows any more. */
function nap(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const over = new AbortController();
    const wake = () => {
      over.abort();
      clearTimeout(timer);
      done();
    };
    const timer = setTimeout(wake, milliseconds);
    globalThis.addEventListener?.("online", wake, { signal: over.signal });
    signal.addEventListener("abort", wake, { signal: over.signal });
  });
}

export interface ServerEvent {
  id: string;
  name: string;
  data: string;
}

/** Tells the events in a text as they arrive; comments (the server's heartbeat) are heard and dropped. */
export async function listen(
  text: ReadableStream<string>,
  heard: () => void,
  tell: (event: ServerEvent) => void,
): Promise<void> {
  const reader = text.getReader();
  let rest = "";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    heard();
    const blocks = (rest + chunk.value).split("\n\n");
    rest = blocks.pop() as string;
    for (const block of blocks) {
      const event = parse(block);
      if (event.name) tell(event);
    }
  }
}

/** The server writes each field once. */
function parse(block: string): ServerEvent {
  const field = (name: string) => new RegExp(`^${name}: (.*)`, "m").exec(block)?.[1] ?? "";
  return { id: field("id"), name: field("event"), data: field("data") };
}

function read({ name, data }: ServerEvent): News {
  const value = JSON.parse(data);
  if (name === "open") return { open: value };
  return name === "piece" ? { piece: value } : { retract: value.id };
}
