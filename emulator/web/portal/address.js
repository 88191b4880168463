// The page's address is its whole state: production's query strings, and our own `region` and `page`.

const stampFlag = "feature.canmodifystamps";

/** The names of parameters that equal `name` without regard to case, as the portal compares them. */
function sameNames(query, name) {
  return [...new Set(query.keys())].filter((key) => key.toLowerCase() === name.toLowerCase());
}

/** The address with parameters set (a string) or removed (null). */
export function withParameters(changes) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    for (const same of sameNames(url.searchParams, name)) url.searchParams.delete(same);
    if (value !== null) url.searchParams.set(name, value);
  }
  // As people type it, and as production shows it; the rest stays encoded.
  url.search = url.search.replace(/%2F/gi, "/");
  return url.href;
}

/** The address that loads a stamp of an extension, or its region's default for "". */
export function withStamp(extension, stamp) {
  return stamp ? withParameters({ [stampFlag]: "true", [extension]: stamp })
    : withParameters({ [stampFlag]: null, [extension]: null });
}

/** The address that shows an extension; sideloads in the fragment are kept. */
export function withExtension(extension) {
  const url = new URL(location.href);
  const sideloads = url.hash.match(/[?&](testExtensions=.*)$/i);
  url.hash = `blade/${encodeURIComponent(extension)}${sideloads ? `?${sideloads[1]}` : ""}`;
  return url.href;
}

/** The extension that `#blade/<name>` asks for, or "". */
export function bladeName() {
  const match = location.hash.match(/^#\/?blade\/([^/?&]+)/i);
  if (!match) return "";
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return match[1];
  }
}

/** The same page and query on another portal host. */
export function onOrigin(origin) {
  return origin + location.pathname + location.search + location.hash;
}

/** Production's address of the same load: without what only the emulator knows. */
export function inProduction(portalHost) {
  const url = new URL(withParameters({ region: null, page: null, location: null, environment: null }));
  return `https://${portalHost}${url.pathname}${url.search}${url.hash}`;
}

/** Seconds that the portal waits for an extension: the flag feature.extloadtimeout, else `standard`. */
export function loadTimeoutSeconds(standard) {
  const query = new URL(location.href).searchParams;
  const [name] = sameNames(query, "feature.extloadtimeout");
  const given = name ? Number(query.get(name)) : NaN;
  return given > 0 && given <= 3600 ? given : standard;
}
