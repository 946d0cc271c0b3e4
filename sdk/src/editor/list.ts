/** What there is to edit: new pieces by their kind, those of this page, and the others of the draft. */
import { here } from "../live/page";
import { type Child, h } from "../ui/html";
import { button } from "./fields";
import type { Bench, Row } from "./types";
import type { Words } from "./words";

export function list(bench: Bench, words: Words, take: (kind: string, key: string) => void): Child[] {
  const local = bench.pieces.filter(({ urls }) => urls.some(fits));
  const others = bench.pieces.filter((row) => !local.includes(row));
  const fresh = bench.kinds.map(({ key, title }) => button(`+ ${title}`, () => take(key, "")));
  const line = ({ kind, key, title }: Row) =>
    h(
      "li",
      {},
      button(title, () => take(kind, key), "line"),
      h("span", { class: "badge" }, called(bench, kind)),
    );
  const rows = (name: string, found: Row[]) =>
    found.length ? [h("h3", {}, name), h("ul", { class: "rows" }, ...found.map(line))] : [];
  return [
    h("h3", {}, words.new),
    h("div", { class: "row" }, ...fresh),
    ...rows(words.here, local),
    ...rows(words.pieces, others),
    !bench.pieces.length && h("p", { class: "hint" }, words.none),
  ];
}

export const called = (bench: Bench, kind: string): string =>
  bench.kinds.find(({ key }) => key === kind)?.title ?? kind;

/** Whether a piece is for this page, and not for all. */
const fits = (pattern: string): boolean => pattern !== "*" && here([pattern], location);
