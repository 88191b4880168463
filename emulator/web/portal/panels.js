// What the page shows around the frame. Each function fills one place from values and keeps nothing.

import { copyButton, element } from "./dom.js";
import { steps } from "./session.js";

const milliseconds = (value) => (value < 10 ? value.toFixed(1) : Math.round(value).toString()) + " ms";

/** The load's steps as they came, then those to come; a bar shows where in the whole load each one was. */
export function showTimeline(place, session) {
  const longest = Math.max(1, ...session.times.values());
  const timed = steps.map(({ id, label }) => ({ label, at: session.times.get(id) }));
  const order = ({ at }) => at ?? Number.MAX_VALUE;
  place.replaceChildren(...timed.sort((a, b) => order(a) - order(b)).map(({ label, at }) => {
    const done = at !== undefined;
    const bar = element("progress", { max: longest, value: done ? at : 0, "aria-hidden": "true" });
    return element("li", { class: done ? "done" : "waiting" },
      element("span", { class: "mark", "aria-hidden": "true", text: done ? "✓" : "" }),
      element("span", { class: "step", text: label }),
      element("span", { class: "time", text: done ? milliseconds(at) : "–" }),
      bar);
  }));
}

/** One sentence on how far a load is: { kind, text }. */
export function loadState(session) {
  if (session.failure) return { kind: "failed", text: `${session.failure.name} after ${session.failure.seconds} s` };
  const complete = session.times.get("initializationcomplete");
  if (complete !== undefined) return { kind: "good", text: `Loaded in ${milliseconds(complete)}` };
  if (session.has("firstMessage")) return { kind: "waiting", text: "The extension is initializing…" };
  if (session.has("loaded")) return { kind: "waiting", text: "The page is there; no message from it yet" };
  return { kind: "waiting", text: "Loading the page…" };
}

export function showLoadFailure(place, failure) {
  place.hidden = !failure;
  if (!failure) return;
  place.replaceChildren(
    element("p", { class: "failure-name", text: failure.name }),
    element("p", { text: failure.what }),
    element("ul", {}, ...failure.causes.map((cause) => element("li", { text: cause }))));
}

/** A text that may be broken behind its slashes. */
const breakable = (text) => text.split(/(?<=\/)/).flatMap((part, index) => index === 0 ? [part] : [element("wbr"), part]);

/** A definition list from pairs; pairs without a value are left out. */
export function showFacts(place, pairs) {
  place.replaceChildren(...pairs.filter(([, value]) => value).flatMap(([name, value]) => [
    element("dt", { text: name }), element("dd", {}, ...breakable(value))]));
}

/** Whether a reason's code says that something asked for did not happen. */
export const isWarning = (code) => /IGNORED|REFUSED|UNKNOWN|BROKEN|NOT_EMULATED/.test(code);

function reasonItem(reason) {
  return element("li", { class: isWarning(reason.code) ? "reason warned" : "reason" },
    element("span", { class: "reason-text", text: reason.text }),
    element("span", { class: "reason-meta" },
      reason.source ? element("code", { class: "source", text: reason.source }) : null,
      element("code", { class: "code", text: reason.code })));
}

/** Why this version: every rule in the order in which it was applied, then what other stamps would give. */
export function showExplanation(place, view, extension, linkToStamp) {
  const answer = extension?.answer;
  const region = answer?.region || view.region;
  const regionName = view.regions.find(({ name }) => name === region)?.displayName ?? region;
  const served = answer?.version ? [element("strong", { text: answer.version }),
    ` of ${extension.name} is served in ${regionName}, for these reasons:`]
    : [!extension ? "No extension is registered."
      : extension.origin === "local" ? `${extension.name} is loaded from ${extension.baseUrl}, where no stage decides. The reasons:`
        : `No version of ${extension.name} is served, for these reasons:`];
  const reasons = [...view.reasons, ...(extension?.reasons ?? []), ...(answer?.reasons ?? [])];
  const otherwise = view.counterfactuals ?? [];
  const stamps = answer?.knownStamps ?? [];
  place.replaceChildren(element("div", { class: "columns" },
    element("div", {},
      element("p", { class: "lead" }, ...served),
      element("ol", { class: "reasons" }, ...reasons.map(reasonItem)),
      otherwise.length === 0 ? null : element("ul", { class: "otherwise" },
        ...otherwise.map(({ text, change }) => element("li", {}, change.kind === "url"
          ? element("a", { href: change.value, "data-inner": true, text }) : text)))),
    stamps.length === 0 ? null : element("div", {},
      element("h3", { text: "Every stamp there is" }),
      element("table", { class: "table" },
        element("thead", {}, element("tr", {},
          element("th", { scope: "col", text: "Stamp" }), element("th", { scope: "col", text: "Version" }))),
        element("tbody", {}, ...stamps.map((stamp) => element("tr", { class: stamp.name === answer.stage || stamp.name === extension.stamp ? "current" : null },
          element("th", { scope: "row" }, element("a", { href: linkToStamp(stamp.name), "data-inner": true, text: stamp.name })),
          element("td", { text: stamp.version }))))))));
}

