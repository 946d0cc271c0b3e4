/** The keyboard's way through a step: Escape leaves, and Tab goes from the card to its target and back. */
import { guard } from "../core/guard";
import type { Shell } from "./shell";

const FOCUSABLE = "a[href], button, input, select, textarea, [tabindex]:not([tabindex='-1'])";

export class Keys {
  private _gone = new AbortController();

  private _shell: Shell;
  private _target: () => Element | null;
  private _leave: () => void;

  constructor(shell: Shell, target: () => Element | null, leave: () => void) {
    this._shell = shell;
    this._target = target;
    this._leave = leave;
    document.addEventListener(
      "keydown",
      guard((event) => this._press(event)),
      { signal: this._gone.signal },
    );
  }

  remove(): void {
    this._gone.abort();
  }

  private _press(event: KeyboardEvent): void {
    if (event.defaultPrevented) return;
    if (event.key === "Escape" && this._ours()) this._leave();
    else if (event.key === "Tab" && !event.altKey && !event.ctrlKey && this._move(event.shiftKey))
      event.preventDefault();
  }

  /** Escape in some other field or menu of the page is the page's. */
  private _ours(): boolean {
    const active = document.activeElement;
    return !!this._shell.focused || active === document.body || active === focusable(this._target());
  }

  /** Past the card's end comes the target, and before the target the card; elsewhere the page's own order counts. */
  private _move(back: boolean): boolean {
    const target = focusable(this._target());
    const inside = [...this._shell.stage.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((each) => each.offsetParent);
    const edge = inside[back ? 0 : inside.length - 1];
    if (target && this._shell.focused && this._shell.focused === edge) return focus(target);
    if (back && target && document.activeElement === target) return focus(inside[inside.length - 1]);
    return false;
  }
}

function focus(element: HTMLElement | undefined): boolean {
  element?.focus();
  return !!element;
}

function focusable(target: Element | null): HTMLElement | null {
  return target?.matches(FOCUSABLE) ? (target as HTMLElement) : (target?.querySelector<HTMLElement>(FOCUSABLE) ?? null);
}
