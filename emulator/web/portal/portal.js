// The emulated portal: reads its own address, asks what it means, loads the extension and shows what happens.

import * as address from "./address.js";
import { EmulatorClock } from "./clock.js";
import { byId, element } from "./dom.js";
import { followEvents } from "./events.js";
import { decideTrust, isDenied, isTrusted, obstacleTo } from "./obstacles.js";
import * as panels from "./panels.js";
import { connectPickers, showPickers } from "./pickers.js";
import { LoadSession } from "./session.js";
import { connectTabs } from "./tabs.js";

/** The newest messages are kept; a page that chatters must not fill the memory. */
const messageLimit = 300;
/** An extension with live reload of its own gets this long to show a new version before the portal reloads its frame. */
const ownReloadMilliseconds = 700;

const clock = new EmulatorClock();

const state = {
  view: null,       // the answer of /_emu/v1/portal for the address
  extension: null,  // the one that is shown, an entry of view.extensions
  session: null,    // its LoadSession
  shownVersion: "", // what the frame was loaded with
  messages: [],     // rows
  settings: null,
  request: 0,       // of the newest question; answers to older ones are dropped
  reloadTimer: 0,
};

// ---- asking --------------------------------------------------------------------------------------------------------

async function ask() {
  const request = ++state.request;
  const response = await fetch(`/_emu/v1/portal?url=${encodeURIComponent(location.href)}`, { cache: "no-store" });
  if (!response.ok) throw new Error(`The emulator answered ${response.status}.`);
  const view = await response.json();
  return request === state.request ? view : null;
}

/** Reads the address anew and loads what it names. */
async function load() {
  const startedAt = clock.now();
  clearTimeout(state.reloadTimer);
  try {
    const view = await ask();
    if (view) start(view, startedAt);
  } catch (error) {
    showUnreachable(error);
  }
}

/** Reads the address anew because something happened, and reloads the frame only if it would now get another version. */
async function refresh() {
  let view;
  try {
    view = await ask();
  } catch (error) {
    showUnreachable(error);
    return;
  }
  if (!view) return;
  const next = chosen(view);
  const served = next?.answer?.version ?? "";
  const wasShown = state.session !== null;
  if (!wasShown || !sameFrame(next)) {
    start(view, clock.now());
    return;
  }
  state.view = view;
  state.extension = next;
  render();
  if (served === state.shownVersion || !view.liveReload) return;
  clearTimeout(state.reloadTimer);
  state.reloadTimer = setTimeout(() => start(view, clock.now()), ownReloadMilliseconds);
}

const chosen = (view) => view.extensions.find((extension) => extension.name === view.selected) ?? null;

/** Whether the frame shows this extension from this place, in whatever version. */
function sameFrame(extension) {
  return Boolean(extension && extension.frameUrl && !extension.answer?.failure && state.extension
    && extension.name === state.extension.name && extension.baseUrl === state.extension.baseUrl);
}

// ---- loading -------------------------------------------------------------------------------------------------------

function start(view, startedAt) {
  clearTimeout(state.reloadTimer);
  state.view = view;
  state.extension = chosen(view);
  state.session?.end();
  state.session = null;
  state.messages = [];
  state.settings = null;
  state.shownVersion = state.extension?.answer?.version ?? "";
  if (state.extension?.frameUrl && !obstacleTo(view, state.extension)) {
    byId("shimmer").hidden = false;
    state.session = new LoadSession(byId("stage"), {
      url: state.extension.frameUrl,
      title: state.extension.name,
      content: `${state.extension.name} in the emulated portal, ${regionName(view.region)}`,
      clock,
      startedAt,
      resolvedAt: clock.now(),
      timeoutSeconds: address.loadTimeoutSeconds(view.loadTimeoutSeconds),
      theme: theme(),
    }, { step: showLoad, message: addMessage, revealed: () => { byId("shimmer").hidden = true; },
      reloaded: onOwnReload, tookOver: onTakeOver });
    fetchSettings(state.extension, state.session);
  }
  render();
}

/** The page in the frame reloaded by itself, so it shows what is served now. */
function onOwnReload() {
  clearTimeout(state.reloadTimer);
  state.messages = [];
  refresh().then(() => {
    clearTimeout(state.reloadTimer);
    state.shownVersion = state.extension?.answer?.version ?? "";
    if (state.extension && state.session) fetchSettings(state.extension, state.session);
    render();
  });
}

/** The page in the frame took over the stylesheets of that version, in which nothing else is new. */
function onTakeOver(version) {
  clearTimeout(state.reloadTimer);
  state.shownVersion = version;
  if (state.view) render();
}

