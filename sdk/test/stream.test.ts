import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Office, REFUSED } from "../src/live/office";
import * as polling from "../src/live/poll";
import { follow, listen, type News, type ServerEvent } from "../src/live/stream";
import type { Host } from "../src/types";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const encoder = new TextEncoder();

/** A body that arrives in these parts, and then ends; or, with a signal, hangs until that. */
function body(parts: (string | Uint8Array)[], hangs?: AbortSignal | null): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(typeof part === "string" ? encoder.encode(part) : part);
      if (hangs) hangs.addEventListener("abort", () => controller.error(new DOMException("over", "AbortError")));
      else controller.close();
    },
  });
}

async function read(parts: (string | Uint8Array)[]): Promise<ServerEvent[]> {
  const found: ServerEvent[] = [];
  const text = body(parts).pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>);
  await listen(
    text,
    () => {},
    (event) => found.push(event),
  );
  return found;
}

const piece = (id: number) => `id: ${id}\nevent: piece\ndata: {"id":${id}}\n\n`;

test("events arrive whole, wherever the network cuts them", async () => {
  const text = `event: open\ndata: [1]\n\n:\n\n${piece(7)}event: retract\ndata: {"id":"Łódź"}\n\n`;
  const bytes = encoder.encode(text);
  const whole = await read([text]);
  expect(whole.map(({ name }) => name)).toEqual(["open", "piece", "retract"]);
  for (let cut = 1; cut < bytes.length; cut++) {
    expect(await read([bytes.slice(0, cut), bytes.slice(cut)])).toEqual(whole);
  }
});

test("what was cut off in the middle is no event", async () => {
  expect(await read([piece(1), "id: 2\nevent: piece\ndata: {"])).toHaveLength(1);
});

type Answer = (signal?: AbortSignal | null) => Response | Promise<Response>;

/** As fetch does: what is never answered ends with its signal. */
const never: Answer = (signal) =>
  new Promise((_, fail) => signal?.addEventListener("abort", () => fail(new DOMException("over", "AbortError"))));

function host(answers: Answer[]) {
  const asked: Record<string, string>[] = [];
  const paths: string[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    init.signal?.throwIfAborted();
    asked.push(init.headers as Record<string, string>);
    paths.push(new URL(url).pathname + new URL(url).search);
    return (answers.shift() ?? never)(init.signal);
  });
  const load = async () => polling;
  const made = new Office({ base: "https://m.example", load } as unknown as Host);
  made.token = async () => "tok";
  const renew = vi.spyOn(made, "renew");
  return { made, asked, paths, renew };
}

async function followed(made: Office, milliseconds = 120_000): Promise<News[]> {
  const told: News[] = [];
  const over = new AbortController();
  const end = follow(made, (news) => told.push(news), over.signal).catch((error) => error);
  await vi.advanceTimersByTimeAsync(milliseconds);
  over.abort();
  void end;
  return told;
}

const streamed =
  (...parts: string[]) =>
  () =>
    new Response(body(parts));

const hanging =
  (...parts: string[]): Answer =>
  (signal) =>
    new Response(body(parts, signal));

test("a stream that was cut is opened again after what it brought", async () => {
  const { made, asked } = host([streamed("event: open\ndata: []\n\n", piece(7)), streamed(piece(9))]);
  const told = await followed(made, 8000);
  expect(told).toEqual([{ open: [] }, { piece: { id: 7 } }, { piece: { id: 9 } }]);
  expect(asked.map((headers) => headers["Last-Event-ID"])).toEqual([undefined, "7", "9"]);
  expect(asked[0]?.Authorization).toBe("Bearer tok");
});

test("a token that is over is renewed", async () => {
  const { made, renew, asked } = host([() => new Response("", { status: 401 })]);
  await followed(made, 5000);
  expect(renew).toHaveBeenCalledOnce();
  expect(asked.length).toBe(2);
});

test("a server in trouble is asked less and less often", async () => {
  const { made, asked } = host(Array.from({ length: 99 }, () => () => new Response("", { status: 503 })));
  await followed(made, 300_000);
  expect(asked.length).toBeGreaterThan(6);
  expect(asked.length).toBeLessThan(20);
});

test("a server that says when is asked then", async () => {
  const { made, asked } = host([() => new Response("", { status: 429, headers: { "Retry-After": "30" } })]);
  await followed(made, 29_000);
  expect(asked.length).toBe(1);
});

test("a connection that went silent is given up", async () => {
  const { made, asked } = host([hanging(piece(1)), streamed(piece(2))]);
  const cancelled = vi.fn();
  vi.stubGlobal("fetch", wrap(globalThis.fetch, cancelled));
  await followed(made, 45_000);
  expect(asked.length).toBeGreaterThanOrEqual(1);
  expect(cancelled).toHaveBeenCalled();
});

