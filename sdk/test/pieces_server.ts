/** A Milepost that a test holds in its hand: an own `fetch`, which brings pieces by a stream and keeps what it is told. */
import { wait } from "../src/core/guard";
import type { Piece, Properties } from "../src/types";
import { json } from "./server";

const encoder = new TextEncoder();

export class PiecesServer {
  told: { path: string; body: Properties }[] = [];
  way: Properties = { plan: null, next: null };
  refusal: Response | null = null;
  streams = 0;
  polls = 0;
  /** Somebody on the way lets no stream through. */
  blocked = false;
  private _open: Piece[] = [];
  private _turn = 0;
  private _push: ReadableStreamDefaultController<Uint8Array> | undefined;

  fetch: typeof fetch = async (url, init = {}) => {
    const path = new URL(`${url}`).pathname;
    if (path === "/client/stream") return this.stream(init.signal);
    if (path === "/client/pieces") return this.poll(`${url}`, init.signal);
    if (path === "/client/plan" && init.method !== "POST") return json(this.way);
    this.told.push({ path, body: JSON.parse(`${init.body}`) });
    if (path === "/client/open") return json({ token: "tok", signed: true });
    const refusal = path === "/client/answer" ? this.refusal : null;
    return refusal ?? json({ success: true });
  };

  /** What was said about pieces: action and step. */
  get reports(): unknown[][] {
    const found = this.told.filter(({ path }) => path === "/client/progress");
    return found.map(({ body }) => [body.action, body.piece, body.step].filter((each) => each !== undefined));
  }

  get events(): unknown[] {
    const sent = this.told.filter(({ path }) => path === "/v1/batch").flatMap(({ body }) => body.batch as Properties[]);
    return sent.map(({ type, event, userId }) => event ?? `${type} ${userId}`);
  }

  bring(...pieces: Piece[]): void {
    this._open = pieces;
    this._turn++;
    this.say("open", JSON.stringify(pieces.map(({ id }) => id)));
    for (const piece of pieces) this.say("piece", JSON.stringify(piece));
  }

  retract(id: number): void {
    this.say("retract", JSON.stringify({ id }));
  }

  private say(name: string, data: string): void {
    this._push?.enqueue(encoder.encode(`event: ${name}\ndata: ${data}\n\n`));
  }

  /** Answers once there is something else than what was known. */
  private async poll(url: string, signal: AbortSignal | null | undefined): Promise<Response> {
    this.polls++;
    while (new URL(url).searchParams.get("since") === `${this._turn}` && !signal?.aborted) await wait(5);
    signal?.throwIfAborted();
    return json({ open: this._open.map(({ id }) => id), pieces: this._open, since: `${this._turn}` });
  }

  private stream(signal: AbortSignal | null | undefined): Response {
    this.streams++;
    if (this.blocked) throw new TypeError("blocked");
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this._push = controller;
        signal?.addEventListener("abort", () => controller.error(new Error("aborted")));
      },
    });
    return new Response(body);
  }
}

export function piece(id: number, kind = "banner", more: Properties = {}): Piece {
  const body = { kind, title: `Piece ${id}`, body_html: "", page: {}, labels: {}, contact: null, ...more };
  return { id, content: `content-${id}`, status: "waiting", step: 0, version: 1, body } as unknown as Piece;
}
