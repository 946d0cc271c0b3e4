import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Core } from "../src/core/core";
import { welcome } from "../src/live/links";
import { Moments } from "../src/live/moments";
import { Office } from "../src/live/office";
import type { Host, Live } from "../src/types";
import { json, Server } from "./server";

const CONFIG = {
  base: "https://m.example",
  key: "mpw_1",
  user: null,
  signature: null,
  needsConsent: false,
  help: true,
};
let server: Server;
let office: Office;
let core: Core;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  history.replaceState(null, "", "/");
  server = new Server();
  core = new Core(CONFIG);
  core.load = () => Promise.resolve({ live: connected } as never);
  core.boot();
});

afterEach(() => {
  core.shutdown();
  vi.useRealTimers();
});

function connected(host: Host): Live {
  office = new Office(host);
  return { leave() {}, changed: () => office.renew(), carry: (entry) => office.carry(entry), help() {}, stop() {} };
}

const settle = (milliseconds = 10) => vi.advanceTimersByTimeAsync(milliseconds);
const ANSWER = { content: "start", question: "goal", value: "jeans" };

test("an answer resolves when the server has it", async () => {
  await settle();
  const told = office.send("/client/answer", ANSWER);
  await settle();
  await expect(told).resolves.toBeNull();
  expect(server.to("/client/answer").map(({ body }) => body)).toEqual([{ ...ANSWER, messageId: expect.any(String) }]);
});

test("an answer that the server will not take comes back with its words, once", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  server.answers["/client/answer"] = [json({ code: "invalid_answer", message: "No such goal." }, 400)];
  await settle();
  const told = office.send("/client/answer", ANSWER);
  await settle(60_000);
  await expect(told).resolves.toMatchObject({ message: "No such goal." });
  expect(server.to("/client/answer").length).toBe(1);
});

test("an answer without a connection is kept, through the page's end, until the server has it", async () => {
  server.answers["/client/answer"] = [new TypeError("offline"), json({}, 503)];
  await settle();
  office.send("/client/answer", ANSWER);
  await settle();
  expect(localStorage.getItem("milepost.outbox")).toContain("jeans");
  core.shutdown();
  core = new Core(CONFIG);
  core.load = () => Promise.resolve({ live: connected } as never);
  core.boot();
  await settle(60_000);
  const ids = server.to("/client/answer").map(({ body }) => body.messageId);
  expect(ids.length).toBe(3);
  expect(new Set(ids).size).toBe(1);
  expect(localStorage.getItem("milepost.outbox")).toBe("[]");
});

test("after a no of the visitor nothing more is sent to anybody", async () => {
  await settle();
  core.consent(false);
  office.send("/client/answer", ANSWER);
  await settle(60_000);
  expect(server.to("/client/answer")).toEqual([]);
});

test("a friend's code waits for somebody to be known, and is told once", async () => {
  history.replaceState({ kept: 1 }, "", "/diary?milepost_invite=abc&b=2#c");
  await settle();
  welcome(core);
  expect(`${location.pathname}${location.search}${location.hash}`).toBe("/diary?b=2#c");
  expect(history.state).toEqual({ kept: 1 });
  await settle();
  expect(server.messages.map(({ event }) => event)).not.toContain("Invited");
  core.identify("maria");
  welcome(core);
  welcome(core);
  await settle();
  const invited = server.messages.filter(({ event }) => event === "Invited");
  expect(invited.map(({ userId, properties }) => [userId, properties])).toEqual([["maria", { code: "abc" }]]);
});

test("a first visit is the first view of a path on this device", () => {
  const over = new AbortController();
  const first = (moments: Moments) => moments.allow({ first_visit: true }, false);
  const moments = new Moments(core, () => {}, over.signal);
  expect(first(moments)).toBe(true);
  history.replaceState(null, "", "/goals");
  moments.look();
  expect(first(moments)).toBe(true);
  history.replaceState(null, "", "/");
  moments.look();
  expect(first(moments)).toBe(false);
  expect(moments.allow({ first_visit: true }, true)).toBe(true); // what was begun goes on
  const reloaded = new Moments(core, () => {}, over.signal);
  expect(first(reloaded)).toBe(false);
  over.abort();
});

test("an error is one of this page, and forgotten on the next", () => {
  const over = new AbortController();
  const moments = new Moments(core, () => {}, over.signal);
  const failed = () => moments.allow({ error: "Search Failed" }, false);
  expect(failed()).toBe(false);
  core.track("Search Failed");
  expect(failed()).toBe(true);
  history.replaceState(null, "", "/goals");
  moments.look();
  expect(failed()).toBe(false);
  over.abort();
  core.track("Search Failed");
  expect(failed()).toBe(false); // nobody listens any more
});