/** The given fetch; says when its signal aborts. */
function wrap(inner: typeof fetch, aborted: () => void): typeof fetch {
  return (url, init) => {
    init?.signal?.addEventListener("abort", aborted);
    return inner(url, init);
  };
}

test("an identity that was refused is not asked for again", async () => {
  const { made, asked } = host([]);
  made.token = () => Promise.reject(REFUSED);
  await followed(made);
  expect(asked).toEqual([]);
});

const polled =
  (since: string, ...ids: number[]) =>
  () =>
    Response.json({ open: [1, ...ids], pieces: ids.map((id) => ({ id })), since });
const STREAM = "/client/stream";
const poll = (since: string) => `/client/pieces?wait=15&since=${since}`;

test.each([
  ["is kept back", never],
  ["is refused", () => new Response("No.", { status: 403 })],
  ["is torn", () => Promise.reject(new TypeError("network error"))],
  ["is answered by a page of somebody else's", () => new Response("<html>\n\nRoom number?\n\n</html>")],
])("where a stream %s, polls bring the same", async (_, blocked: Answer) => {
  const { made, paths } = host([blocked, polled("a", 7), polled("b", 9)]);
  expect(await followed(made, 40_000)).toEqual([
    { open: [1, 7] },
    { piece: { id: 7 } },
    { open: [1, 9] },
    { piece: { id: 9 } },
  ]);
  expect(paths.slice(0, 4)).toEqual([STREAM, poll(""), poll("a"), poll("b")]);
});

test("a stream that lets the first events through, and then none, is given up too", async () => {
  const { made, paths } = host([hanging(piece(1)), polled("a", 7)]);
  expect(await followed(made, 45_000)).toEqual([{ piece: { id: 1 } }, { open: [1, 7] }, { piece: { id: 7 } }]);
  expect(paths.slice(0, 2)).toEqual([STREAM, poll("")]);
});

test("after a while a stream is tried again, less and less often while none comes through", async () => {
  const slow = () => new Promise<Response>((done) => setTimeout(() => done(polled("a", 7)()), 15_000));
  const { made, paths } = host([]);
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    paths.push(new URL(url).pathname);
    return url.endsWith(STREAM) ? never(init.signal) : slow();
  });
  await followed(made, 20 * 60_000);
  const tries = paths.filter((path) => path === STREAM).length;
  expect(tries).toBeGreaterThanOrEqual(4);
  expect(tries).toBeLessThanOrEqual(6);
});

test("a server that is away is asked for a stream again when it is back", async () => {
  const away = () => Promise.reject(new TypeError("network error"));
  const { made, paths } = host([streamed(piece(1)), away, away, streamed(piece(2))]);
  expect(await followed(made, 30_000)).toEqual([{ piece: { id: 1 } }, { piece: { id: 2 } }]);
  expect(paths.slice(0, 4)).toEqual([STREAM, STREAM, poll(""), STREAM]);
});

test("a poll that is answered at once, again and again, is not asked again at once", async () => {
  const same = Array.from({ length: 99 }, () => polled("a"));
  const { made, asked } = host([never, ...same]);
  await followed(made, 28_000);
  expect(asked.length).toBeLessThan(25);
});

test("what makes no sense is passed over, and the rest still comes", async () => {
  const broken = ['event: piece\ndata: {"id":\n\n', "event: piece\ndata: <html>\n\n", "event: open\n\n"];
  const { made, asked } = host([hanging(...broken, piece(7))]);
  expect(await followed(made, 5000)).toEqual([{ piece: { id: 7 } }]);
  expect(asked.length).toBe(1);
});

test("a pause that is no number is none, and one of a year is an hour", async () => {
  const later = (value: string) => () => new Response("", { status: 503, headers: { "Retry-After": value } });
  const { made, asked } = host([later("Wed, 21 Oct 2026 07:28:00 GMT"), later("31536000"), streamed(piece(1))]);
  expect(await followed(made, 3_700_000)).toEqual([{ piece: { id: 1 } }]);
  expect(asked.length).toBeLessThan(60);
});

test("a page that wakes up does not wait for a connection that died in its sleep", async () => {
  const { made, asked } = host([hanging(piece(1)), streamed(piece(2))]);
  const over = new AbortController();
  void follow(made, () => {}, over.signal);
  await vi.advanceTimersByTimeAsync(25_000);
  expect(asked.length).toBe(1);
  dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked.map((headers) => headers["Last-Event-ID"])).toEqual([undefined, "1"]);
  over.abort();
});

test("nobody is told what was meant for whoever was here before", async () => {
  const told: News[] = [];
  const over = new AbortController();
  const { made } = host([hanging(piece(1), piece(2))]);
  void follow(
    made,
    (news) => {
      told.push(news);
      over.abort();
    },
    over.signal,
  );
  await vi.advanceTimersByTimeAsync(1000);
  expect(told).toEqual([{ piece: { id: 1 } }]);
});
