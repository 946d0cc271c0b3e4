/** A short burst of paper. It draws itself away and leaves nothing. */
import { h } from "./html";

const COLOURS = ["#1f6f54", "#6cc5a1", "#e8a33d", "#f4d7a1", "#d96c4a"];
const PIECES = 110;
const LIFE_MS = 2200;
const GRAVITY = 0.0011; // pixels per square millisecond
const DRAG = 0.0016; // per millisecond

interface Paper {
  x: number;
  y: number;
  vx: number;
  vy: number;
  size: number;
  spin: number;
  colour: string;
}

/** Two bursts, from both sides of a card, in a viewport of this size. */
export function confetti(stage: HTMLElement, card: DOMRect): HTMLCanvasElement {
  const scale = Math.min(devicePixelRatio, 2);
  const canvas = h("canvas", {
    width: `${innerWidth * scale}`,
    height: `${innerHeight * scale}`,
    "aria-hidden": "true",
  });
  const pen = canvas.getContext("2d");
  stage.prepend(canvas);
  pen?.scale(scale, scale);
  const papers = Array.from({ length: PIECES }, (_, n) =>
    paper(n % 2 ? card.left : card.right, card.top, n % 2 ? 1 : -1),
  );
  const start = performance.now();
  const frame = (now: number) => {
    if (!pen || now - start > LIFE_MS || !canvas.isConnected) return canvas.remove();
    pen.clearRect(0, 0, innerWidth, innerHeight);
    for (const each of papers) draw(pen, each, now - start);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  return canvas;
}

function paper(x: number, y: number, inward: number): Paper {
  const angle = Math.PI * (0.28 + Math.random() * 0.24);
  const speed = 0.5 + Math.random() * 0.9;
  return {
    x,
    y,
    vx: Math.cos(angle) * speed * inward,
    vy: -Math.sin(angle) * speed,
    size: 5 + Math.random() * 5,
    spin: (Math.random() - 0.5) * 0.02,
    colour: COLOURS[Math.floor(Math.random() * COLOURS.length)] as string,
  };
}

function draw(pen: CanvasRenderingContext2D, { x, y, vx, vy, size, spin, colour }: Paper, age: number): void {
  const slowed = (1 - Math.exp(-DRAG * age)) / DRAG;
  pen.save();
  pen.globalAlpha = Math.min(1, (LIFE_MS - age) / 500);
  pen.translate(x + vx * slowed, y + vy * slowed + (GRAVITY * age * age) / 4);
  pen.rotate(spin * age);
  pen.fillStyle = colour;
  pen.fillRect(-size / 2, -size / 4, size, size * Math.abs(Math.cos(spin * age * 0.7)) * 0.6 + 1);
  pen.restore();
}
