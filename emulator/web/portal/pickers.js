// The pickers of the top bar. They write the address, and the address is what is loaded.

import * as address from "./address.js";
import { byId, element } from "./dom.js";

function option(value, text, current) {
  return element("option", { value, text, selected: value === current });
}

/** Fills the pickers with what there is to choose, and chooses what the view has. */
export function showPickers(view, extension) {
  const answer = extension?.answer;
  byId("pick-environment").replaceChildren(...view.environments.map((environment) =>
    option(environment.origin, `${environment.portalHost} (${environment.name})`,
      environment.name === view.environment.name ? environment.origin : "")));

  const groups = new Map();
  for (const region of view.regions) {
    const label = region.version ? `${region.stage} · ${region.version}` : "Regions";
    if (!groups.has(label)) groups.set(label, []);
    groups.get(label).push(region);
  }
  const order = (label) => (answer?.knownStamps ?? []).findIndex((stamp) => label.startsWith(`${stamp.name} ·`));
  byId("pick-region").replaceChildren(...[...groups].sort(([a], [b]) => order(a) - order(b)).map(([label, regions]) =>
    element("optgroup", { label }, ...regions.map((region) =>
      option(region.name, region.hasPortal ? region.displayName : `${region.displayName} (no users)`, view.region)))));

  const stamps = answer?.knownStamps ?? [];
  const current = extension?.stamp ?? "";
  const byDefault = view.regions.find((region) => region.name === view.region)?.version;
  const optionsOf = (kind) => stamps.filter((stamp) => (stamp.kind === "stage") === (kind === "stage"))
    .map((stamp) => option(stamp.name, `${stamp.name} · ${stamp.version}`, current));
  const known = stamps.some((stamp) => stamp.name === current);
  byId("pick-stamp").replaceChildren(
    option("", byDefault ? `Region's default · ${byDefault}` : "Region's default", current),
    ...(current && !known ? [option(current, current, current)] : []),
    element("optgroup", { label: "Stages" }, ...optionsOf("stage")),
    element("optgroup", { label: "Friendly names" }, ...optionsOf("friendly")));
  byId("pick-stamp").disabled = extension?.origin !== "hosting" || extension.sideloaded;

  const language = view.language.split(".")[0].toLowerCase();
  const listed = view.languages.some((one) => one.code === language);
  byId("pick-language").replaceChildren(
    ...view.languages.map((one) => option(one.code, one.name, language)),
    ...(listed ? [] : [option(language, view.language, language)]));
}

/** Lets the pickers write the address. `go` goes to one; `shownExtension` says whose stamp is picked. */
export function connectPickers(go, shownExtension) {
  byId("pickers").addEventListener("submit", (event) => event.preventDefault());
  byId("pick-environment").addEventListener("change", ({ target }) => location.assign(address.onOrigin(target.value)));
  byId("pick-region").addEventListener("change", ({ target }) => go(address.withParameters({ region: target.value })));
  byId("pick-stamp").addEventListener("change", ({ target }) => go(address.withStamp(shownExtension().name, target.value)));
  byId("pick-language").addEventListener("change", ({ target }) => go(address.withParameters({ l: target.value })));
}
