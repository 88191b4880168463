// What can stand in the way of a load, and what the user can do about it.

import * as address from "./address.js";

const trustKey = (extension) => `trust ${extension.name} ${extension.baseUrl}`;

/** Whether an extension may be loaded: nothing comes from an untrusted place before the user says so. */
export function isTrusted(view, extension) {
  return !extension.sideloaded || view.trustSideloads || sessionStorage.getItem(trustKey(extension)) === "allow";
}

export const isDenied = (extension) => sessionStorage.getItem(trustKey(extension)) === "deny";

/** `decision`: "allow" or "deny"; kept for as long as the tab is open. */
export function decideTrust(extension, decision) {
  sessionStorage.setItem(trustKey(extension), decision);
}

/** Why there is nothing to load ({ code, title, text, links }), or null. */
export function obstacleTo(view, extension) {
  const blade = address.bladeName();
  if (blade && extension?.name.toLowerCase() !== blade.toLowerCase()) {
    return { code: "", title: `extension ${blade} was not found`, links: [],
      text: "No registration and no sideload has that name. Names must equal the one in the extension's own definition." };
  }
  if (!extension) {
    return { code: "", title: "No extension is registered", links: [],
      text: "Name one in exthost-emu.json, or sideload one: ?feature.canmodifyextensions=true#?testExtensions={\"Name\":\"https://localhost:1339/name\"}" };
  }
  if (!extension.enabled) {
    const refused = extension.reasons.find(({ code }) => code === "SIDELOAD_REFUSED");
    const disabled = extension.reasons.findLast(({ code }) => code.startsWith("DISABLED"));
    return { code: "", title: `${extension.name} is ${refused ? "not loaded" : "disabled"}`,
      text: (refused ?? disabled ?? extension.reasons.at(-1))?.text ?? "",
      links: refused ? [] : [{ text: "Enable it for this session", href: address.withParameters({ [extension.name]: "true" }) }] };
  }
  if (extension.origin === "external") {
    return { code: "", title: "This extension is served by another machine", links: [],
      text: `It is registered at ${extension.uri}. The emulator loads nothing from elsewhere.` };
  }
  const failure = extension.answer?.failure;
  if (failure) {
    const stamps = extension.answer.version ? [] : extension.answer.knownStamps;
    return { code: failure.code ?? "", title: "The hosting service would refuse this", text: failure.message,
      links: [...stamps.slice(0, 8).map((stamp) => ({ text: stamp.name, href: address.withStamp(extension.name, stamp.name) })),
        { text: "Open its answer", href: extension.frameUrl, outer: true }] };
  }
  if (!isTrusted(view, extension)) {
    return { code: "Untrusted extension", title: `${extension.name} is sideloaded`, links: [],
      text: `Allow it above to load ${extension.baseUrl}.` };
  }
  return null;
}
