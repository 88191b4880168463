// Takes over changed stylesheets without a reload: every link to one becomes a link to the new version's file.

/** What the page shows cannot be brought up to date by links alone; a reload can. */
class Unclear extends Error {}

/** Whether the hosting listener, or its CDN's edge, answers that URL. */
const isOurs = (url) =>
  url.port === location.port && (url.hostname === location.hostname || url.hostname.endsWith(".localhost"));

/** A part of a URL's path as text; as it stands if it is no valid encoding. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * What a URL names below `Content/`: { path, versionAt }, the path in lower case and without the version if it is one of
 * `versions`, whose place among the parts of the URL's path is `versionAt` (-1: there is none). Null for any other URL.
 */
function contentOf(url, versions) {
  if (!isOurs(url)) return null;
  const parts = url.pathname.split("/").map((part) => decoded(part).toLowerCase());
  const content = parts.findIndex((part) => part === "content");
  if (content < 0) return null;
  const below = parts.map((part, index) => ({ part, index })).slice(content + 1).filter(({ part }) => part !== "");
  const versioned = below.length > 1 && versions.has(below[0].part);
  return {
    path: below.slice(versioned ? 1 : 0).map(({ part }) => part).join("/"),
    versionAt: versioned ? below[0].index : -1,
  };
}

/** The changed file that a URL is answered with, or undefined: below `Content/`, else at the version's root (content.h). */
function changedFileAt(href, change) {
  const content = URL.canParse(href) ? contentOf(new URL(href), change.versions) : null;
  return content ? change.files.find((file) => file === `content/${content.path}` || file === content.path) : undefined;
}

/** The same file of the next version. What has no version in its URL gets a query that no cache has seen. */
function nextUrl(href, change) {
  const url = new URL(href);
  const { versionAt } = contentOf(url, change.versions) ?? { versionAt: -1 };
  if (versionAt < 0) {
    url.searchParams.set("exthost-emu", change.version);
    return url.href;
  }
  const parts = url.pathname.split("/");
  parts[versionAt] = encodeURIComponent(change.version);
  url.pathname = parts.join("/");
  return url.href;
}

/** The document, those of frames that have no live reload of their own, and every open shadow root in them. */
function rootsBelow(root) {
  const roots = [root];
  for (const element of root.querySelectorAll("*")) {
    if (element.shadowRoot) roots.push(...rootsBelow(element.shadowRoot));
    if (element.localName !== "iframe" && element.localName !== "frame") continue;
    const inner = element.contentDocument;
    if (inner === null && URL.canParse(element.src) && isOurs(new URL(element.src))) {
      throw new Unclear("a frame of the extension cannot be looked into");
    }
    if (inner && !inner.querySelector('script[src="/_emu/live-reload.js"]')) roots.push(...rootsBelow(inner));
  }
  return roots;
}

/** The URLs of all stylesheets that a sheet imports, and that those import. Throws if a sheet may not be read. */
function importsOf(sheet) {
  const imports = [];
  for (const rule of sheet.cssRules) {
    if (rule.constructor.name !== "CSSImportRule") continue;
    imports.push(new URL(rule.href, sheet.href ?? sheet.ownerNode?.baseURI).href);
    if (rule.styleSheet) imports.push(...importsOf(rule.styleSheet));
  }
  return imports;
}

/** Whether any document of `roots` has loaded the file, as far as the browser still knows. */
function wasLoaded(file, roots, change) {
  return roots.map((root) => root.defaultView).filter(Boolean).some(({ performance }) => {
    const loaded = performance.getEntriesByType("resource");
    const forgotten = loaded.length >= 250;  // the browser keeps no more, unless the page asks it to
    return forgotten || loaded.some(({ name }) => changedFileAt(name, change) === file);
  });
}

/** Puts a link to `href` behind `link`, which goes when the new one has loaded: the page never stands without style. */
function replaceLink(link, href) {
  const fresh = link.cloneNode();
  fresh.href = href;
  if (link.disabled) {
    link.replaceWith(fresh);
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    fresh.addEventListener("load", () => {
      if (fresh.sheet && link.sheet?.disabled) fresh.sheet.disabled = true;
      link.remove();
      resolve();
    }, { once: true });
    fresh.addEventListener("error", () => reject(new Unclear(`${href} did not load`)), { once: true });
    link.after(fresh);
  });
}

/** The changed files that a link, or an element with styles of its own, shows: its own file and what that imports. */
function changedFilesOf(owner, change) {
  const files = owner.href ? [changedFileAt(owner.href, change)] : [];
  if (owner.sheet) files.push(...importsOf(owner.sheet).map((href) => changedFileAt(href, change)));
  return files.filter(Boolean);
}

/**
 * Brings the page's stylesheets up to date. `change`: `files`, the changed entries of the version in lower case; `version`,
 * where they are now; `versions`, those that this page has had, in lower case. Resolves when all have loaded. Rejects if the
 * page may use a changed file in a way that a link does not reach: then only a reload helps, whatever was replaced.
 */
async function takeStylesheets(change) {
  const roots = rootsBelow(document);
  const shown = new Set();
  const links = [];
  let unreadable = false;
  for (const root of roots) {
    for (const owner of root.querySelectorAll('link[rel~="stylesheet" i], style')) {
      let files;
      try {
        files = changedFilesOf(owner, change);
      } catch {  // a sheet of another origin: what it imports is not ours to see
        unreadable = true;
        files = [changedFileAt(owner.href, change)].filter(Boolean);
      }
      if (files.length === 0) continue;
      if (owner.localName !== "link") throw new Unclear("a style element imports a changed file");
      for (const file of files) shown.add(file);
      links.push(owner);
    }
  }
  for (const file of change.files) {
    if (!shown.has(file) && (unreadable || wasLoaded(file, roots, change))) throw new Unclear(`${file} is used in another way`);
  }
  await Promise.all(links.map((link) => replaceLink(link, nextUrl(link.href, change))));
}
