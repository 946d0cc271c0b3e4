/** The panel: who is here, what is sent, and for every piece whether it may be shown here, and why not. */
import { guard } from "../core/guard";
import { here } from "../live/page";
import type { Host, Page } from "../types";
import { h } from "../ui/html";
import { Shell } from "../ui/shell";
import { diagnose } from "./diagnose";
import { heard } from "./journal";
import css from "./panel.css";
import type { Eligible, Explained } from "./types";

const LOOK_MS = 1000;

export class Panel {
  private _shell = new Shell({ lang: "en", dir: "ltr" }, css);
  private _explained: Explained | undefined;
  private _stand = "";
  private _drawn = "";
  private _host: Host;
  private _explain: () => Promise<Explained>;
  private _timer: ReturnType<typeof setInterval> | undefined;
  private _gone: () => void;

  constructor(host: Host, explain: () => Promise<Explained>, gone: () => void) {
    this._host = host;
    this._explain = explain;
    this._gone = gone;
  }

  show(explained: Explained): void {
    this._explained = explained;
    this.draw();
    this._shell.mount();
    this._timer = setInterval(
      guard(() => this.draw()),
      LOOK_MS,
    );
    this._look();
  }

  /** Only what has changed is drawn anew, so that nobody loses their place. */
  draw(): void {
    const parts = this._parts();
    const text = parts.map(({ textContent }) => textContent).join("\n");
    if (text === this._drawn) return;
    this._drawn = text;
    const open = this._shell.stage.querySelector("section");
    const scrolled = open?.scrollTop ?? 0;
    const section = h(
      "section",
      { class: "debug", role: "region", "aria-label": "Milepost: debug", tabindex: "0" },
      ...parts,
    );
    this._shell.stage.replaceChildren(section);
    section.scrollTop = scrolled;
  }

  private _parts(): HTMLElement[] {
    return [this._head(), this._who(), this._pieces(), this._sent()] as HTMLElement[];
  }

  private _head(): HTMLElement {
    const test = this._host.read("test") === "1";
    const button = (text: string, click: () => void) => h("button", { type: "button", click: guard(click) }, text);
    return h(
      "header",
      {},
      h("h2", {}, "Milepost"),
      button(test ? "Test mode is on" : "Test mode", () => this._test(!test)),
      button("Look again", () => this._again()),
      button("Close", () => this._close()),
    ) as HTMLElement;
  }

  private _who(): HTMLElement {
    const { userId, anonymousId, signature } = this._host.identity();
    const { person, of_link, signed_only } = this._explained as Explained;
    const proof = signature ? "signed" : `not signed${signed_only && userId ? ": it is refused here" : ""}`;
    return lines("Who is here", [
      ["User", userId ? `${userId} (${proof})` : "nobody has signed in"],
      ["Device", anonymousId],
      [of_link ? "Explained for (by the link)" : "Known as", person || "not known yet"],
      ["Connection", this._stand || "…"],
      ["Waiting to be sent", `${this._host.waiting().length}`],
    ]);
  }

  private _pieces(): HTMLElement {
    const rows = (this._explained as Explained).pieces.map((piece): [string, string] => [
      `${piece.title} (${piece.kind})`,
      verdict(piece),
    ]);
    return lines("Pieces", rows.length ? rows : [["None", "the program has no content"]]);
  }

  private _sent(): HTMLElement {
    const rows = heard.sent.map(({ at, what, answer }): [string, string] => [
      what,
      `${at.toLocaleTimeString()} · ${answer}`,
    ]);
    return lines("Sent last", rows.length ? rows : [["Nothing", "since the panel was opened"]]);
  }

  private async _again(): Promise<void> {
    this._explained = await this._explain();
    await this._look();
  }

  private async _look(): Promise<void> {
    const { server_answers, refused, stream, clock_skew, csp } = await diagnose(this._host);
    const skewed = Math.abs(Number(clock_skew)) > 60 ? `the clock is ${clock_skew} s off` : "";
    const policy = (csp as unknown[]).length ? "the page's policy blocks something" : "";
    const stands = server_answers ? `stream: ${stream}` : "the server is not reached";
    this._stand = [stands, refused, skewed, policy].filter(Boolean).join("; ");
    this.draw();
  }

  /** From the first fact of the next page on. */
  private _test(on: boolean): void {
    this._host.write("test", on ? "1" : "");
    location.reload();
  }

  private _close(): void {
    clearInterval(this._timer);
    this._gone();
    this._shell.remove();
  }
}

function lines(title: string, rows: [string, string][]): HTMLElement {
  const list = rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
  return h("div", {}, h("h3", {}, title), h("dl", {}, ...list)) as HTMLElement;
}

/** The server's half, and then the page's. */
export function verdict({ state, why, page }: Eligible): string {
  const against = page ? missing(page) : [];
  if (state === "open")
    return against.length ? `open, but not on this page: ${against.join("; ")}` : "may be shown here";
  return [why, ...against.map((each) => `and on this page: ${each}`)].join("; ");
}

/** What of a piece's place and moment does not hold on this page. A moment is told as it is: it may have been. */
function missing({ url, element, focus, first_visit, error }: Page): string[] {
  return [
    !here(url ?? [], location) && `the address is none of ${url?.join(", ")}`,
    element && !found(element) && `nothing matches ${element}`,
    focus && `it waits for the focus in ${focus}`,
    first_visit && "it is for the first view of this path",
    error && `it waits for the event ${error}`,
  ].filter((each): each is string => !!each);
}

function found(selector: string): boolean {
  try {
    return document.querySelector(selector) !== null;
  } catch {
    return false;
  }
}
