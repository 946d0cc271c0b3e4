import { act, createElement, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMilepost, type Milepost } from "../src/headless/index";
import { MilepostProvider, useMilepost, useNext, usePieces, usePlan } from "../src/react/index";
import { PiecesServer, piece } from "./pieces_server";

let server: PiecesServer;
let client: Milepost;
const place = document.createElement("div");
let root: ReturnType<typeof createRoot>;

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  localStorage.clear();
  server = new PiecesServer();
  client = createMilepost({ host: "https://m.example", key: "mpw_1", fetch: server.fetch });
  root = createRoot(place);
});
afterEach(() => {
  act(() => root.unmount());
  client.close();
});

async function drawn(component: () => ReactNode): Promise<void> {
  await act(async () => root.render(createElement(MilepostProvider, { client }, createElement(component))));
  await vi.waitFor(() => expect(server.streams).toBe(1));
}

async function settled(): Promise<void> {
  await act(() => new Promise((done) => setTimeout(done, 250)));
}

function Pieces(): ReactNode {
  const milepost = useMilepost();
  const leave = (each: Parameters<Milepost["act"]>[0]) => () => milepost.act(each).dismiss();
  return usePieces("banner").map((each) =>
    createElement("button", { type: "button", key: each.id, onClick: leave(each) }, each.body.title),
  );
}

test("pieces of a kind are drawn as they come, and go when they are left", async () => {
  await drawn(Pieces);
  server.bring(piece(1), piece(2, "guide", { steps: [] }), piece(3));
  await settled();
  expect(place.textContent).toBe("Piece 1Piece 3");
  act(() => place.querySelector("button")?.click());
  expect(place.textContent).toBe("Piece 3");
  await vi.waitFor(() => expect(server.reports).toEqual([["dismissed", 1]]));
});

let times = 0;

function Way(): ReactNode {
  times++;
  return `${usePlan()?.goal}: ${useNext()?.title}, ${usePieces().length}`;
}

test("plan and next are there, and what did not change is not drawn again", async () => {
  await drawn(Way);
  server.way = { plan: { goal: "fit" }, next: { title: "Walk" } };
  server.bring(piece(1));
  await settled();
  expect(place.textContent).toBe("fit: Walk, 1");
  const before = times;
  server.bring(piece(1));
  await settled();
  expect(times - before).toBe(0);
});

test("a component without a provider around it says so", () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  expect(() => act(() => root.render(createElement(Pieces)))).toThrow("MilepostProvider");
});
