// What stands beside and below the board: the inspector, the incidents, the versions.

import { addresses } from "./board.js";
import { byId, draw, el, link, plural, sizeOf, timeOf } from "./dom.js";

const placeOf = (where) => (where ? [where.file, where.line, where.column].filter(Boolean).join(":") : "");

function pair(name, value) {
  return [el("dt", {}, name), el("dd", {}, value)];
}

/** `chosen`: {extension, region, answer, error} or null. */
export function drawInspector(chosen, info) {
  draw(byId("inspector"), [chosen, info?.urls], () => {
    if (!chosen) return el("p", { class: "muted" }, "Choose a region to see which version it gets, and why.");
    const { extension, region, answer, error } = chosen;
    const title = el("h3", {}, `${region.displayName || region.region} · ${region.stage}`);
    if (error) return [title, el("p", { class: "error" }, error)];
    if (!answer) return [title, el("p", { class: "muted" }, "Asking why …")];
    const to = addresses(info, extension);
    return [
      title,
      el(
        "dl",
        { class: "pairs" },
        pair("gets", answer.version ? el("span", { class: "version" }, answer.version) : el("span", { class: "bad-text" }, answer.failure?.message ?? "nothing")),
        pair("serves", el("span", { class: "version" }, region.servedVersion ?? "nothing yet")),
        region.pendingVersion && pair("on its way", el("span", { class: "version" }, region.pendingVersion)),
        pair("last sync", timeOf(region.lastSync)),
        pair("next poll", timeOf(region.nextPoll)),
        pair("lag", `${region.lagSeconds} s`),
        answer.environmentFile && pair("settings", el("span", { class: "mono" }, answer.environmentFile)),
        answer.environmentFailure && pair("settings", el("span", { class: "bad-text" }, answer.environmentFailure.message)),
      ),
      el(
        "ol",
        { class: "reasons", "aria-label": "Why" },
        answer.reasons.map((reason) => el("li", {}, reason.text, el("small", {}, [reason.code, placeOf(reason.source)].filter(Boolean).join(" · ")))),
      ),
      answer.counterfactuals?.length > 0 && el("ul", { class: "otherwise", "aria-label": "What would change it" }, answer.counterfactuals.map((one) => el("li", {}, one.text))),
      info.urls.hosting && el("p", {}, link(to.region(region.region), "Open what this region serves")),
    ];
  });
}

function finding(problem) {
  return [
    el("p", {}, el("span", { class: "mono muted" }, placeOf(problem.where)), problem.where ? " " : "", problem.message),
    problem.frame && el("pre", { class: "frame", tabindex: "0", "aria-label": "The place in the file" }, problem.frame),
    problem.hint && el("p", { class: "hint" }, problem.hint),
  ];
}

function stateOf(incident) {
  if (incident.state !== "open") return "✔ resolved";
  return incident.acknowledged ? "▲ acknowledged" : "▲ open";
}

/** ` by somebody: their words`, as far as there is anything. */
function said(by, note) {
  return (by ? ` by ${by}` : "") + (note ? `: ${note}` : "");
}

function incidentCard(incident, onAcknowledge) {
  const regions = incident.regions.slice(0, 6).join(", ") + (incident.regions.length > 6 ? ` and ${incident.regions.length - 6} more` : "");
  const isFinding = incident.evidence.some((problem) => incident.message.endsWith(problem.message)); // told below, with its place
  return el(
    "article",
    { class: `incident ${incident.state} ${incident.severity}` },
    el(
      "h3",
      {},
      `#${incident.id} ${incident.severity === "note" ? "note" : "SEV3"} ${stateOf(incident)}`,
      el("span", { class: "mono muted" }, incident.code ?? ""),
      el("span", { class: "muted" }, incident.extension),
    ),
    !isFinding && el("p", {}, incident.message),
    incident.evidence.map(finding),
    el(
      "p",
      { class: "muted" },
      "since ", timeOf(incident.firstSeen), `, seen ${plural(incident.occurrences, "time")}`,
      incident.acknowledged && ["; acknowledged ", timeOf(incident.acknowledged), said(incident.acknowledgedBy, incident.acknowledgedNote)],
      incident.resolved && ["; resolved ", timeOf(incident.resolved), said(incident.resolvedBy, incident.resolvedNote)],
      regions && `; ${regions}`,
    ),
    incident.owner && el("p", {}, "owner ", incident.owner.includes("@") ? link(`mailto:${encodeURIComponent(incident.owner).replace("%40", "@")}`, incident.owner) : incident.owner),
    incident.state === "open" && !incident.acknowledged &&
      el("button", { type: "button", class: "acknowledge", "data-key": `ack-${incident.id}`, onclick: (event) => onAcknowledge(incident, event.currentTarget) }, "Acknowledge"),
  );
}

/** `onAcknowledge(incident, button)` is called when somebody says that they have seen it. */
export function drawIncidents(incidents, onAcknowledge) {
  const open = incidents.filter((incident) => incident.state === "open");
  const resolved = incidents.filter((incident) => incident.state !== "open");
  byId("incident-count").textContent = String(open.length);
  byId("incident-count").dataset.any = String(open.length > 0);
  draw(byId("incidents"), incidents, () => [
    open.length === 0 && el("p", { class: "muted" }, "None is open."),
    ...open.map((incident) => incidentCard(incident, onAcknowledge)),
    resolved.length > 0 &&
      el("details", { "data-key": "resolved" }, el("summary", { "data-key": "resolved-summary" }, `${resolved.length} resolved`), resolved.map((incident) => incidentCard(incident, onAcknowledge))),
  ]);
}

function versionTable(extension, info) {
  const to = addresses(info, extension);
  const head = el(
    "tr",
    {},
    el("th", { scope: "col" }, "Version"),
    el("th", { scope: "col", class: "number" }, "Zip"),
    el("th", { scope: "col", class: "number" }, "Files"),
    el("th", { scope: "col" }, "Used by"),
    el("th", { scope: "col" }, "SHA-256"),
  );
  const rows = extension.versions.map((held) => {
    const address = to.stamp(held.version.replaceAll(".", "d"));
    return el(
      "tr",
      {},
      el("th", { scope: "row", class: "version" }, address ? link(address, held.version) : held.version),
      el("td", { class: "number" }, sizeOf(held.zipBytes)),
      el("td", { class: "number" }, String(held.files)),
      el("td", {}, held.usedBy.join(", ") || el("span", { class: "muted" }, "nothing")),
      el("td", { class: "mono", title: held.sha256 ?? "" }, held.sha256 ? `${held.sha256.slice(0, 12)}…` : "not yet on disk"),
    );
  });
  return el("div", { class: "table-wrap" }, el("table", {}, el("caption", {}, extension.name), el("thead", {}, head), el("tbody", {}, rows)));
}

export function drawVersions(extensions, info, choice) {
  const shown = extensions.filter((extension) => (choice === "" || extension.hostingServiceName === choice) && extension.versions.length > 0);
  draw(byId("versions"), [shown, info?.urls], () =>
    shown.length > 0 ? shown.map((extension) => versionTable(extension, info)) : el("p", { class: "muted" }, "None yet."),
  );
}
