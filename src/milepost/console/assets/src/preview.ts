// The page inside the preview's frame: a product of no one, on which the SDK's own code draws the piece as it is typed.

interface Shown {
  remove(): void;
}

interface Body {
  steps?: { on: string[] }[];
  on?: string[];
  labels?: Record<string, string>;
}

type Show = (piece: object, stage: object) => Shown;

const CLICKABLE = /^(a|button)\b/;
const KEPT_STEP = "milepost-preview-step";

/** An element that a simple selector finds: `#id`, `.class`, `[name=value]`, or several of them. */
function standIn(selector: string): HTMLElement | null {
  const last = selector.trim().split(/[\s>+~]+/).at(-1) ?? "";
  if (!last || /[:,]/.test(last)) return null;
  const tag = /^[a-z][\w-]*/i.exec(last)?.[0] ?? "div";
  const element = document.createElement(CLICKABLE.test(tag) ? "button" : tag === "input" ? "input" : "div");
  for (const [, id] of last.matchAll(/#([\w-]+)/g)) if (id) element.id = id;
  for (const [, name] of last.matchAll(/\.([\w-]+)/g)) if (name) element.classList.add(name);
  for (const [, name, value] of last.matchAll(/\[([\w-]+)(?:[*^$~|]?=["']?([^"'\]]*)["']?)?\]/g)) {
    if (name) element.setAttribute(name, value ?? "");
  }
  element.classList.add("site__target");
  element.setAttribute("aria-label", selector);
  return element;
}

function furnish(stage: Element, selectors: string[]): void {
  for (const selector of new Set(selectors)) {
    try {
      if (document.querySelector(selector)) continue;
    } catch {
      continue; // what is no selector is told of in the checks
    }
    const element = standIn(selector);
    if (element) stage.append(element);
  }
}

async function draw(): Promise<void> {
  const source = document.getElementById("piece");
  const chunk = document.querySelector<HTMLElement>("[data-chunk]")?.dataset.chunk;
  const page = document.querySelector("[data-stage]");
  if (!source || !chunk || !page) return;
  const body = JSON.parse(source.textContent ?? "") as Body;
  furnish(page, [...(body.steps ?? []).flatMap((step) => step.on.slice(0, 1)), ...(body.on ?? []).slice(0, 1)]);
  const { show } = (await import(chunk)) as { show: Show };
  const step = Math.min(Number(sessionStorage.getItem(KEPT_STEP)) || 0, Math.max(0, (body.steps ?? []).length - 1));
  const nothing = (): void => {};
  const stage = {
    reached: (at: number) => sessionStorage.setItem(KEPT_STEP, String(at)),
    report: nothing,
    leave: () => {
      sessionStorage.removeItem(KEPT_STEP);
      shown?.remove();
    },
    finish: nothing,
    send: async () => null,
    recall: () => undefined,
    keep: nothing,
    start: nothing,
    help: nothing,
    load: async () => ({}),
    track: nothing,
    beacon: nothing,
    emit: nothing,
    on: nothing,
    off: nothing,
  };
  const shown: Shown | undefined = show({ id: 0, content: "preview", status: "waiting", version: 1, step, body }, stage);
}

/** What the team wants pieces to look like, as pages of the product get it. */
function dress(): void {
  const look = document.getElementById("look")?.textContent;
  if (!look) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(JSON.parse(look) as string);
  document.adoptedStyleSheets.push(sheet);
}

dress();
void draw();
