/** What has happened on this page, for pieces that wait for a moment. It is forgotten when the path changes. */
import { guard } from "../core/guard";
import type { Host, Listener, Page } from "../types";
import { all } from "../ui/html";
import { here } from "./page";

const NAME = "paths";
const MOST_KEPT = 200;
const MOST_FOCUSED = 50;

export class Moments {
  private _path = "";
  private _first = false;
  private _tracked = new Set<string>();
  private _focused: Element[] = [];
  private _hear: Listener = ({ event }) => this._tracked.add(event as string);
  private _focus = guard((event: FocusEvent) => {
    this._focused = [event.composedPath()[0] as Element, ...this._focused].slice(0, MOST_FOCUSED);
    this._news();
  });

  private _host: Host;
  private _news: () => void;

  /** Listens until the signal. */
  constructor(host: Host, news: () => void, signal: AbortSignal) {
    this._host = host;
    this._news = news;
    host.on("track", this._hear);
    signal.addEventListener("abort", () => host.off("track", this._hear));
    document.addEventListener("focusin", this._focus, { capture: true, signal });
    this.look();
  }

  /** Pages of today change their address without saying so. */
  look(): void {
    if (location.pathname === this._path) return;
    this._path = location.pathname;
    this._tracked.clear();
    this._focused = document.activeElement ? [document.activeElement] : [];
    this._first = this._visit();
  }

  /** Whether a piece may stand here now. One that was begun needs its place, and its moment no more. */
  allow({ url, element, focus, first_visit, error }: Page, begun: boolean): boolean {
    if (!here(url ?? [], location) || (element && !present(element))) return false;
    const focused = !focus || this._focused.some((each) => within(each, focus));
    return begun || (focused && (!first_visit || this._first) && (!error || this._tracked.has(error)));
  }

  /** True for the first view of this path on this device. */
  private _visit(): boolean {
    const known = (this._host.read(NAME) ?? "").split("\n");
    const first = !known.includes(this._path);
    if (first) this._host.write(NAME, [...known, this._path].slice(-MOST_KEPT).join("\n"));
    return first;
  }
}

const present = (selector: string): boolean => all(selector).some((each) => each.checkVisibility?.() ?? true);

function within(element: Element, selector: string): boolean {
  try {
    return element.isConnected && element.closest(selector) !== null;
  } catch {
    return false; // it is no selector
  }
}
