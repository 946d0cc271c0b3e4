import { afterEach, beforeEach, expect, test, vi } from "vitest";
import cases from "../../spec/cases/page.json" with { type: "json" };
import { Bus } from "../src/core/bus";
import { here } from "../src/live/page";
import type { Target } from "../src/types";
import { advances, type Waiting } from "../src/ui/advance";
import { seek } from "../src/ui/anchors";
import * as waits from "../src/ui/waits";

interface Happening {
  type?: string;
  at?: string;
  value?: string;
  track?: string;
  wait?: number;
  goes?: string;
  adds?: string;
  removes?: string;
}

const PAGE = `<button id="a"><b>A</b></button> <button id="c">C</button> <input id="field">
  <ul><li class="row">1</li><li class="row" id="second">2</li></ul>`;

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = PAGE;
  history.replaceState(null, "", "/start");
  // This page is never laid out: what is in it is seen.
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 10, 10));
});
afterEach(() => vi.useRealTimers());

test.each(cases.url)("url: $name", ({ input, expected }) => {
  expect(here(input.patterns, { pathname: input.path, search: input.query })).toBe(expected);
});

test.each(cases.advance)("advance: $name", ({ input, expected }) => {
  const bus = new Bus();
  const next = vi.fn();
  advances(input as Waiting, null, bus, new AbortController().signal, next, waits);
  for (const happening of input.happens) happen(happening, bus);
  expect(next.mock.calls.length > 0).toBe(expected);
});

test.each(cases.anchor)("anchor: $name", ({ input, expected }) => {
  document.body.innerHTML = input.page;
  vi.advanceTimersByTime(1000); // what was known of the page before is old
  expect(seek(input.target as Target).map(({ id }) => id)).toEqual(expected);
});

test("a step that is over listens no more", () => {
  const bus = new Bus();
  const next = vi.fn();
  const over = new AbortController();
  for (const on of ["click", "input", "event"] as const) {
    advances({ advance: { on, event: "Meal Logged" }, on: ["#field"] }, null, bus, over.signal, next, waits);
  }
  happen({ type: "input", at: "#field", value: "a" }, bus);
  over.abort();
  for (const happening of [{ wait: 700 }, { type: "click", at: "#field" }, { track: "Meal Logged" }]) {
    happen(happening, bus);
  }
  expect(next).not.toHaveBeenCalled();
});

function happen({ type, at, value, track, wait, goes, adds, removes }: Happening, bus: Bus): void {
  if (wait) vi.advanceTimersByTime(wait);
  if (goes) history.pushState(null, "", goes);
  if (adds) document.body.insertAdjacentHTML("beforeend", adds);
  if (removes) document.querySelector(removes)?.remove();
  if (track) bus.emit("track", { event: track });
  if (!type || !at) return;
  const element = document.querySelector(at) as HTMLInputElement;
  if (value !== undefined) element.value = value;
  element.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
}
