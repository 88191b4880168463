// Building elements. Text is always set as text, so nothing that came from outside is ever read as HTML.

export const byId = (id) => document.getElementById(id);

/**
 * An element. `attributes` may hold `class`, `text`, event handlers (`onclick`), booleans (true: present) and any other
 * attribute; null and false leave it out. Children that are null are left out.
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "text") made.textContent = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A button that copies `text`, and says so. */
export function copyButton(text, label) {
  const button = element("button", { type: "button", class: "button small", text: "Copy", "aria-label": `Copy ${label}` });
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Copy refused";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  return button;
}
