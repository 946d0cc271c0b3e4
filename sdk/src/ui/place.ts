/** Where a card stands beside its target. Pure geometry, in CSS pixels of the viewport. */

export interface Rect {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
}

export type Side = "below" | "above" | "after" | "before" | "docked";

export interface Place {
  side: Side;
  left: number;
  top: number;
}

export const GAP = 14;
export const MARGIN = 12;
/** On a view as narrow as a phone, a card beside its target would leave no room to read it. */
const NARROW = 520;

/** The first side with room, shifted along it to stay in view; without any room, the edge that leaves most of the
 * target to be seen. A card never covers the middle of its target. */
export function place(target: Rect, card: Size, view: Size, rtl: boolean): Place {
  const free: Record<Exclude<Side, "docked">, number> = {
    below: view.height - (target.top + target.height) - card.height,
    above: target.top - card.height,
    after: rtl ? target.left - card.width : view.width - (target.left + target.width) - card.width,
    before: rtl ? view.width - (target.left + target.width) - card.width : target.left - card.width,
  };
  const sides = view.width < NARROW ? (["below", "above"] as const) : (["below", "above", "after", "before"] as const);
  const side = sides.find((name) => free[name] >= GAP + MARGIN);
  return side ? beside(side, target, card, view, rtl) : docked(target, card, view);
}

function beside(side: Exclude<Side, "docked">, target: Rect, card: Size, view: Size, rtl: boolean): Place {
  const right = target.left + target.width + GAP;
  const left = target.left - card.width - GAP;
  const startX = rtl ? target.left + target.width - card.width : target.left;
  const at = {
    below: { left: startX, top: target.top + target.height + GAP },
    above: { left: startX, top: target.top - card.height - GAP },
    after: { left: rtl ? left : right, top: target.top },
    before: { left: rtl ? right : left, top: target.top },
  }[side];
  return { side, ...inView(at, card, view) };
}

/** At the bottom, or at the top when the target is below the middle. */
function docked(target: Rect, card: Size, view: Size): Place {
  const low = target.top + target.height / 2 > view.height / 2;
  const top = low ? MARGIN : view.height - card.height - MARGIN;
  return { side: "docked", ...inView({ left: (view.width - card.width) / 2, top }, card, view) };
}

function inView(at: { left: number; top: number }, card: Size, view: Size): { left: number; top: number } {
  const clamp = (value: number, most: number) => Math.round(Math.max(MARGIN, Math.min(value, most - MARGIN)));
  return { left: clamp(at.left, view.width - card.width), top: clamp(at.top, view.height - card.height) };
}
