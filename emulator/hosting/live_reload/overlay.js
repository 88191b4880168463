// What is wrong with the extension, shown in its page until it is mended.
//
// Works under any content security policy that lets this script run: styles are a constructed stylesheet in a shadow root,
// and every word is set as text.

const overlayStyles = `
  :host { all: initial !important; color-scheme: light dark !important; }  /* whatever the page's styles say */
  .panel {
    position: fixed; inset: auto 16px 16px; z-index: 2147483647; box-sizing: border-box; max-width: 880px; max-height: 75vh;
    margin: 0 auto; padding: 14px 18px 16px; overflow: auto; border: 1px solid #d13438; border-top-width: 4px;
    border-radius: 6px; background: #fff; color: #242424; box-shadow: 0 8px 32px rgb(0 0 0 / 28%);
    font: 14px/1.5 "Segoe UI", system-ui, sans-serif; text-align: left; direction: ltr;
  }
  .head { display: flex; align-items: baseline; gap: 12px; }
  h2 { flex: 1; margin: 0; color: #a4262c; font-size: 15px; font-weight: 600; }
  button {
    flex: none; width: 28px; height: 28px; border: 0; border-radius: 4px; background: none; color: inherit;
    font: 20px/1 system-ui, sans-serif; cursor: pointer;
  }
  button:hover { background: rgb(128 128 128 / 20%); }
  button:focus-visible, pre:focus-visible { outline: 2px solid #0f6cbd; outline-offset: 1px; }
  article { margin-top: 10px; }
  article + article { padding-top: 10px; border-top: 1px solid rgb(128 128 128 / 35%); }
  p { margin: 4px 0 0; overflow-wrap: anywhere; }
  .message { font-weight: 600; }
  .code, .where { font: 13px/1.5 ui-monospace, "Cascadia Mono", Consolas, monospace; }
  .code { margin-left: 8px; color: #616161; font-weight: 400; white-space: nowrap; }
  .where { color: #0f6cbd; }
  pre {
    margin: 6px 0 0; padding: 8px 10px; overflow-x: auto; border-radius: 4px; background: #f5f5f5;
    font: 13px/1.45 ui-monospace, "Cascadia Mono", Consolas, monospace; white-space: pre; tab-size: 4;
  }
  .foot { margin-top: 12px; color: #616161; font-size: 13px; }
  @media (prefers-color-scheme: dark) {
    .panel { border-color: #e37d80; background: #1f1f1f; color: #f0f0f0; }
    h2 { color: #f1707b; }
    .code, .foot { color: #adadad; }
    .where { color: #62abf5; }
    pre { background: #2b2b2b; }
  }
  @media (forced-colors: active) { .panel { border-color: CanvasText; } }
`;

/** Shows a list of problems over the page, and takes no focus. What somebody closed stays closed until the list is another. */
class Overlay {
  #host = null;
  #shown = "[]";  // the list and what is served, as JSON

  /** Each problem is { code, message, where, frame, hint }; all but the message may be empty. `version` is what is served. */
  show(problems, version) {
    const next = JSON.stringify(problems.length === 0 ? [] : [problems, version]);
    if (next === this.#shown) return;
    this.#shown = next;
    this.#close();
    if (problems.length > 0) this.#open(problems, version);
  }

  #open(problems, version) {
    this.#host = document.createElement("exthost-emu-problems");
    const shadow = this.#host.attachShadow({ mode: "open" });
    const styles = new CSSStyleSheet();
    styles.replaceSync(overlayStyles);
    shadow.adoptedStyleSheets = [styles];
    const panel = element("section", "panel", "");
    panel.setAttribute("role", "alert");
    const close = element("button", "", "×");
    close.type = "button";
    close.title = "Close (Esc)";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => this.#close());
    const head = element("div", "head", "");
    head.append(element("h2", "", "exthost-emu cannot bring this extension up to date"), close);
    const codes = problems.map(({ code }) => code).filter(Boolean);
    panel.append(head, ...problems.map(problemArticle), element("p", "foot",
      (version ? `What was good, ${version}, goes on being served. ` : "") + "This closes by itself when it is mended." +
      (codes.length > 0 ? ` More: exthost-emu help ${codes[0]}` : "")));
    shadow.append(panel);
    document.documentElement.append(this.#host);
    addEventListener("keydown", this.#onKey);
  }

  #onKey = (event) => {
    if (event.key === "Escape") this.#close();
  };

  #close() {
    removeEventListener("keydown", this.#onKey);
    this.#host?.remove();
    this.#host = null;
  }
}

/** An element with that class, unless it is empty, and that text. */
function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function problemArticle({ code, message, where, frame, hint }) {
  const article = element("article", "", "");
  const sentence = element("p", "message", message);
  if (code) sentence.append(element("span", "code", code));
  article.append(sentence);
  if (where && !message.includes(where)) article.append(element("p", "where", where));
  if (frame) {
    const lines = element("pre", "", frame.replace(/\n+$/, ""));
    lines.tabIndex = 0;  // so that the keyboard can scroll it
    article.append(lines);
  }
  if (hint) article.append(element("p", "", hint));
  return article;
}
