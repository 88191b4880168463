// Building the page. Everything that comes from the API becomes text or a checked link: never markup.

/** An element with attributes (`on…` functions become listeners, null and false are left out) and children. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** A link to another page of the emulator, or only its text if the address is none that a browser should follow. */
export function link(href, text, attributes = {}) {
  let url = null;
  try {
    url = new URL(href);
  } catch {
    return el("span", {}, text);
  }
  if (!["http:", "https:", "mailto:"].includes(url.protocol)) return el("span", {}, text);
  return el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", ...attributes }, text);
}

const drawn = new WeakMap();

/**
 * Fills `container` anew if `data` differs from what it was filled from. What had the focus keeps it, by its `data-key`,
 * and scrolled parts stay where they were.
 */
export function draw(container, data, build) {
  const text = JSON.stringify(data);
  if (drawn.get(container) === text) return;
  drawn.set(container, text);
  const focused = container.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const scrolled = new Map();
  for (const part of container.querySelectorAll("[data-scroll]")) scrolled.set(part.dataset.scroll, [part.scrollLeft, part.scrollTop]);
  const opened = new Set([...container.querySelectorAll("details[open][data-key]")].map((part) => part.dataset.key));
  container.replaceChildren(...[build(data)].flat().filter(Boolean));
  for (const part of container.querySelectorAll("[data-scroll]")) {
    const [left, top] = scrolled.get(part.dataset.scroll) ?? [0, 0];
    part.scrollLeft = left;
    part.scrollTop = top;
  }
  for (const part of container.querySelectorAll("details[data-key]")) part.open = opened.has(part.dataset.key);
  if (focused) container.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** A moment as this machine's time of day, with the exact one behind it. */
export function timeOf(iso) {
  if (!iso) return el("span", { class: "muted" }, "never");
  return el("time", { datetime: iso, title: iso }, clockFormat.format(new Date(iso)));
}

export function sizeOf(bytes) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit + 1 < units.length) {
    value /= 1000;
    unit += 1;
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
