// The rollout board: for each extension its stages as columns, and under each the regions that it covers.

import { byId, draw, el, link, plural } from "./dom.js";

const kStates = {
  target: "on target",
  pulling: "still pulling",
  failed: "last good version, the last sync failed",
  none: "never synced",
};

const kManyRegions = 10; // a stage with more gets a wider column

/** `target`: the version that the region's stage points to, or null. */
function stateOf(region, target) {
  if (!region.servedVersion) return "none";
  if (region.pendingVersion || (target && region.servedVersion !== target)) return "pulling";
  return region.health === "last-good" ? "failed" : "target";
}

/** Where the emulator serves things; addresses of listeners that are off are null. */
export function addresses(info, extension) {
  const { portal, hosting } = info.urls;
  return {
    portal: (stamp) => portal && `${portal}/?${new URLSearchParams({ "feature.canmodifystamps": "true", [extension.name]: stamp })}`,
    stamp: (stamp) => hosting && `${hosting}/${encodeURIComponent(extension.hostingServiceName)}/${encodeURIComponent(stamp)}`,
    region: (region) => hosting && `${hosting}/${encodeURIComponent(extension.hostingServiceName)}?${new URLSearchParams({ region })}`,
  };
}

function describe(region, target) {
  const name = region.displayName || region.region;
  const state = stateOf(region, target);
  const moving = region.pendingVersion ? ` (${region.servedVersion} → ${region.pendingVersion})` : "";
  return `${name}: ${region.servedVersion ?? "nothing"}, ${kStates[state]}${moving}`;
}

function regionButton(region, target, selected, onChoose) {
  return el(
    "button",
    {
      type: "button",
      class: "region",
      "data-key": `${region.extension}/${region.region}`,
      "aria-pressed": String(selected),
      "aria-label": describe(region, target),
      title: describe(region, target),
      onclick: () => onChoose(region),
    },
    el("span", { class: `shape ${stateOf(region, target)}`, "aria-hidden": "true" }),
    el("span", {}, region.region),
  );
}

function stageColumn(extension, stage, regions, view) {
  const covered = regions.filter((region) => region.stage === stage.name);
  const shown = covered.filter((region) => matches(region, view.filter));
  const onTarget = covered.filter((region) => region.servedVersion === stage.version).length;
  const to = addresses(view.info, extension);
  const version = stage.version ?? "not set";
  return el(
    "section",
    { class: covered.length > kManyRegions ? "stage wide" : "stage", "aria-label": `${stage.name}, ${version}` },
    el("header", {}, el("h4", {}, stage.name), el("span", { class: "muted", title: "regions that serve the stage's version" }, covered.length > 0 ? `${onTarget}/${covered.length}` : "virtual")),
    stage.version && to.stamp(stage.name)
      ? link(to.stamp(stage.name), version, { class: "version", title: `Open ${stage.name} of the extension` })
      : el("span", { class: "version muted" }, version),
    covered.length > 0 &&
      el("progress", { max: covered.length, value: onTarget, "aria-label": `${onTarget} of ${plural(covered.length, "region")} on target` }),
    el(
      "div",
      { class: "regions", role: "group", "aria-label": `Regions of ${stage.name}`, "data-scroll": `${extension.hostingServiceName}/${stage.name}` },
      shown.map((region) => regionButton(region, stage.version, view.selected === `${region.extension}/${region.region}`, view.onChoose)),
      covered.length === 0 && el("span", { class: "muted" }, "no regions: reached by its name"),
      covered.length > 0 && shown.length === 0 && el("span", { class: "muted" }, "none matches the filter"),
    ),
  );
}

function matches(region, filter) {
  const wanted = filter.trim().toLowerCase();
  return wanted === "" || region.region.includes(wanted) || (region.displayName ?? "").toLowerCase().includes(wanted);
}

function extensionBoard(extension, regions, view) {
  const to = addresses(view.info, extension);
  const own = regions.filter((region) => region.extension === extension.hostingServiceName);
  const first = extension.stages[0]?.name ?? "";
  return el(
    "article",
    { class: "extension" },
    el(
      "div",
      { class: "extension-head" },
      el("h3", {}, extension.name),
      el("span", { class: "muted" }, extension.hostingServiceName),
      extension.sourceFolder && el("span", { class: "muted" }, `watching ${extension.sourceFolder}`),
      el(
        "span",
        { class: "links" },
        view.info.urls.portal && link(to.portal(first), "Portal"),
        view.info.urls.hosting && link(to.stamp(first), "Extension"),
        link(extension.containerUrl, "Storage"),
      ),
    ),
    extension.lastError && el("p", { class: "error" }, el("strong", {}, "Last sync failed: "), extension.lastError),
    extension.stages.length === 0
      ? el("p", { class: "muted" }, "Nothing has been synced yet.")
      : el(
          "div",
          { class: "stages", "data-scroll": extension.hostingServiceName },
          extension.stages.map((stage) => stageColumn(extension, stage, own, view)),
        ),
    extension.friendlyNames.length > 0 &&
      el(
        "ul",
        { class: "friendly", "aria-label": "Friendly names" },
        extension.friendlyNames.map((friendly) =>
          el("li", {}, to.stamp(friendly.name) ? link(to.stamp(friendly.name), friendly.name) : friendly.name, " ", el("span", { class: "version" }, friendly.version ?? "")),
        ),
      ),
  );
}

/** `view`: info, filter, extension (all if empty), selected (`extension/region`), onChoose(region). */
export function drawBoard(extensions, regions, view) {
  const shown = extensions.filter((extension) => view.extension === "" || extension.hostingServiceName === view.extension);
  draw(byId("extensions"), [shown, regions, view.info, view.filter, view.extension, view.selected], () =>
    shown.length > 0 ? shown.map((extension) => extensionBoard(extension, regions, view)) : el("p", { class: "muted" }, "No extension is hosted."),
  );
}
