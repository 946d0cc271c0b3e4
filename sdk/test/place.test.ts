import { describe, expect, test } from "vitest";
import { GAP, MARGIN, place, type Rect } from "../src/ui/place";

const VIEW = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const CARD = { width: 360, height: 240 };
const at = (left: number, top: number, width = 200, height = 40): Rect => ({ left, top, width, height });

describe("where a card stands", () => {
  test("below its target when there is room", () => {
    expect(place(at(100, 100), CARD, VIEW, false)).toEqual({ side: "below", left: 100, top: 140 + GAP });
  });

  test("above a target at the bottom", () => {
    expect(place(at(100, 700), CARD, VIEW, false)).toEqual({ side: "above", left: 100, top: 700 - 240 - GAP });
  });

  test("beside a target that fills the height", () => {
    const { side, left } = place(at(100, 50, 200, 700), CARD, VIEW, false);
    expect([side, left]).toEqual(["after", 300 + GAP]);
  });

  test("on the other side where that is the end of the line", () => {
    expect(place(at(900, 50, 200, 700), CARD, VIEW, true)).toMatchObject({ side: "after", left: 900 - 360 - GAP });
    expect(place(at(100, 100), CARD, VIEW, true).left).toBe(MARGIN);
  });

  test("at an edge of the view, away from a target that leaves no room", () => {
    expect(place(at(0, 150, 1280, 450), CARD, VIEW, false)).toMatchObject({ side: "docked", top: 800 - 240 - MARGIN });
    expect(place(at(0, 250, 390, 480), CARD, PHONE, false)).toMatchObject({ side: "docked", top: MARGIN });
  });

  test("never beside its target on a phone", () => {
    const sides = [at(10, 100, 60), at(10, 700, 60), at(10, 40, 20, 760)].map((each) =>
      place(each, CARD, PHONE, false),
    );
    expect(sides.map(({ side }) => side)).toEqual(["below", "above", "docked"]);
  });

  test("in view, wherever its target is", () => {
    for (let left = -500; left < 2000; left += 97) {
      for (let top = -500; top < 1500; top += 89) {
        const found = place(at(left, top), CARD, VIEW, left % 2 === 0);
        expect(found.left).toBeGreaterThanOrEqual(MARGIN);
        expect(found.top).toBeGreaterThanOrEqual(MARGIN);
        expect(found.left + CARD.width).toBeLessThanOrEqual(VIEW.width - MARGIN);
        expect(found.top + CARD.height).toBeLessThanOrEqual(VIEW.height - MARGIN);
      }
    }
  });

  test("never over its target, while both are in view and there is room on some side", () => {
    for (let left = 0; left <= 1080; left += 60) {
      for (let top = 0; top <= 760; top += 40) {
        const found = place(at(left, top), CARD, VIEW, false);
        const apart =
          found.left >= left + 200 || found.left + 360 <= left || found.top >= top + 40 || found.top + 240 <= top;
        expect(apart, `${left} ${top}`).toBe(true);
      }
    }
  });
});
