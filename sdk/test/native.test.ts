// @vitest-environment node
// As in React Native: a window that is no page, answers that cannot be read while they arrive, and nothing of a browser.
import { expect, test, vi } from "vitest";
import { PiecesServer, piece } from "./pieces_server";

const MISSING = ["document", "location", "localStorage", "EventSource", "TextDecoderStream", "addEventListener"];

test("without a browser the client is loaded, brings pieces by polls, and tells what was done with them", async () => {
  for (const name of MISSING) vi.stubGlobal(name, undefined);
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("navigator", { product: "ReactNative" });
  const server = new PiecesServer();
  const { createMilepost } = await import("../src/headless/index");
  const milepost = createMilepost({ host: "https://m.example", key: "mpw_1", user: "maria", fetch: server.fetch });
  milepost.track("Meal Logged");
  await vi.waitFor(() => expect(server.polls).toBeGreaterThan(0), 5000);
  server.bring(piece(7));
  await vi.waitFor(() => expect(milepost.pieces.get()).toHaveLength(1));
  const [found] = milepost.pieces.get();
  if (found) milepost.act(found).dismiss();
  await vi.waitFor(() => expect(server.reports).toEqual([["dismissed", 7]]), 5000);
  expect(server.events).toEqual(["identify maria", "Meal Logged"]);
  expect(server.streams).toBe(0); // no time is lost with what cannot work
  milepost.close();
});
