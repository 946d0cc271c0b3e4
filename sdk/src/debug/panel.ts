/** The panel: who is here, what is sent, and for every piece whether it may be shown here, and why not. */
import { guard } from "../core/guard";
import { here } from "../live/page";
import type { Host, Page } from "../types";
import { h } from "../ui/html";
import { Shell } from "../ui/shell";
import { fill } from "../ui/words";
import { diagnose, leads } from "./diagnose";
import { heard } from "./journal";
import css from "./panel.css";
import type { Eligible, Explained } from "./types";
import type { Words } from "./words";

const LOOK_MS = 1000;

export class Panel {
  private _shell: Shell;
  private _explained: Explained;
  private _stand = "";
  private _drawn = "";
  private _host: Host;
  private _explain: () => Promise<Explained>;
  private _timer: ReturnType<typeof setInterval> | undefined;
  private _gone: () => void;

  constructor(host: Host, explained: Explained, explain: () => Promise<Explained>, gone: () => void) {
    this._host = host;
    this._explained = explained;
    this._shell = new Shell(explained, css);
    this._explain = explain;
    this._gone = gone;
  }

  show(): void {
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
      { class: "debug", role: "region", "aria-label": this._explained.words.title, tabindex: "0" },
      ...parts,
    );
    this._shell.stage.replaceChildren(section);
    section.scrollTop = scrolled;
  }

  private _parts(): HTMLElement[] {
    return [this._head(), this._who(), this._pieces(), this._sent()] as HTMLElement[];
  }

  private _head(): HTMLElement {
    const { words } = this._explained;
    const test = this._host.read("test") === "1";
    const button = (text: string, click: () => void) => h("button", { type: "button", click: guard(click) }, text);
    return h(
      "header",
      {},
      h("h2", {}, "Milepost"),
      button(test ? words.testing : words.test, () => this._test(!test)),
      button(words.again, () => this._again()),
      button(words.close, () => this._close()),
    ) as HTMLElement;
  }

  private _who(): HTMLElement {
    const { userId, anonymousId, signature } = this._host.identity();
    const { person, of_link, signed_only, words } = this._explained;
    const proof = signature ? words.signed : signed_only ? words.refused : words.unsigned;
    return lines(words.who, [
      [words.user, userId ? fill(proof, { user: userId }) : words.nobody],
      [words.device, anonymousId],
      [of_link ? words.of_link : words.known, person || words.unknown],
      [words.connection, this._stand || "…"],
      [words.waiting, `${this._host.waiting().length}`],
    ]);
  }

  private _pieces(): HTMLElement {
    const { pieces, words } = this._explained;
    const rows = pieces.map((piece): [string, string] => [`${piece.title} (${piece.kind})`, verdict(piece, words)]);
    return lines(words.pieces, rows, words.no_pieces);
  }

  private _sent(): HTMLElement {
    const { words, lang } = this._explained;
    const rows = heard.sent.map(({ at, what, answer }): [string, string] => [
      what,
      `${at.toLocaleTimeString(lang)} · ${answer}`,
    ]);
    return lines(words.sent, rows, words.nothing);
  }

  private async _again(): Promise<void> {
    this._explained = await this._explain();
    await this._look();
  }

  private async _look(): Promise<void> {
    const { words } = this._explained;
    const { server_answers, refused, clock_skew, csp } = await diagnose(this._host);
    const skewed = Math.abs(Number(clock_skew)) > 60 ? fill(words.skewed, { n: `${clock_skew}` }) : "";
    const policy = (csp as unknown[]).length ? words.policy : "";
    const stands = server_answers ? words[await leads(this._host)] : words.unreached;
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

function lines(title: string, rows: [string, string][], none = ""): HTMLElement {
  const list = rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
  return h("div", {}, h("h3", {}, title), rows.length ? h("dl", {}, ...list) : h("p", {}, none)) as HTMLElement;
}

/** The server's half, and then the page's. */
export function verdict({ state, why, page }: Eligible, words: Words): string {
  const against = page ? missing(page, words) : [];
  if (state === "open") return against.length ? fill(words.elsewhere, { why: against.join("; ") }) : words.open;
  if (!against.length) return why;
  return [why.replace(/\.$/, ""), ...against.map((each) => fill(words.besides, { why: each }))].join("; ");
}

/** What of a piece's place and moment does not hold on this page. A moment is told as it is: it may have been. */
function missing({ url, element, focus, first_visit, error }: Page, words: Words): string[] {
  return [
    !here(url ?? [], location) && fill(words.address, { what: (url ?? []).join(", ") }),
    element && !found(element) && fill(words.element, { what: element }),
    focus && fill(words.focus, { what: focus }),
    first_visit && words.first_visit,
    error && fill(words.event, { what: error }),
  ].filter((each): each is string => !!each);
}

function found(selector: string): boolean {
  try {
    return document.querySelector(selector) !== null;
  } catch {
    return false;
  }
}
