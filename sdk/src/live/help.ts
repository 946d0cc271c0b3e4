/** The button that opens the help: small, in a corner, in a shadow root of its own; and the panel behind it. */
import { guard, hush } from "../core/guard";
import type { Help, Helper, Host } from "../types";
import { get, type Office } from "./office";

const CSS = `
:host { all: initial !important; }
button {
  position: fixed; inset-inline-end: 16px;
  inset-block-end: calc(max(16px, env(safe-area-inset-bottom)) + var(--milepost-foot, 0px)); z-index: 2147483646;
  box-sizing: border-box; width: 44px; height: 44px; padding: 0; border: 0; border-radius: 50%; cursor: pointer;
  font: 650 20px/1 var(--milepost-font, Inter, system-ui, sans-serif);
  color: var(--milepost-on-accent, #fff); background: var(--milepost-accent, #1f6f54);
  box-shadow: 0 1px 2px rgb(0 0 0 / .2), 0 6px 20px rgb(0 0 0 / .25);
}
button:hover { filter: brightness(1.08); }
button:focus-visible { outline: 2px solid var(--milepost-accent, #1f6f54); outline-offset: 3px; }
@media (forced-colors: active) { button { border: 2px solid; } }
@media print { button { display: none; } }
`;

/** Before the server has said which language the person reads. */
const WORDS: Record<string, string> = { ru: "Помощь", pl: "Pomoc", bg: "Помощ" };

interface Panel {
  open(helper: Helper): { remove(): void };
}

export function help(host: Host, office: Office, hold: (held: boolean) => void): Help {
  const place = document.createElement("div");
  let panel: { remove(): void } | null = null;
  let hidden = false;
  const arrange = () => {
    if (hidden || panel || !host.launcher) place.remove();
    else if (!place.isConnected) document.body?.append(place); // also where a page has replaced everything in it
  };
  const closed = (focused: boolean) => {
    panel = null;
    hold(false);
    arrange();
    if (focused) button.focus();
  };
  const open = async () => {
    if (panel) return;
    panel = { remove() {} };
    try {
      const code = await host.load<Panel>("panel");
      hold(true);
      panel = code.open({
        get: (path) => get(office, path),
        send: (to, body) => office.send(to, body),
        start: (content) => host.start(content),
        closed,
      });
    } catch (error) {
      hush(error);
      closed(false);
    }
    arrange();
  };
  const button = made(place, guard(open));
  arrange();
  return {
    open,
    hide(now) {
      hidden = now;
      arrange();
    },
    remove() {
      panel?.remove();
      hidden = true;
      arrange();
    },
    close: () => panel?.remove(),
  };
}

function made(place: HTMLElement, open: () => void): HTMLButtonElement {
  const language = (document.documentElement.lang || navigator.language).slice(0, 2);
  const button = document.createElement("button");
  const root = place.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
  button.textContent = "?";
  button.type = "button";
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-label", WORDS[language] ?? "Help");
  button.addEventListener("click", open);
  root.append(button);
  return button;
}
