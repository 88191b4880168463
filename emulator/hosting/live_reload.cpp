#include "emulator/hosting/live_reload.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace exthost::hosting {
namespace {

// One page holds the stream and passes events on, since a browser opens only six connections to an origin.
// Who holds it is settled by a lock, which goes to another page when that one closes.
constexpr std::string_view kScript = R"js((() => {
  'use strict';
  const page = document.currentScript.dataset;
  const query = new URLSearchParams({ extension: page.extension, region: page.region, stamp: page.stamp });
  let checking = false, again = false;

  async function check() {
    if (checking) { again = true; return; }
    checking = true;
    try {
      const answer = await fetch('/_emu/v1/reload/version?' + query, { cache: 'no-store' });
      if (answer.ok && (await answer.json()).version !== page.version) { location.reload(); return; }
    } catch { /* The emulator is away: its stream tells when it is back. */ }
    checking = false;
    if (again) { again = false; check(); }
  }

  const channel = new BroadcastChannel('exthost-live-reload');
  const changed = (extension) => { if (!extension || extension === page.extension) check(); };
  const announce = (extension) => { channel.postMessage(extension); changed(extension); };
  channel.onmessage = (message) => changed(message.data);

  function follow() {
    const stream = new EventSource('/_emu/v1/reload');
    stream.addEventListener('version', (event) => announce(JSON.parse(event.data).extension));
    return new Promise(() => {});
  }
  if (navigator.locks) navigator.locks.request('exthost-live-reload', follow).catch(() => {}); else follow();
  check();
})();
)js";

struct Stream {
  std::string extension;  // empty: all
  std::shared_ptr<http::StreamSink> sink;
};

}  // namespace

struct LiveReload::Streams {
  base::Guarded<std::map<std::uint64_t, Stream>> open;
  base::Guarded<std::uint64_t> last_id;

  std::vector<Stream> all() const {
    return open.with([](const std::map<std::uint64_t, Stream>& streams) {
      std::vector<Stream> copies;
      for (const auto& [id, stream] : streams) copies.push_back(stream);
      return copies;
    });
  }
};

LiveReload::LiveReload() : streams_(std::make_shared<Streams>()) {}

std::string_view LiveReload::script() {
  return kScript;
}

http::Response LiveReload::open_stream(std::string extension) const {
  http::Response response;
  response.headers.add("Content-Type", "text/event-stream; charset=utf-8");
  response.headers.add("Cache-Control", "no-store");
  response.body = http::StreamBody{[streams = streams_, extension = std::move(extension)](
                                       std::shared_ptr<http::StreamSink> sink) -> std::shared_ptr<void> {
    const std::uint64_t id = streams->last_id.with([](std::uint64_t& last) { return ++last; });
    streams->open.with([&](std::map<std::uint64_t, Stream>& open) {
      open.emplace(id, Stream{extension, sink});
    });
    // A page that missed something while there was no stream looks now.
    sink->send("retry: 500\nevent: version\ndata: {\"extension\":\"\"}\n\n");
    return std::shared_ptr<void>(nullptr, [streams, id](void*) {
      streams->open.with([&](std::map<std::uint64_t, Stream>& open) { open.erase(id); });
    });
  }};
  return response;
}

std::size_t LiveReload::tell(std::string_view extension, const std::string& data) const {
  std::size_t told = 0;
  for (const Stream& stream : streams_->all()) {
    if (!stream.extension.empty() && stream.extension != extension) continue;
    stream.sink->send("event: version\ndata: " + data + "\n\n");
    ++told;
  }
  return told;
}

void LiveReload::close() const {
  for (const Stream& stream : streams_->all()) stream.sink->close();
}

}  // namespace exthost::hosting
