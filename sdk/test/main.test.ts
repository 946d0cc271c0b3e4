import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Server } from "./server";

let server: Server;

beforeEach(() => {
  localStorage.clear();
  server = new Server();
  vi.resetModules();
});
afterEach(() => {
  const { milepost } = window;
  if (milepost && "shutdown" in milepost) milepost.shutdown();
  delete window.milepost;
});

/** Runs the script as a page with this tag would. */
async function run(data: Record<string, string>): Promise<void> {
  const script = document.createElement("script");
  Object.assign(script.dataset, data);
  Object.defineProperty(script, "src", { value: "https://m.example/sdk/milepost.js" });
  Object.defineProperty(document, "currentScript", { value: script, configurable: true });
  await import("../src/main");
}

const events = () => vi.waitFor(() => expect(server.messages.length).toBeGreaterThan(1));

test("calls from before the script are made up for, in order", async () => {
  vi.spyOn(console, "debug").mockImplementation(() => {});
  window.milepost = [
    ["track", "A"],
    ["identify", "maria"],
  ] as never;
  await run({ key: "mpw_1" });
  await events();
  expect(server.messages.map(({ type, event }) => event ?? type)).toEqual(["page", "A", "identify"]);
  expect(server.to("/v1/batch")[0]?.body.writeKey).toBe("mpw_1");
});

test("the script leaves one name behind", async () => {
  vi.spyOn(console, "debug").mockImplementation(() => {});
  const before = new Set(Object.getOwnPropertyNames(window));
  await run({ key: "mpw_1" });
  expect(Object.getOwnPropertyNames(window).filter((name) => !before.has(name))).toEqual(["milepost"]);
});

test("the script twice on a page is the script once", async () => {
  vi.spyOn(console, "debug").mockImplementation(() => {});
  await run({ key: "mpw_1" });
  const first = window.milepost;
  vi.resetModules();
  await run({ key: "mpw_1" });
  expect(window.milepost).toBe(first);
});

test("without a key it says so and does nothing, and calls do no harm", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  await run({});
  (window.milepost as { track(name: string): void }).track("A");
  expect(warn).toHaveBeenCalledOnce();
  expect(server.sent).toEqual([]);
});

test("whatever a page passes in, nothing is thrown at it", async () => {
  vi.spyOn(console, "debug").mockImplementation(() => {});
  await run({ key: "mpw_1" });
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const api = window.milepost as unknown as Record<string, (...args: unknown[]) => void>;
  for (const name of Object.keys(api)) {
    for (const odd of [undefined, null, 7, "", circle, () => {}, Symbol("x"), [], 10n]) {
      expect(() => api[name]?.(odd, odd, odd), `${name}(${String(odd)})`).not.toThrow();
    }
  }
});
