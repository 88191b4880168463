// One load of one extension: its frame, the documented conversation with it, and how long each step took.

const signatures = ["FxFrameBlade", "FxAppBlade", "FxFrameControl", "FunctionsEmbedded"];

/** The steps of a load, in the order in which they normally come. */
export const steps = [
  { id: "resolved", label: "Resolved" },
  { id: "loaded", label: "Page loaded" },
  { id: "firstMessage", label: "First message" },
  { id: "ready", label: "ready" },
  { id: "title", label: "frametitle sent" },
  { id: "revealcontent", label: "revealcontent" },
  { id: "initializationcomplete", label: "initializationcomplete" },
];

/** The documented failures that a portal can tell from outside the frame. */
const failures = {
  HomePageTimedOut: {
    what: "The extension's page did not load in time.",
    causes: [
      "The server behind the URL does not answer, or the browser does not trust its certificate: open the page in a tab of its own to see.",
      "The page waits for a script or style that never arrives.",
    ],
  },
  FirstResponseNotReceived: {
    what: "The page loaded, but never posted a message to the portal.",
    causes: [
      "The page does not speak to the portal: a frame blade must post { signature: \"FxFrameBlade\", kind: \"ready\" }.",
      "A script of the page failed before that: look at the browser's console, where its errors are.",
      "The page does not trust this portal: the documented check accepts only its allow-list and localhost:<port>.",
      "It posted to another origin than trustedAuthority names.",
    ],
  },
  TimedOut: {
    what: "The conversation with the portal began, but initializationcomplete never came.",
    causes: [
      "The page waits for something that does not arrive: the last step above shows how far it came.",
      "The page did not get the portal's frametitle, because it compares event.origin with another origin than this one.",
    ],
  },
};

/** Splits a message into its parts; null if it is none of the portal's kind. */
function readMessage(data) {
  if (typeof data !== "object" || data === null || !signatures.includes(data.signature)) return null;
  const nested = data.signature === "FxFrameControl" && typeof data.data === "object" && data.data !== null;
  const kind = nested ? data.data.kind : data.kind;
  return { signature: data.signature, kind: String(kind ?? ""), data: nested ? data.data.data : data.data };
}

/**
 * Puts an extension's page into `place` and talks with it.
 *
 * `options`: url, title, content (a sentence), clock (an EmulatorClock), startedAt and resolvedAt (its time),
 * timeoutSeconds, theme.
 * `on`: step(), message({ direction, kind, data, signature, note }), revealed(), reloaded() — the page reloaded by itself,
 * tookOver(version) — it became that version without a reload.
 */
export class LoadSession {
  constructor(place, options, on) {
    this.options = options;
    this.on = on;
    this.giveUpNoMore = () => {};
    this.origin = new URL(options.url).origin;
    this.receive = this.receive.bind(this);
    window.addEventListener("message", this.receive);
    this.begin(options.startedAt);
    this.mark("resolved", options.resolvedAt);

    this.frame = document.createElement("iframe");
    this.frame.className = "fxs-part-frame";
    this.frame.title = options.title;
    this.frame.setAttribute("sandbox",
      "allow-same-origin allow-scripts allow-popups allow-modals allow-forms allow-downloads");
    this.frame.setAttribute("allow", "microphone *; encrypted-media *;clipboard-read;");
    this.frame.addEventListener("load", () => this.loaded());
    this.frame.src = options.url;
    place.append(this.frame);
  }

  /** Ends the session and takes the frame away. */
  end() {
    this.giveUpNoMore();
    window.removeEventListener("message", this.receive);
    this.frame.remove();
  }

  setTheme(theme) {
    this.options.theme = theme;
    if (this.has("ready")) {
      this.post("theme", theme);
      this.post("themeChanged", theme);
    }
  }

  has(step) {
    return this.times.has(step);
  }

  begin(startedAt) {
    this.startedAt = startedAt;
    this.times = new Map();
    this.failure = null;
    this.signature = signatures[0];
    this.giveUpNoMore();
    this.giveUpNoMore = this.options.clock.after(this.options.timeoutSeconds * 1000, () => this.timeOut());
  }

  /** The page reloaded by itself: the same session, timed anew. */
  reloaded() {
    this.begin(this.options.clock.now());
    this.mark("resolved", this.startedAt);
    this.on.reloaded();
  }

  mark(step, at = this.options.clock.now()) {
    if (this.has(step)) return;
    this.times.set(step, at - this.startedAt);
    if (step === "initializationcomplete") {
      this.giveUpNoMore();
      this.failure = null;
    }
    this.on.step();
  }

  loaded() {
    if (this.has("loaded")) {
      this.reloaded();  // a second document in the same frame, which has said nothing yet
    }
    this.mark("loaded");
    this.on.revealed();
  }

  timeOut() {
    const name = !this.has("loaded") ? "HomePageTimedOut"
      : !this.has("firstMessage") ? "FirstResponseNotReceived" : "TimedOut";
    this.failure = { name, seconds: this.options.timeoutSeconds, ...failures[name] };
    this.on.step();
  }

  receive(event) {
    if (event.source !== this.frame.contentWindow) return;
    if (event.data?.signature === "exthost-emu" && event.origin === this.origin) {  // live reload's, not the extension's
      this.on.tookOver(String(event.data.data));
      return;
    }
    const message = readMessage(event.data);
    if (event.origin !== this.origin) {
      this.on.message({ direction: "in", kind: message?.kind ?? "", data: event.data,
        note: `ignored: from ${event.origin}, not ${this.origin}` });
      return;
    }
    if (message?.kind === "ready" && this.has("ready")) {
      this.reloaded();  // a new document that greets before its load event
    }
    this.mark("firstMessage");
    this.on.message({ direction: "in", kind: message?.kind ?? "", signature: message?.signature ?? "",
      data: message ? message.data : event.data, note: message ? "" : "not a frame blade's message" });
    if (message) this.answer(message);
  }

  answer(message) {
    this.signature = message.signature;
    switch (message.kind) {
      case "ready":
        this.mark("ready");
        this.post("frametitle", this.options.title);
        this.mark("title");
        this.post("framecontent", this.options.content);
        this.post("theme", this.options.theme);
        break;
      case "revealcontent":
        this.mark("revealcontent");
        this.on.revealed();
        break;
      case "initializationcomplete":
        this.mark("initializationcomplete");
        break;
      case "getAuthToken":
        this.post("getAuthTokenResponse", "exthost-emu.this-is-not-a-real-token");
        break;
    }
  }

  post(kind, data) {
    const nested = this.signature === "FxFrameControl";
    this.frame.contentWindow.postMessage(
      nested ? { signature: this.signature, data: { kind, data } } : { signature: this.signature, kind, data },
      this.origin);
    this.on.message({ direction: "out", kind, data, signature: this.signature, note: "" });
  }
}
