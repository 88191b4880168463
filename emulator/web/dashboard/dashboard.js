// The dashboard: asks the control API, draws what it says, and asks again when the event log says that something happened.

import { api, follow, Refused } from "./api.js";
import { drawBoard } from "./board.js";
import { byId, draw, el, plural } from "./dom.js";
import { drawIncidents, drawInspector, drawVersions } from "./panels.js";
import { Timeline } from "./timeline.js";

const kReloadDelay = 80; // ms: events come in bursts
const kReloadEvery = 15_000; // ms: for what changes without an event, such as the next poll

const state = {
  info: null,
  clock: null,
  clockRead: 0, // performance.now() when the clock was read
  health: null,
  extensions: [],
  regions: [],
  incidents: [],
  connection: "starting",
  chosen: null, // what the inspector shows
};

// ---- the view: in the address, so that it can be kept and shared

const view = { extension: "", region: "", filter: "" };

function readView() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  for (const key of Object.keys(view)) view[key] = parameters.get(key) ?? "";
}

function writeView() {
  const parameters = new URLSearchParams(Object.entries(view).filter(([, value]) => value !== ""));
  const hash = parameters.toString();
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
}

/** The link that the terminal shows carries the token: it buys the cookie, and leaves the address at once. */
async function openSession() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  const token = parameters.get("t");
  if (!token) return;
  parameters.delete("t");
  history.replaceState(null, "", parameters.size > 0 ? `#${parameters}` : location.pathname);
  try {
    await api.openSession(token);
  } catch (error) {
    notify(error instanceof Refused && error.status === 401 ? "The link is of an earlier run: this page can look, but not act." : error.message);
  }
}

// ---- telling

function notify(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = text === "";
}

const announce = (text) => {
  byId("live").textContent = text;
};

function report(error) {
  if (error instanceof Refused && error.status === 401) {
    notify("This page may look, but not act. Open the dashboard by the link that the terminal shows.");
  } else {
    notify(error.message);
  }
}

// ---- drawing

function drawStatus() {
  const { connection, health } = state;
  let name = "starting";
  let text = "Connecting";
  if (connection === "bye") [name, text] = ["lost", "Stopped"];
  else if (connection === "lost") [name, text] = ["lost", "Not reachable"];
  else if (health?.status === "ok") [name, text] = ["ok", "Ready"];
  else if (health?.status === "degraded") [name, text] = ["degraded", plural(health.openIncidents, "open incident")];
  else if (health?.status === "starting") [name, text] = ["starting", `Waiting for ${health.waitingFor.join(", ")}`];
  byId("status").dataset.state = name;
  if (byId("status-text").textContent !== text) byId("status-text").textContent = text;
}

function drawFacts() {
  const { info } = state;
  if (!info) return;
  byId("instance").textContent = info.instance;
  document.title = `${info.instance} · exthost-emu`;
  draw(byId("facts"), info, () =>
    [`${info.fidelity} fidelity`, `cloud ${info.cloud}`, `region ${info.region}`, `version ${info.version}`, `pid ${info.pid}`].map((fact) => el("li", {}, fact)),
  );
}

function drawClock() {
  const { clock } = state;
  if (!clock) return;
  const passed = clock.rate * (performance.now() - state.clockRead);
  const now = new Date(Date.parse(clock.now) + passed);
  const isLocal = clock.mode === "real";
  byId("clock-now").textContent = isLocal ? now.toLocaleTimeString(undefined, { hourCycle: "h23" }) : `${now.toISOString().slice(0, 19).replace("T", " ")}Z`;
  byId("clock-now").dateTime = now.toISOString();
  byId("clock-now").title = now.toISOString();
  byId("clock-mode").textContent = clock.frozen ? "stands still" : isLocal ? "" : `× ${clock.rate}`;
  byId("clock-flow").textContent = clock.mode === "real" ? "Freeze" : "Resume";
}

function drawExtensionChoice() {
  const names = state.extensions.map((extension) => extension.hostingServiceName);
  if (view.extension && !names.includes(view.extension) && names.length > 0) view.extension = "";
  draw(byId("extension-choice"), state.extensions.map((extension) => [extension.hostingServiceName, extension.name]), (rows) => [
    el("option", { value: "" }, rows.length === 1 ? rows[0][1] : `all ${rows.length}`),
    ...(rows.length > 1 ? rows.map(([value, name]) => el("option", { value }, name)) : []),
  ]);
  byId("extension-choice").value = view.extension;
}

function drawEverything() {
  drawStatus();
  drawFacts();
  drawClock();
  drawExtensionChoice();
  if (!state.info) return;
  drawBoard(state.extensions, state.regions, { info: state.info, filter: view.filter, extension: view.extension, selected: view.region, onChoose: choose });
  drawInspector(state.chosen, state.info);
  drawIncidents(state.incidents, acknowledge);
  drawVersions(state.extensions, state.info, view.extension);
}

// ---- asking