async function fetchSettings(extension, session) {
  if (!extension.settingsUrl) return;
  let settings;
  try {
    const response = await fetch(extension.settingsUrl, { credentials: "omit", cache: "no-store" });
    const body = await response.json();
    settings = response.ok ? { body } : { error: body.detail ?? `The hosting service answered ${response.status}.` };
  } catch {
    settings = { error: `The hosting service at ${new URL(extension.settingsUrl).origin} could not be asked. ` +
      "If its certificate is not trusted, open the extension's URL in a tab of its own once, or run: exthost-emu cert trust" };
  }
  if (state.session !== session) return;
  state.settings = settings;
  panels.showSettings(byId("panel-settings"), settings, extension.answer);
}

// ---- showing ---------------------------------------------------------------------------------------------------------

const regionName = (name) => state.view.regions.find((region) => region.name === name)?.displayName ?? name;

function render() {
  const { view, extension } = state;
  const answer = extension?.answer;
  const version = state.session ? state.shownVersion : "";
  byId("fidelity").textContent = `emulated · ${view.fidelity}`;
  document.title = `${extension?.name ?? "No extension"} – Azure Portal, emulated`;
  byId("blade-name").textContent = extension?.name ?? "No extension";
  byId("blade-facts").replaceChildren(...[
    version && element("span", { class: "chip", text: version }),
    extension?.stamp && element("span", { text: `stamp ${extension.stamp}` }),
    !extension?.stamp && answer?.stage && element("span", { text: answer.stage }),
    element("span", { text: regionName(view.region) }),
    element("span", { text: view.environment.portalHost }),
    extension?.sideloaded && element("span", { text: "sideloaded" }),
    extension?.flight && element("span", { text: "flight" }),
  ].filter(Boolean));
  const real = byId("open-real");
  real.hidden = !extension?.realPortalUrl;
  if (extension?.realPortalUrl) real.href = extension.realPortalUrl;
  else real.removeAttribute("href");

  const problem = obstacleTo(view, extension);
  panels.showFailure(byId("failure"), problem);
  if (problem) byId("shimmer").hidden = true;
  showPickers(view, extension);
  renderExtensions();
  renderBars();
  showLoad();
  panels.showFacts(byId("served"), [
    ["Version", answer?.version], ["Stage", answer?.stage], ["Region", regionName(view.region)],
    ["Environment", `${view.environment.name} · ${view.environment.portalHost}`],
    ["Settings file", answer?.environmentFile], ["Trusted authority", view.trustedAuthority], ["Session", view.sessionId],
    ["Hide keys", view.hideKeys.join(", ")], ["No CDN", { true: "portal", force: "portal and extensions" }[view.noCdn]],
  ]);
  panels.showExplanation(byId("panel-explain"), view, extension, (stamp) => address.withStamp(extension.name, stamp));
  showMessages();
  panels.showSettings(byId("panel-settings"),
    extension?.settingsUrl ? state.settings ?? { error: "Asking the hosting service…" } : null, answer);
  renderUrls();
}

function showLoad() {
  const place = byId("load-state");
  const session = state.session;
  if (!session) {
    place.className = "load-state";
    place.textContent = "Nothing is loaded.";
    byId("timeline").replaceChildren();
    panels.showLoadFailure(byId("load-failure"), null);
    return;
  }
  const { kind, text } = panels.loadState(session);
  place.className = `load-state ${kind}`;
  if (place.textContent !== text) place.textContent = text;
  panels.showTimeline(byId("timeline"), session);
  panels.showLoadFailure(byId("load-failure"), session.failure);
}

function addMessage(message) {
  const started = state.session ? state.session.startedAt : clock.now();
  state.messages.push(panels.messageRow(message, clock.now() - started));
  if (state.messages.length > messageLimit) state.messages.shift();
  showMessages();
}

function showMessages() {
  byId("message-count").textContent = state.messages.length ? String(state.messages.length) : "";
  panels.showMessages(byId("panel-messages"), state.messages);
}

function renderExtensions() {
  const { view } = state;
  const place = byId("extensions");
  place.hidden = view.extensions.length < 2;
  byId("layout").classList.toggle("with-list", !place.hidden);
  place.replaceChildren(element("h2", { text: "Extensions" }), element("ul", {}, ...view.extensions.map((extension) =>
    element("li", {}, element("a", {
      href: address.withExtension(extension.name), "data-inner": true,
      "aria-current": extension.name === view.selected ? "page" : null,
    }, element("span", { text: extension.name }),
      element("small", { text: extension.answer?.version || (extension.enabled ? extension.origin : "disabled") }))))));
}

