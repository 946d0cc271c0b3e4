/** The keyboard's way through a step: Escape leaves, and Tab goes from the card to its target and back. */
import { guard } from "../core/guard";
import type { Shell } from "./shell";

const FOCUSABLE = "a[href], button, input, select, textarea, [tabindex]:not([tabindex='-1'])";

/** Listens until the signal. */
export function keys(shell: Shell, target: () => Element | null, leave: () => void, signal: AbortSignal): void {
  const press = guard((event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const reached = focusable(target());
    if (event.key === "Escape" && isOurs(shell, reached)) leave();
    else if (event.key === "Tab" && moves(shell, reached, event.shiftKey)) event.preventDefault();
  });
  document.addEventListener("keydown", press, { signal });
}

/** Escape in some other field or menu of the page is the page's. */
function isOurs(shell: Shell, target: Element | null): boolean {
  const active = document.activeElement;
  return !!shell.focused || active === document.body || active === target;
}

/** Past the card's end comes the target, and before the target the card; elsewhere the page's own order counts. */
function moves({ focused, stage }: Shell, target: HTMLElement | null, back: boolean): boolean {
  if (!target) return false;
  const inside = [...stage.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((each) => each.offsetParent);
  const last = inside.at(-1);
  const to =
    focused && focused === (back ? inside[0] : last) ? target : back && document.activeElement === target && last;
  if (to) to.focus();
  return !!to;
}

function focusable(target: Element | null): HTMLElement | null {
  return target?.matches(FOCUSABLE) ? (target as HTMLElement) : (target?.querySelector<HTMLElement>(FOCUSABLE) ?? null);
}
