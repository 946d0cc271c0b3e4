/** An outline around an element of the page, that stays with it. */
import { box } from "../ui/anchors";
import { h } from "../ui/html";
import type { Shell } from "../ui/shell";

const MARGIN = 3;

export class Marker {
  private _label = h("span", { class: "mark-label" });
  private _box = h("div", { class: "mark", hidden: "", "aria-hidden": "true" }, this._label);
  private _frame = 0;

  constructor(shell: Shell) {
    shell.stage.append(this._box);
  }

  follow(element: Element, label: string): void {
    this._label.textContent = label;
    cancelAnimationFrame(this._frame);
    const frame = () => {
      this._stand(element);
      this._frame = requestAnimationFrame(frame);
    };
    frame();
  }

  rest(): void {
    cancelAnimationFrame(this._frame);
    this._box.hidden = true;
  }

  remove(): void {
    cancelAnimationFrame(this._frame);
    this._box.remove();
  }

  private _stand(element: Element): void {
    const { left, top, width, height } = box(element);
    this._box.hidden = !width && !height;
    Object.assign(this._box.style, {
      left: `${left - MARGIN}px`,
      top: `${top - MARGIN}px`,
      width: `${width + MARGIN * 2}px`,
      height: `${height + MARGIN * 2}px`,
    });
    this._box.classList.toggle("low", top < 30);
  }
}
