/** How many elements each way to find a target finds now: what `milepost anchors check` asks of a page. */
import type { Target } from "../types";
import { seek } from "../ui/anchors";
import { visible } from "../ui/target";

export const counted = (wanted: Target[][]): number[][] =>
  wanted.map((ways) => ways.map((way) => seek(way).filter(visible).length));
