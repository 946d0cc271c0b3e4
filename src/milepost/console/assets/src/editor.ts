// The program's text editor: line numbers, jumping to a problem's line, and a promise that nothing typed is lost. Each
// pause saves the draft on the server; until the server has said so, the text also stands in this browser's storage.
import type { RequestEvent } from "./request";

const RETRY_MS = 5_000;
const CONFLICT = 409;

class Editor {
  private readonly text: HTMLTextAreaElement;
  private readonly lines: HTMLElement;
  private readonly store: string;
  private saved: string;
  private sent = "";

  constructor(private readonly form: HTMLFormElement) {
    this.text = this.find("textarea");
    this.lines = this.find(".editor__lines");
    this.store = `milepost-draft:${form.dataset.editor}`;
    this.saved = this.text.value;
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("scroll", () => {
      this.lines.scrollTop = this.text.scrollTop;
    });
    document.addEventListener("htmx:before:request", (event) => this.isOurs(event) && this.sending());
    document.addEventListener("htmx:after:request", (event) => this.isOurs(event) && this.answered(event));
    document.addEventListener("htmx:error", (event) => this.isOurs(event) && this.lost());
    document.addEventListener("htmx:after:swap", () => this.number());
    document.addEventListener("click", (event) => this.jump(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.text.value !== this.saved) event.preventDefault();
    });
    this.offerLocal();
    this.number();
  }

  private find<T extends HTMLElement>(selector: string): T {
    const element = document.querySelector<T>(`[data-editor] ${selector}`);
    if (!element) throw new Error(`the editor has no ${selector}`);
    return element;
  }

  /** The request that saves the draft, whichever button or pause has sent it. */
  private isOurs(event: Event): boolean {
    const action = (event as RequestEvent).detail.ctx?.request?.action ?? "";
    return new URL(action, location.href).href === this.form.action;
  }

  private typed(): void {
    localStorage.setItem(this.store, this.text.value);
    this.number();
    this.say("typing");
  }

  private sending(): void {
    this.sent = this.text.value;
    this.say("saving");
  }

  private answered(event: Event): void {
    const status = (event as RequestEvent).detail.ctx?.response?.status;
    if (status === CONFLICT) return this.say("conflict");
    if (status !== 200) return this.lost();
    this.saved = this.sent;
    if (this.text.value !== this.sent) return;
    localStorage.removeItem(this.store);
    this.say("saved");
  }

  private lost(): void {
    this.say("lost");
    window.setTimeout(() => this.text.dispatchEvent(new Event("input", { bubbles: true })), RETRY_MS);
  }

  private say(state: string): void {
    for (const each of document.querySelectorAll<HTMLElement>("[data-save-state]")) {
      each.hidden = each.dataset.saveState !== state;
    }
  }

  private offerLocal(): void {
    const kept = localStorage.getItem(this.store);
    const offer = document.querySelector<HTMLElement>("[data-kept]");
    if (kept === null || kept === this.text.value || !offer) return;
    offer.hidden = false;
    offer.querySelector("[data-kept-use]")?.addEventListener("click", () => {
      this.text.value = kept;
      offer.hidden = true;
      this.text.dispatchEvent(new Event("input", { bubbles: true }));
    });
    offer.querySelector("[data-kept-drop]")?.addEventListener("click", () => {
      localStorage.removeItem(this.store);
      offer.hidden = true;
    });
  }

  private number(): void {
    const wrong = new Set([...document.querySelectorAll<HTMLElement>("[data-problem-line]")].map((e) => e.dataset.problemLine));
    const count = this.text.value.split("\n").length;
    this.lines.replaceChildren(
      ...Array.from({ length: count }, (_, index) => {
        const line = document.createElement("div");
        line.textContent = String(index + 1);
        if (wrong.has(String(index + 1))) line.className = "editor__line--problem";
        return line;
      }),
    );
    this.lines.scrollTop = this.text.scrollTop;
  }

  private jump(event: Event): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-line]") : null;
    if (!link) return;
    const before = this.text.value.split("\n").slice(0, Number(link.dataset.line) - 1);
    const start = before.reduce((sum, line) => sum + line.length + 1, 0);
    const length = this.text.value.slice(start).indexOf("\n");
    this.text.focus();
    this.text.setSelectionRange(start, length < 0 ? this.text.value.length : start + length);
    this.text.scrollTop = Math.max(0, (before.length - 4) * 20);
    this.form.scrollIntoView({ block: "nearest" });
  }
}

document.querySelectorAll<HTMLFormElement>("[data-editor]").forEach((form) => new Editor(form));
