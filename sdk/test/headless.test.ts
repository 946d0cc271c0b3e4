// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMilepost, type Milepost, type Options, type PieceOf } from "../src/headless/index";
import { PiecesServer, piece } from "./pieces_server";
import { json } from "./server";

let server: PiecesServer;
const made: Milepost[] = [];

beforeEach(() => {
  server = new PiecesServer();
  vi.stubGlobal("fetch", () => Promise.reject(new Error("the environment's own was asked")));
});
afterEach(() => {
  for (const client of made.splice(0)) client.close();
});

function start(more: Partial<Options> = {}): Milepost {
  const client = createMilepost({ host: "https://m.example/", key: "mpw_1", fetch: server.fetch, ...more });
  made.push(client);
  return client;
}

function storage(): NonNullable<Options["storage"]> & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
}

const ids = (client: Milepost) => client.pieces.get().map(({ id }) => id);
const streaming = () => vi.waitFor(() => expect(server.streams).toBeGreaterThan(0));

test("there is no page here: neither a window nor a document is needed", () => {
  expect([typeof window, typeof document]).toEqual(["undefined", "undefined"]);
});

test("pieces come, change and go, and what stays as it was stays the same object", async () => {
  const client = start();
  await streaming();
  server.bring(piece(2), piece(1));
  await vi.waitFor(() => expect(ids(client)).toEqual([1, 2]));
  const [first] = client.pieces.get();
  server.retract(2);
  await vi.waitFor(() => expect(ids(client)).toEqual([1]));
  expect(client.pieces.get()[0]).toBe(first);
});

test("where streams are blocked, the same comes by long polls", async () => {
  server.blocked = true;
  const client = start();
  await vi.waitFor(() => expect(server.polls).toBeGreaterThan(0), 5000);
  server.bring(piece(2), piece(1));
  await vi.waitFor(() => expect(ids(client)).toEqual([1, 2]));
  server.bring(piece(1));
  await vi.waitFor(() => expect(ids(client)).toEqual([1]));
  expect(server.streams).toBe(1);
});

test("what was left is gone at once, and told", async () => {
  const client = start();
  await streaming();
  server.bring(piece(1), piece(2), piece(3));
  await vi.waitFor(() => expect(ids(client)).toHaveLength(3));
  const [first, second, third] = client.pieces.get().map((each) => client.act(each));
  first?.shown();
  first?.dismiss();
  second?.snooze();
  third?.never();
  expect(ids(client)).toEqual([]);
  server.bring(piece(1), piece(2), piece(3)); // the server does not know it yet
  await vi.waitFor(() =>
    expect(server.reports).toEqual([
      ["shown", 1],
      ["dismissed", 1],
      ["snoozed", 2],
      ["refused", 3],
    ]),
  );
  expect(ids(client)).toEqual([]);
});

test("a step that was reached stays reached, and shown is told once", async () => {
  const client = start();
  await streaming();
  server.bring(piece(1, "guide", { steps: [{}, {}] }));
  await vi.waitFor(() => expect(ids(client)).toEqual([1]));
  client.act(client.pieces.get()[0] as PieceOf<"guide">).shown(0);
  const seen = client.pieces.get()[0] as PieceOf<"guide">;
  client.act(seen).shown(0);
  client.act(seen).step(1);
  expect(client.pieces.get()[0]).toMatchObject({ status: "shown", step: 1 });
  await vi.waitFor(() =>
    expect(server.reports).toEqual([
      ["shown", 1, 0],
      ["step", 1, 1],
    ]),
  );
});

test("an answer that the server refuses comes back with its words", async () => {
  const client = start();
  await streaming();
  server.bring(piece(1, "survey", { questions: [] }));
  await vi.waitFor(() => expect(ids(client)).toEqual([1]));
  vi.spyOn(console, "warn").mockImplementation(() => {});
  server.refusal = json({ code: "invalid_answer", message: "That is no number." }, 400);
  const acts = client.act(client.pieces.get()[0] as PieceOf<"survey">);
  expect(await acts.answer("weight", "x")).toMatchObject({ message: "That is no number." });
  server.refusal = null;
  expect(await acts.answer("weight", 82)).toBeNull();
});

