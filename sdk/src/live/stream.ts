/** One stream of server-sent events, read by `fetch` so that it can carry the session's token. */
import { backoff, wait } from "../core/guard";
import type { Piece } from "../types";
import type { Office } from "./office";

export type News = { open: number[] } | { piece: Piece } | { retract: number };

/** Longer than two heartbeats of the server: a connection this quiet is dead. */
const SILENCE_MS = 40_000;

type Door = Pick<Office, "ask">;

/** Follows the stream until it is aborted, through every loss of the connection. Rejects when the server refuses. */
export async function follow(office: Door, tell: (news: News) => void, signal: AbortSignal): Promise<void> {
  let last = "";
  for (let failures = 0; !signal.aborted; ) {
    let pause = 0;
    const attempt = new Attempt(signal);
    try {
      const answer = await office.ask("/client/stream", last ? { "Last-Event-ID": last } : {}, attempt.signal);
      pause = Number(answer.headers.get("Retry-After")) * 1000;
      if (!answer.ok || !answer.body) throw new Error(`the stream answered ${answer.status}`);
      for await (const event of events(answer.body, () => attempt.heard())) {
        failures = 0;
        last = event.id || last;
        tell(read(event));
      }
    } catch (error) {
      if ((error as Error).name === "Refusal") throw error;
    }
    attempt.over();
    if (!signal.aborted) await wait(Math.max(pause, backoff(failures++)));
  }
}

/** One connection: ends with the whole, or when nothing is heard for too long. */
class Attempt {
  private _controller = new AbortController();
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _end = () => this._controller.abort();

  private _whole: AbortSignal;

  constructor(whole: AbortSignal) {
    this._whole = whole;
    whole.addEventListener("abort", this._end);
    this.heard();
  }

  get signal(): AbortSignal {
    return this._controller.signal;
  }

  heard(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(this._end, SILENCE_MS);
  }

  over(): void {
    clearTimeout(this._timer);
    this._whole.removeEventListener("abort", this._end);
    this._end();
  }
}

export interface ServerEvent {
  id: string;
  name: string;
  data: string;
}

/** The events in a body, as they arrive; comments (the server's heartbeat) are heard and dropped. */
export async function* events(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    heard();
    const blocks = (rest + chunk.value).split("\n\n");
    rest = blocks.pop() as string;
    for (const block of blocks) {
      const event = parse(block);
      if (event.name) yield event;
    }
  }
}

function parse(block: string): ServerEvent {
  const event = { id: "", name: "", data: "" };
  for (const line of block.split("\n")) {
    const value = line.slice(line.indexOf(": ") + 2);
    if (line.startsWith("id: ")) event.id = value;
    else if (line.startsWith("event: ")) event.name = value;
    else if (line.startsWith("data: ")) event.data += value;
  }
  return event;
}

function read({ name, data }: ServerEvent): News {
  const value = JSON.parse(data);
  if (name === "open") return { open: value };
  return name === "piece" ? { piece: value } : { retract: value.id };
}