function renderBars() {
  const { view, extension } = state;
  const bars = [];
  const decide = (decision) => {
    decideTrust(extension, decision);
    load();
  };
  if (extension?.sideloaded && extension.enabled && !isTrusted(view, extension)) {
    const denied = isDenied(extension);
    bars.push(panels.bar("trust", denied
      ? `Untrusted extension: you denied ${extension.name} from ${extension.baseUrl}.`
      : `Untrusted extension: ${extension.name} is to be loaded from ${extension.baseUrl}.`,
    [{ text: "Allow", run: () => decide("allow") },
      ...(denied ? [] : [{ text: "Deny", run: () => decide("deny") }])]));
  }
  for (const one of view.extensions) {
    for (const reason of one.reasons.filter(({ code }) => panels.isWarning(code))) {
      bars.push(panels.bar("warning", view.extensions.length > 1 ? `${one.name}: ${reason.text}` : reason.text,
        one.missingFlag ? [{ text: `Add ${one.missingFlag}=true`,
          href: address.withParameters({ [one.missingFlag]: "true" }) }] : []));
    }
  }
  for (const reason of view.reasons.filter(({ code }) => panels.isWarning(code))) {
    bars.push(panels.bar("info", reason.text));
  }
  for (const problem of view.problems) {
    bars.push(panels.bar("warning", [problem.message, problem.hint].filter(Boolean).join(": ")));
  }
  if (extension?.answer?.incident) {
    bars.push(panels.bar("error", `The last sync failed, so what was good keeps being served. ${extension.answer.incident}`));
  }
  const served = extension?.answer?.version;
  if (state.session && served && served !== state.shownVersion && !view.liveReload) {
    bars.push(panels.bar("info",
      `${served} is served now. As in production, this page keeps ${state.shownVersion} until it is refreshed.`,
      [{ text: "Refresh", run: load }]));
  }
  // What has not changed is left alone, so that a screen reader does not hear it again.
  const place = byId("bars");
  const changed = bars.map((one) => one.outerHTML).join("") !== place.innerHTML;
  if (changed) place.replaceChildren(...bars);
}

function renderUrls() {
  const { view, extension } = state;
  const secure = location.protocol === "https:";
  const input = element("input", { id: "page", name: "page", value: view.page, placeholder: "index page",
    spellcheck: "false", autocomplete: "off" });
  const form = element("form", { class: "page-form" },
    element("label", { for: "page", text: "Page of the version" }), input,
    element("button", { type: "submit", class: "button small", text: "Show" }),
    element("span", { class: "note", text: "such as Content/Blades/frame.html: a frame blade's own page" }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(address.withParameters({ page: input.value.trim() || null }));
  });
  panels.showUrls(byId("panel-url"), [
    { name: "Sideload into the real portal", url: extension?.realPortalUrl, open: true,
      note: secure ? "your browser must trust this machine's certificate" : "" },
    { name: "This page", url: location.href, note: "the whole state of this view" },
    { name: "The same load in production", url: address.inProduction(view.environment.portalHost), open: true,
      note: "once it is deployed there" },
    { name: "The extension's page", url: extension?.frameUrl, open: true, note: "as the frame loads it" },
    { name: "Registered URI", url: extension?.uri, note: "what the portal has for it, before it became local" },
    { name: "Effective settings", url: extension?.settingsUrl, open: true, note: "as JSON" },
  ], form);
}

function showUnreachable(error) {
  byId("bars").replaceChildren(panels.bar("error", `The emulator can't be reached: ${error.message}`,
    [{ text: "Try again", run: load }]));
}

// ---- acting ----------------------------------------------------------------------------------------------------------

/** Goes to an address of this page without leaving it. */
function go(href) {
  if (href !== location.href) history.pushState(null, "", href);
  load();
}

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => localStorage.getItem("theme") ?? (prefersDark.matches ? "dark" : "light");

function applyTheme() {
  document.documentElement.dataset.theme = theme();
  state.session?.setTheme(theme());
}

function connectChrome() {
  byId("theme").addEventListener("click", () => {
    localStorage.setItem("theme", theme() === "dark" ? "light" : "dark");
    applyTheme();
  });
  prefersDark.addEventListener("change", applyTheme);
  byId("reload").addEventListener("click", load);
  byId("toggle-details").addEventListener("click", ({ currentTarget }) => {
    const hidden = byId("layout").classList.toggle("plain");
    currentTarget.setAttribute("aria-expanded", String(!hidden));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-inner]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(link.href);
  });
  window.addEventListener("popstate", load);
}

let refreshTimer = 0;

function onEvent(event) {
  if (event.type.startsWith("clock.")) {
    clock.hear(event);
    return;
  }
  if (event.type === "bye" || event.seq <= (state.view?.seq ?? 0)) return;
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(refresh, 20);  // one save makes several events
}

let connectionLost = false;

function onConnection(connected) {
  if (connected && connectionLost) clock.ask().then(refresh);
  connectionLost = !connected;
  const light = byId("live");
  light.classList.toggle("on", connected);
  light.setAttribute("aria-label", connected ? "Connected to the emulator: new versions show at once"
    : "Not connected to the emulator");
  light.title = light.getAttribute("aria-label");
}

applyTheme();
connectPickers(go, () => state.extension);
connectTabs();
connectChrome();
await clock.ask();
await load();
followEvents(clock.seq || state.view?.seq, onEvent, onConnection);
