// Keeps an open page at what the emulator serves. Joined with stylesheets.js and overlay.js to one script (live_reload.cpp).
//
// One page of a browser holds the stream and passes events on, since a browser opens only six connections to an origin. Who
// holds it is settled by a lock, which goes to another page when that one closes. An event says only that something happened:
// each page then asks what that means for itself.

const page = document.currentScript.dataset;
const overlay = new Overlay();
const versions = new Set([page.version.toLowerCase()]);  // that this document has shown
let version = page.version;
let checking = false;
let waiting = null;  // the newest event that came while checking

async function ask(change) {
  const query = new URLSearchParams({ extension: page.extension, region: page.region, stamp: page.stamp, version });
  if (change) query.set("change", change);
  const answer = await fetch(`/_emu/v1/reload/page?${query}`, { cache: "no-store" });
  return answer.ok ? answer.json() : null;
}

/** Becomes `next` without a reload; false if only a reload does it. */
async function takeOver(next, stylesheets) {
  if (!stylesheets) return false;
  // A portal of ours would otherwise reload the frame for a version that it does not yet show.
  if (parent !== window) parent.postMessage({ signature: "exthost-emu", kind: "version", data: next }, "*");
  try {
    await takeStylesheets({ files: stylesheets.map((name) => name.toLowerCase()), version: next, versions });
  } catch {
    return false;
  }
  version = next;
  versions.add(next.toLowerCase());
  return true;
}

async function check(change) {
  if (checking) {
    waiting = { change: change ?? waiting?.change };
    return;
  }
  checking = true;
  try {
    const answer = await ask(change);
    if (answer?.version && answer.version !== version && !(await takeOver(answer.version, answer.stylesheets))) {
      location.reload();
      return;
    }
    if (answer) overlay.show(answer.problems, answer.version);
  } catch { /* The emulator is away: its stream tells when it is back. */ }
  checking = false;
  if (waiting) {
    const next = waiting;
    waiting = null;
    check(next.change);
  }
}

const changed = ({ extension, change }) => {
  if (!extension || extension === page.extension) check(change);
};

// Every page holds a lock of its extension's name for as long as it lives, so that they can be counted.
const lockOf = (extension) => `exthost-emu page of ${extension}`;

async function countPages(extension) {
  if (!navigator.locks) return extension === page.extension ? 1 : 0;
  const { held } = await navigator.locks.query();
  return held.filter(({ name }) => name === lockOf(extension)).length;
}

const channel = new BroadcastChannel("exthost-live-reload");
channel.onmessage = ({ data }) => changed(data);

async function announce({ extension, change }) {
  if (change) {
    const pages = await countPages(extension).catch(() => 0);
    fetch(`/_emu/v1/reload/pages?change=${change}&pages=${pages}`, { cache: "no-store", keepalive: true }).catch(() => {});
  }
  channel.postMessage({ extension, change });
  changed({ extension, change });
}

function follow() {
  const stream = new EventSource("/_emu/v1/reload");
  for (const type of ["version", "problems"]) {
    stream.addEventListener(type, ({ data }) => announce(JSON.parse(data)));
  }
  return new Promise(() => {});
}

if (navigator.locks) {
  navigator.locks.request(lockOf(page.extension), { mode: "shared" }, () => new Promise(() => {})).catch(() => {});
  navigator.locks.request("exthost-live-reload", follow).catch(() => {});
} else {
  follow();
}
check();