test("plan and next are asked for only while somebody listens", async () => {
  const client = start();
  await streaming();
  server.way = { plan: { goal: "fit" }, next: { title: "Walk" } };
  server.bring(piece(1));
  await vi.waitFor(() => expect(ids(client)).toEqual([1]));
  await new Promise((done) => setTimeout(done, 150));
  expect(client.plan.get()).toBeNull();
  const end = client.plan.subscribe(() => {});
  await vi.waitFor(() => expect([client.plan.get()?.goal, client.next.get()?.title]).toEqual(["fit", "Walk"]));
  end();
});

test("a listener that fails disturbs nobody", async () => {
  vi.spyOn(console, "debug").mockImplementation(() => {});
  const client = start();
  await streaming();
  const heard: number[] = [];
  client.pieces.subscribe(() => {
    throw new Error("mine");
  });
  client.pieces.subscribe((pieces) => heard.push(pieces.length));
  server.bring(piece(1));
  await vi.waitFor(() => expect(heard).toEqual([1]));
});

test("nothing is sent or kept before the person's answer, and a no forgets everything", async () => {
  const kept = storage();
  const client = start({ consent: "required", storage: kept, user: "maria" });
  client.track("Signed Up");
  await new Promise((done) => setTimeout(done, 30));
  expect([server.told, kept.kept.size, server.streams]).toEqual([[], 0, 0]);
  client.consent(true);
  await vi.waitFor(() => expect(server.events).toEqual(["identify maria", "Signed Up"]));
  expect(start({ consent: "required", storage: kept }).pieces.get()).toEqual([]);
  await vi.waitFor(() => expect(server.streams).toBe(2));
  client.consent(false);
  expect(kept.kept.size).toBe(0);
});

test("somebody else on the same device is a new device, and sees nothing of who was there", async () => {
  const kept = storage();
  const client = start({ user: "maria", signature: "s1", storage: kept });
  await streaming();
  server.bring(piece(1));
  await vi.waitFor(() => expect(ids(client)).toEqual([1]));
  client.reset();
  await vi.waitFor(() => expect(ids(client)).toEqual([]));
  client.identify("boris", {}, { signature: "s2" });
  await vi.waitFor(() => expect(server.told.filter(({ path }) => path === "/client/open").length).toBeGreaterThan(1));
  const opened = server.told.filter(({ path }) => path === "/client/open").map(({ body }) => body);
  expect(new Set(opened.map(({ anonymousId }) => anonymousId)).size).toBeGreaterThan(1);
  await vi.waitFor(() => expect(server.told.at(-1)?.body).toBeDefined());
  await vi.waitFor(() => expect(server.events).toContain("identify boris"));
});

test("a button that asks for sample data tells the host, and one that leads to a piece asks for it", async () => {
  const client = start();
  await streaming();
  server.bring(piece(1, "empty_state", { actions: [] }));
  await vi.waitFor(() => expect(ids(client)).toEqual([1]));
  const asked: unknown[] = [];
  client.on("template", (detail) => asked.push(detail));
  const [found] = client.pieces.get();
  const template = { key: "week", title: "A week", data: { days: 7 } };
  client.act(found as PieceOf<"empty_state">).press({ text: "Try", use_template: "week", template });
  const asking = { ...template, status: "ready" }; // the host's server is asked for it, and not the page
  client.act(found as PieceOf<"empty_state">).press({ text: "Again", use_template: "week", template: asking });
  client.act(found as PieceOf<"empty_state">).press({ text: "Show me", start: "add-food" });
  expect(asked).toEqual([{ key: "week", data: { days: 7 } }]);
  await vi.waitFor(() => expect(server.reports).toEqual([["acted", 1], ["acted", 1], ["acted", 1], ["started"]]));
});
