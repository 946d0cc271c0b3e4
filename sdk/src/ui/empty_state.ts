/** What stands where there is nothing yet: inside an element of the page, for as long as that is there and empty. */
import { alone, guard } from "../core/guard";
import type { Act, Piece, Shown, Stage } from "../types";
import css from "./empty_state.css";
import { all, CROSS, drawn, h, heading, icon, link, prose } from "./html";

import { contactLine, painted, Shell, tellShown } from "./shell";
import { words } from "./words";

const LOOK_MS = 250;
const LONGEST_ACT = 100;

export function show(piece: Piece, stage: Stage): Shown {
  return new EmptyState(piece, stage);
}

class EmptyState implements Shown {
  private _shell: Shell | null = null;
  private _place: Element | null = null;
  private _told = false;
  private _look = guard(() => this._stand());
  private _observer = new MutationObserver(this._look);
  private _timer = setInterval(this._look, LOOK_MS);

  private _piece: Piece;
  private _stage: Stage;

  constructor(piece: Piece, stage: Stage) {
    this._piece = piece;
    this._stage = stage;
    this._observer.observe(document, { childList: true, subtree: true });
    this._stand();
  }

  update(piece: Piece): void {
    this._piece = piece;
    this._take();
    this._stand();
  }

  remove(): void {
    clearInterval(this._timer);
    this._observer.disconnect();
    this._take();
  }

  /** In its place, if there is one; pages draw their parts anew and know nothing of what stood in them. */
  private _stand(): void {
    const place = this._find();
    if (place !== this._place) this._take();
    this._place = place;
    if (!place) return;
    this._shell ??= this._draw(place);
    this._shell.stand(place);
    if (this._told) return;
    this._told = true;
    alone(tellShown(this._seen(), this._piece, this._stage));
  }

  /** Where it stands it stays while nothing else came: its own being there makes `:empty` untrue. */
  private _find(): Element | null {
    const place = this._place;
    if (place && this._shell && drawn(place) && place.childElementCount === 1 && place.contains(this._shell.host))
      return place;
    return (this._piece.body.on ?? []).flatMap(all).find(drawn) ?? null;
  }

  private _take(): void {
    this._shell?.remove();
    this._shell = this._place = null;
  }

  private _draw(place: Element): Shell {
    const { body } = this._piece;
    const shell = new Shell(body, css, place);
    const close = () => this._stage.leave("dismissed");
    const said = words(body);
    const contact = contactLine(body.contact, said.help);
    const acts = (body.actions ?? []).map((act, n) => this._button(act, n === 0));
    shell.stage.append(
      h(
        "section",
        { class: "empty", "aria-labelledby": "title" },
        h("button", { type: "button", class: "close", "aria-label": said.close, click: close }, icon(CROSS)),
        heading(body.title),
        ...[prose(body.body_html)].filter((each) => !!each),
        h("div", { class: "ways" }, ...acts),
        contact && h("div", { class: "more" }, contact),
      ),
    );
    return shell;
  }

  private _button(act: Act, first: boolean): Node | null {
    const { text, url, use_template, start } = act;
    const look = first ? "main" : "quiet";
    const tell = (what: string) => this._stage.report("acted", undefined, { act: what.slice(0, LONGEST_ACT) });
    if (url) return link(url, { class: `button ${look}`, click: () => tell(url) }, text);
    const go = () => {
      tell(use_template ?? start ?? "");
      if (use_template) this._stage.emit("template", { key: use_template, data: act.template?.data ?? {} });
      else if (start) this._stage.start(start);
    };
    return h("button", { type: "button", class: look, click: go }, text);
  }

  private async _seen(): Promise<boolean> {
    await painted();
    return !!this._shell;
  }
}