function show(data) {
  if (data === undefined) return "";
  if (typeof data === "string") return data;
  try {
    return JSON.stringify(data);
  } catch {
    return String(data);
  }
}

export function messageRow(message, at) {
  const incoming = message.direction === "in";
  return element("tr", { class: message.note ? "noted" : null },
    element("td", { class: "number", text: milliseconds(at) }),
    element("td", { text: incoming ? "← extension" : "→ extension" }),
    element("td", {}, element("code", { text: message.kind || "–" })),
    element("td", { class: "data" }, show(message.data), message.note ? element("em", { text: ` ${message.note}` }) : null),
    element("td", { class: "muted", text: message.signature ?? "" }));
}

export function showMessages(place, rows) {
  const head = ["At", "Direction", "Kind", "Data", "Signature"];
  place.replaceChildren(rows.length === 0
    ? element("p", { class: "empty", text: "Nothing was said yet. A frame blade begins with “ready”." })
    : element("table", { class: "table" },
      element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col", text })))),
      element("tbody", {}, ...rows)));
}

/** The merged settings as the hosting service answers them. `settings`: { body } or { error }. */
export function showSettings(place, settings, answer) {
  if (!settings) {
    place.replaceChildren(element("p", { class: "empty", text: "Only the hosting service can tell an extension's settings." }));
    return;
  }
  if (settings.error) {
    place.replaceChildren(element("p", { class: "empty", text: settings.error }));
    return;
  }
  const merged = settings.body.environment ?? {};
  place.replaceChildren(
    element("p", { class: "lead" }, "What the page finds in ", element("code", { text: "window.fx.environment" }), ": ",
      element("code", { text: "default.json" }), answer?.environmentFile ? " overlaid by " : "",
      answer?.environmentFile ? element("code", { text: answer.environmentFile }) : null,
      settings.body.pageVersion ? ` of version ${settings.body.pageVersion}` : ""),
    element("table", { class: "table" },
      element("thead", {}, element("tr", {}, element("th", { scope: "col", text: "Setting" }), element("th", { scope: "col", text: "Value" }))),
      element("tbody", {}, ...Object.keys(merged).sort().map((key) => element("tr", {},
        element("th", { scope: "row", text: key }), element("td", {}, element("code", { text: show(merged[key]) })))))));
}

/** The addresses of this load. `rows`: { name, url, note, open }. `pageForm`: chooses another page of the version. */
export function showUrls(place, rows, pageForm) {
  place.replaceChildren(
    element("table", { class: "table urls" },
      element("tbody", {}, ...rows.filter((row) => row.url).map((row) => element("tr", {},
        element("th", { scope: "row" }, row.name, element("span", { class: "note", text: row.note })),
        element("td", {}, row.open
          ? element("a", { href: row.url, target: "_blank", rel: "noreferrer noopener", text: row.url })
          : element("code", { text: row.url })),
        element("td", { class: "actions" }, copyButton(row.url, row.name)))))),
    pageForm);
}

/** The panel in the frame's place when there is nothing to load: a heading, sentences and links. */
export function showFailure(place, failure) {
  place.hidden = !failure;
  if (!failure) return;
  place.replaceChildren(
    element("div", { class: "failure-card" },
      element("p", { class: "failure-code", text: failure.code }),
      element("h2", { text: failure.title }),
      element("p", { text: failure.text }),
      failure.links.length === 0 ? null : element("p", { class: "links" }, ...failure.links.map(({ text, href, outer }) => outer
        ? element("a", { class: "button", href, target: "_blank", rel: "noreferrer noopener", text })
        : element("a", { class: "button", href, "data-inner": true, text })))));
}

/** A bar across the page. `actions`: { text, href } or { text, run }. */
export function bar(kind, text, actions = []) {
  const icons = { warning: "⚠", error: "✖", info: "ⓘ", trust: "⚠" };
  return element("div", { class: `bar bar-${kind}`, role: kind === "error" ? "alert" : null },
    element("span", { class: "bar-icon", "aria-hidden": "true", text: icons[kind] }),
    element("span", { class: "bar-text", text }),
    ...actions.map((action) => action.href
      ? element("a", { class: "button small", href: action.href, "data-inner": true, text: action.text })
      : element("button", { class: "button small", type: "button", text: action.text, onclick: action.run })));
}