async function reload() {
  try {
    const [info, clock, health, extensions, regions, incidents] = await Promise.all([
      api.info(), api.clock(), api.health(), api.extensions(), api.regions(), api.incidents(),
    ]);
    Object.assign(state, { info, clock, clockRead: performance.now(), health, extensions, regions, incidents });
    if (state.connection === "lost") state.connection = "open";
    await explainChosen();
  } catch (error) {
    if (error instanceof Refused) report(error);
    else if (state.connection !== "bye") state.connection = "lost"; // no answer at all: the stream says when it is back
  }
  drawEverything();
}

let reloadTimer = 0;
let reloading = false;

/** Soon, once for a burst, and never two at a time. */
function reloadSoon() {
  clearTimeout(reloadTimer);
  reloadTimer = setTimeout(async () => {
    if (reloading) return reloadSoon();
    reloading = true;
    await reload();
    reloading = false;
  }, kReloadDelay);
}

async function explainChosen() {
  const region = state.regions.find((row) => `${row.extension}/${row.region}` === view.region);
  const extension = region && state.extensions.find((row) => row.hostingServiceName === region.extension);
  if (!extension) {
    state.chosen = null;
    return;
  }
  const chosen = { extension, region, answer: null, error: null };
  try {
    chosen.answer = await api.explain({ extension: region.extension, region: region.region });
  } catch (error) {
    chosen.error = error.message;
  }
  if (`${region.extension}/${region.region}` === view.region) state.chosen = chosen;
}

async function choose(region) {
  view.region = `${region.extension}/${region.region}`;
  writeView();
  drawEverything();
  await explainChosen();
  drawEverything();
  if (state.chosen?.answer) announce(`${region.displayName || region.region} gets ${state.chosen.answer.version ?? "nothing"}`);
}

// ---- acting

async function act(button, action) {
  button.disabled = true;
  try {
    notify("");
    await action();
  } catch (error) {
    report(error);
  } finally {
    button.disabled = false;
    reloadSoon();
  }
}

function sync() {
  return act(byId("sync"), async () => {
    const answer = await api.sync(view.extension);
    const failed = answer.extensions.filter((one) => !one.succeeded);
    announce(failed.length === 0 ? "Synced." : `Sync failed: ${failed.map((one) => one.message).join("; ")}`);
  });
}

function acknowledge(incident, button) {
  return act(button, async () => {
    await api.acknowledge(incident.id);
    announce(`Incident ${incident.id} is acknowledged.`);
  });
}

function moveInBoard(step) {
  const buttons = [...document.querySelectorAll("button.region")];
  if (buttons.length === 0) return;
  const at = buttons.indexOf(document.activeElement);
  const next = at === -1 ? (step > 0 ? 0 : buttons.length - 1) : Math.min(Math.max(at + step, 0), buttons.length - 1);
  buttons[next].focus();
}

const kKeys = {
  j: () => moveInBoard(1),
  k: () => moveInBoard(-1),
  s: sync,
  "/": () => byId("region-filter").focus(),
  "?": () => byId("help").showModal(),
};

function onKey(event) {
  const typing = event.target instanceof HTMLElement && event.target.closest("input, select, textarea, dialog");
  if (event.ctrlKey || event.metaKey || event.altKey || typing || !(event.key in kKeys)) return;
  event.preventDefault();
  kKeys[event.key]();
}

function setFilter(text) {
  view.filter = text;
  writeView();
  drawEverything();
}

// ---- the start

function onEvents(events) {
  reloadSoon();
  const last = events.findLast((event) => /^incident\./.test(event.type));
  if (last && events.length < 20) announce(last.text);
}

function connect() {
  const timeline = new Timeline(onEvents);
  follow(
    (event) => timeline.add(event),
    (connection) => {
      state.connection = connection;
      if (connection === "open") reloadSoon();
      drawStatus();
    },
  );
}

byId("sync").addEventListener("click", sync);
byId("help-open").addEventListener("click", () => byId("help").showModal());
byId("extension-choice").addEventListener("change", (event) => {
  view.extension = event.target.value;
  writeView();
  drawEverything();
});
byId("region-filter").addEventListener("input", (event) => setFilter(event.target.value));
byId("region-filter").addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.target.value = "";
  setFilter("");
  event.target.blur();
});
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => act(button, () => api.advance(button.dataset.advance)));
}
byId("clock-flow").addEventListener("click", () => act(byId("clock-flow"), async () => {
  const clock = await api.freeze(state.clock?.mode === "real");
  announce(clock.frozen ? "The clock stands still." : "Time passes as on the machine.");
}));
document.addEventListener("keydown", onKey);
addEventListener("hashchange", async () => {
  await openSession();
  readView();
  byId("region-filter").value = view.filter;
  reloadSoon();
});

await openSession();
readView();
byId("region-filter").value = view.filter;
await reload();
connect();
setInterval(drawClock, 500);
setInterval(() => document.hidden || reloadSoon(), kReloadEvery);
