/** Steps that are more than a card beside its target: pointers, films, cards inside the page, and ways that part. */
import type { Body, Stage, Step, Video, Way } from "../types";
import { button } from "./acts";
import { type Child, h, icon, link } from "./html";
import { MARGIN, type Place, type Rect } from "./place";
import css from "./rich.css";
import type { Shell } from "./shell";
import { words } from "./words";

type Own = "play" | "watch";
const PLAY = "M8 5v14l11-7z";
/** From an edge of the card to its arrow, at least; half of what the arrow measures. */
const CORNER = 16;
const HALF = 7;

export function enrich(
  card: HTMLElement,
  step: Step,
  shell: Shell,
  body: Body,
  go: (key: string) => void,
  stage: Stage,
): HTMLElement {
  shell.dress(css);
  if (step.as === "pointer") card.append(h("span", { class: "arrow", "aria-hidden": "true" }));
  const actions = card.querySelector(".actions");
  if (step.video) actions?.before(film(step.video, step.title, body));
  if (step.buttons && actions) part(actions, step, go, stage);
  return step.as === "modal" ? dialog(card) : card;
}

/** The same card, before which the page has to wait. */
function dialog(card: HTMLElement): HTMLElement {
  const close = (event: Event) => {
    event.preventDefault();
    made.querySelector<HTMLElement>(".close")?.click();
  };
  const made = h("dialog", { cancel: close });
  for (const { name, value } of card.attributes) made.setAttribute(name, value);
  made.append(...card.childNodes);
  return made;
}

/** Shows what the page has to wait for, again too where it was moved to another place of the page. */
export function raise(card: HTMLElement): void {
  if (!(card instanceof HTMLDialogElement) || card.matches(":modal")) return;
  card.open = false;
  card.showModal();
  card.focus();
}

/** What leads to other steps takes the place of the button that leads on. */
function part(actions: Element, { buttons = [], advance }: Step, go: (key: string) => void, stage: Stage): void {
  const forks = buttons.some((way) => way.go);
  if (forks && advance.on === "next") actions.querySelector(".next")?.remove();
  actions.classList.add("ways");
  actions.append(...buttons.map((way) => branch(way, forks, go, stage)).filter((each): each is Node => !!each));
}

function branch(way: Way, forks: boolean, go: (key: string) => void, stage: Stage): Child {
  const look = forks ? "main" : "quiet";
  const to = way.go;
  if (!to) return button(way, look, stage);
  const press = () => {
    stage.report("acted", undefined, { act: to });
    go(to);
  };
  return h("button", { type: "button", class: look, click: press }, way.text);
}

/** Nothing of it is loaded before it is played; where the page does not let it play there is a link. */
function film(video: Video, title: string, body: Body): HTMLElement {
  const said = words<Record<Own, string>>(body);
  const away = link(video.url, { target: "_blank", rel: "noopener" }, said.watch);
  const { file, frame } = video;
  const shown = file ? player(video, file, title, away) : frame ? framed(frame, title, said.play, away) : away;
  return h("figure", { class: "film" }, shown, frame && away);
}

function player({ captions, lang }: Video, file: string, title: string, away: Node | null): HTMLElement {
  const played = h("video", { controls: "", playsinline: "", preload: "none", src: file, "aria-label": title });
  if (captions) {
    const near = new URL(captions, location.href).origin === location.origin;
    if (!near) played.crossOrigin = "anonymous";
    played.append(h("track", { kind: "captions", src: captions, srclang: lang ?? "", default: "" }));
  }
  played.addEventListener("error", () => away && played.replaceWith(away));
  return played;
}

function framed(frame: string, title: string, play: string, away: Node | null): HTMLElement {
  const start = h("button", { type: "button", class: "play" }, icon(PLAY), play);
  start.addEventListener("click", () => {
    const shown = h("iframe", { src: frame, title, allow: "autoplay; fullscreen; picture-in-picture" });
    const refused = ({ blockedURI }: SecurityPolicyViolationEvent) => {
      if (frame.startsWith(blockedURI)) shown.remove();
    };
    document.addEventListener("securitypolicyviolation", refused);
    start.replaceWith(shown);
    if (!away) return;
    shown.addEventListener("load", () => document.removeEventListener("securitypolicyviolation", refused));
  });
  return start;
}

/** Turns the arrow to the target, over whose middle the card stands where it is the wider one. */
export function point(card: HTMLElement, target: Rect, { side, left: start, top }: Place): void {
  const beside = side === "after" || side === "before";
  const more = target.width - card.offsetWidth;
  const middle = Math.min(target.left + more / 2, innerWidth - card.offsetWidth - MARGIN);
  const left = card.matches(".pointer") && !beside && more > 0 ? Math.round(Math.max(MARGIN, middle)) : start;
  card.style.left = `${left}px`;
  card.dataset.side = beside ? (left > target.left ? "right" : "left") : side;
  const at = beside ? target.top + target.height / 2 - top : target.left + target.width / 2 - left;
  const most = (beside ? card.offsetHeight : card.offsetWidth) - CORNER;
  card.style.setProperty("--at", `${Math.max(CORNER, Math.min(at, most)) - HALF}px`);
}
