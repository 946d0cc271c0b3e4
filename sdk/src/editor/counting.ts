/** How many elements each way to find a target finds now: what `milepost anchors check` asks of a page. */
import { all } from "../ui/html";
import { visible } from "../ui/target";

export const counted = (wanted: string[][]): number[][] =>
  wanted.map((ways) => ways.map((way) => all(way).filter(visible).length));
