import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Office, Refusal } from "../src/live/office";
import { events, follow, type News, type ServerEvent } from "../src/live/stream";
import type { Host } from "../src/types";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const encoder = new TextEncoder();

/** A body that arrives in these parts, and then ends, or hangs. */
function body(parts: (string | Uint8Array)[], hangs = false): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(typeof part === "string" ? encoder.encode(part) : part);
      if (!hangs) controller.close();
    },
  });
}

async function read(parts: (string | Uint8Array)[]): Promise<ServerEvent[]> {
  const found: ServerEvent[] = [];
  for await (const event of events(body(parts), () => {})) found.push(event);
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

function host(answers: (() => Response | Promise<Response>)[]) {
  const asked: Record<string, string>[] = [];
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    asked.push(init.headers as Record<string, string>);
    const answer = answers.shift();
    if (!answer) return new Promise<Response>(() => {});
    return answer();
  });
  const made = new Office({ base: "https://m.example" } as Host);
  made.token = async () => "tok";
  const renew = vi.spyOn(made, "renew");
  return { made, asked, renew };
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

test("a stream that was cut is opened again after what it brought", async () => {
  const { made, asked } = host([streamed("event: open\ndata: []\n\n", piece(7)), streamed(piece(9))]);
  const told = await followed(made);
  expect(told).toEqual([{ open: [] }, { piece: { id: 7 } }, { piece: { id: 9 } }]);
  expect(asked.map((headers) => headers["Last-Event-ID"])).toEqual([undefined, "7", "9"]);
  expect(asked[0]?.Authorization).toBe("Bearer tok");
});

test("a token that is over is renewed", async () => {
  const { made, renew, asked } = host([() => new Response("", { status: 401 })]);
  await followed(made);
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
  const hung = new Response(body([piece(1)], true));
  const { made, asked } = host([() => hung, streamed(piece(2))]);
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
  made.token = () => Promise.reject(new Refusal("bad_signature"));
  await followed(made);
  expect(asked).toEqual([]);
});
