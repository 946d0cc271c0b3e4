/**
 * Pointing at an element of the page: an outline follows the pointer, a click picks, the arrows walk through the tree.
 * A sheet of glass lies over the page meanwhile, so that nothing of it is pressed, hovered or focused.
 */
import { guard } from "../core/guard";
import { h } from "../ui/html";
import type { Shell } from "../ui/shell";
import { fill } from "../ui/words";
import { anchors } from "./anchors";
import { Marker } from "./marker";
import type { Words } from "./words";

/** What would tell the page that somebody is at work on it. */
const SILENCED = (
  "pointerdown pointerup pointermove pointerover pointerenter mousedown mouseup mousemove mouseover mouseenter click " +
  "dblclick auxclick contextmenu touchstart touchmove touchend keydown keyup keypress submit dragstart wheel"
).split(" ");

const WAYS: Record<string, (element: Element) => Element | null> = {
  ArrowUp: (element) => (element === document.body ? null : (element.parentElement ?? hostOf(element))),
  ArrowDown: (element) => element.firstElementChild,
  ArrowLeft: (element) => element.previousElementSibling,
  ArrowRight: (element) => element.nextElementSibling,
};

export class Pointing {
  private _gone = new AbortController();
  private _glass = h("div", { class: "glass" });
  private _marker: Marker;
  private _at: Element | null = null;

  private _shell: Shell;
  private _words: Words;
  private _done: (picked: Element | null) => void;

  /** `done` hears of the element, or of nothing when it was left. */
  constructor(shell: Shell, words: Words, from: Element | null, done: (picked: Element | null) => void) {
    this._shell = shell;
    this._words = words;
    this._done = done;
    this._marker = new Marker(shell);
    shell.stage.prepend(this._glass);
    for (const name of SILENCED) {
      addEventListener(
        name,
        guard((event) => this._hear(event)),
        { capture: true, passive: false, signal: this._gone.signal },
      );
    }
    const first = from ?? document.querySelector("main, [role=main]") ?? document.body;
    this._stand(first);
  }

  leave(): void {
    this._end(null);
  }

  /** Takes what the outline is around. */
  pick(): void {
    this._end(this._at);
  }

  private _hear(event: Event): void {
    if (event instanceof KeyboardEvent) return this._press(event);
    if (this._isOurs(event)) return;
    event.stopImmediatePropagation();
    if (event.type === "wheel") return; // the page may be scrolled
    if (event.cancelable) event.preventDefault();
    if (event instanceof MouseEvent && /move|over/.test(event.type)) this._stand(under(event.clientX, event.clientY));
    if (event.type === "click" && event instanceof MouseEvent) {
      this._stand(under(event.clientX, event.clientY));
      this._end(this._at);
    }
  }

  /** A button of the bar stays a button. */
  private _isOurs(event: Event): boolean {
    return event.composedPath()[0] !== this._glass && event.composedPath().includes(this._shell.host);
  }

  private _press(event: KeyboardEvent): void {
    const way = WAYS[event.key];
    if (event.key === "Tab") return;
    if (event.key === "Enter" && this._isOurs(event)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    if (event.type !== "keydown") return;
    if (event.key === "Escape") this._end(null);
    else if (event.key === "Enter") this._end(this._at);
    else if (way && this._at) this._walk(way(this._at));
  }

  private _walk(element: Element | null): void {
    this._stand(element);
    this._at?.scrollIntoView({ block: "nearest" });
  }

  private _stand(element: Element | null): void {
    if (!element || element === this._at || element === this._shell.host || element === document.documentElement)
      return;
    this._at = element;
    const [best] = anchors(element);
    const said = best ? `${fill(this._words.precision, { score: best.score })}` : "";
    this._marker.follow(element, `${element.localName} · ${said}`);
    this._shell.announce(`${element.localName}, ${element.textContent?.trim().slice(0, 60) ?? ""}. ${said}`);
  }

  private _end(picked: Element | null): void {
    if (this._gone.signal.aborted) return;
    this._gone.abort();
    this._glass.remove();
    this._marker.remove();
    this._done(picked);
  }
}

/** The page's own element at this place, below the glass, also inside of a shadow root or a frame of the same origin. */
function under(x: number, y: number): Element | null {
  const found = document.elementsFromPoint(x, y).find((each) => !each.hasAttribute("data-milepost-editor"));
  return found ? deepest(found, x, y) : null;
}

function deepest(element: Element, x: number, y: number): Element {
  const { left, top } = element.getBoundingClientRect();
  const frame = element instanceof HTMLIFrameElement ? pageOf(element) : null;
  const inner = frame ? frame.elementFromPoint(x - left, y - top) : element.shadowRoot?.elementFromPoint(x, y);
  return inner && inner !== element ? deepest(inner, frame ? x - left : x, frame ? y - top : y) : element;
}

function pageOf(frame: HTMLIFrameElement): Document | null {
  try {
    return frame.contentDocument;
  } catch {
    return null; // another origin's
  }
}

const hostOf = (element: Element): Element | null =>
  (element.getRootNode() as Partial<ShadowRoot>).host ?? element.ownerDocument.defaultView?.frameElement ?? null;
