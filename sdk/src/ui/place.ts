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
 * target to be seen: the bottom, or the top when the target is below the middle. */
export function place(target: Rect, card: Size, view: Size, rtl: boolean): Place {
  const most = { left: view.width - card.width - MARGIN, top: view.height - card.height - MARGIN };
  const clamp = (value: number, limit: number) => Math.round(Math.max(MARGIN, Math.min(value, limit)));
  const x = [target.left - card.width - GAP, target.left + target.width + GAP] as const;
  const y = [target.top - card.height - GAP, target.top + target.height + GAP] as const;
  const start = rtl ? target.left + target.width - card.width : target.left;
  const low = target.top + target.height / 2 > view.height / 2;
  const sides: [Side, number, number][] = [
    ["below", start, y[1]],
    ["above", start, y[0]],
    ["after", x[rtl ? 0 : 1], target.top],
    ["before", x[rtl ? 1 : 0], target.top],
  ];
  const fits = ([, left, top]: [Side, number, number], n: number) =>
    n < 2 ? top >= MARGIN && top <= most.top : view.width >= NARROW && left >= MARGIN && left <= most.left;
  const docked: [Side, number, number] = ["docked", (view.width - card.width) / 2, low ? 0 : most.top];
  const [side, left, top] = sides.find(fits) ?? docked;
  return { side, left: clamp(left, most.left), top: clamp(top, most.top) };
}
