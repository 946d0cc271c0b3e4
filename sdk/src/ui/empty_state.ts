/** What stands where there is nothing yet: inside an element of the page, for as long as that is there and empty. */
import { alone, guard } from "../core/guard";
import type { Act, Piece, Shown, Stage } from "../types";
import { button } from "./acts";
import { contactLine } from "./contact";
import css from "./empty_state.css";
import { all, cross, drawn, h, heading, prose } from "./html";
import { Shell, tellShown } from "./shell";
import { words } from "./words";

const LOOK_MS = 250;
const ENGLISH = { asking: "One moment…", failed: "That did not work. Please try again." };

const acts = ({ body }: Piece): Act[] => body.actions ?? [];

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
    const before = this._piece;
    const focused = this._shell?.focused;
    this._piece = piece;
    this._take();
    this._stand();
    if (focused) this._shell?.stage.querySelector<HTMLElement>(".ways button")?.focus();
    for (const [n, { template }] of acts(piece).entries()) {
      if (!template?.at || template.at === acts(before)[n]?.template?.at) continue;
      if (template.status === "made") this._stage.emit("template_made", { key: template.key, ids: template.ids });
      else this._shell?.announce(words(piece.body, ENGLISH).failed);
    }
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
    alone(tellShown(() => !!this._shell, this._piece, this._stage));
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
    const said = words(body, ENGLISH);
    const contact = contactLine(body);
    const failed = acts(this._piece).some(({ template }) => template?.status === "failed");
    const note = h("p", { class: failed ? "note wrong" : "note", role: "status" }, failed && said.failed);
    const ways = h("div", { class: "ways" });
    /** The host's server is asked; whoever waits for it can press for nothing else. */
    const ask = () => {
      note.className = "note";
      note.textContent = said.asking;
      ways.ariaBusy = "true";
    };
    const buttons = acts(this._piece).map((act, n) =>
      button(act, n === 0 ? "main" : "quiet", this._stage, act.template?.status ? ask : undefined),
    );
    ways.append(...(buttons as Node[]));
    ways.addEventListener("click", (event) => ways.ariaBusy && event.stopImmediatePropagation(), true);
    shell.stage.append(
      h(
        "section",
        { class: "empty", "aria-labelledby": "title" },
        cross(said.close, () => this._stage.leave("dismissed")),
        heading(body.title),
        ...[prose(body.body_html)].filter((each) => !!each),
        ways,
        note,
        contact && h("div", { class: "more" }, contact),
      ),
    );
    return shell;
  }
}
