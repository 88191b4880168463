#include "emulator/hosting/live_reload.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "emulator/base/embedded_file.h"
#include "emulator/base/guarded.h"
#include "emulator/base/text.h"

namespace exthost::hosting {

/// Defined by the source that CMakeLists.txt has made of the folder live_reload.
std::span<const base::EmbeddedFile> live_reload_files();

namespace {

/// A page that is open and well answers in a few milliseconds; one that is not must not hold up the line that
/// tells of a publish for longer than a person would notice.
constexpr std::chrono::milliseconds kLongestWaitForPages{250};

/// One script of all files, since a page's own policy may forbid a script to load another. Its names are its
/// own.
std::string joined_script() {
  std::string script = "(() => {\n\"use strict\";\n";
  for (const base::EmbeddedFile& file : live_reload_files()) script += file.bytes;
  return script + "})();\n";
}

struct Stream {
  std::string extension;  // empty: all
  std::shared_ptr<http::StreamSink> sink;
};

std::string event_text(std::string_view type, const std::string& data) {
  return "event: " + std::string(type) + "\ndata: " + data + "\n\n";
}

}  // namespace

struct LiveReload::Streams {
  base::Guarded<std::map<std::uint64_t, Stream>> open;
  base::Guarded<std::uint64_t> last_id;
  PageTally tally;

  std::vector<Stream> all() const {
    return open.with([](const std::map<std::uint64_t, Stream>& streams) {
      std::vector<Stream> copies;
      for (const auto& [id, stream] : streams) copies.push_back(stream);
      return copies;
    });
  }

  std::vector<Stream> about(std::string_view extension) const {
    std::vector<Stream> streams = all();
    std::erase_if(streams, [&](const Stream& stream) {
      return !stream.extension.empty() && stream.extension != extension;
    });
    return streams;
  }
};

LiveReload::LiveReload() : streams_(std::make_shared<Streams>()) {}

std::string_view LiveReload::script() {
  static const std::string script = joined_script();
  return script;
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
    sink->send("retry: 500\n" + event_text("version", "{\"extension\":\"\"}"));
    return std::shared_ptr<void>(nullptr, [streams, id](void*) {
      streams->open.with([&](std::map<std::uint64_t, Stream>& open) { open.erase(id); });
    });
  }};
  return response;
}

std::size_t LiveReload::tell_version(std::string_view extension, const std::string& members) const {
  const std::vector<Stream> streams = streams_->about(extension);
  // Also if nobody is told: then nobody took this change, whoever took the one before.
  const std::uint64_t change = streams_->tally.begin(extension, streams.size());
  const std::string event =
      event_text("version", "{\"extension\":" + base::json_quote(extension) +
                                ",\"change\":" + std::to_string(change) + "," + members + "}");
  for (const Stream& stream : streams) stream.sink->send(event);
  return streams.size();
}

void LiveReload::tell_problems(std::string_view extension) const {
  const std::string event = event_text("problems", "{\"extension\":" + base::json_quote(extension) + "}");
  for (const Stream& stream : streams_->about(extension)) stream.sink->send(event);
}

PageTally& LiveReload::tally() const {
  return streams_->tally;
}

PageCounts LiveReload::wait_for_pages(std::string_view extension) const {
  return streams_->tally.take(extension, kLongestWaitForPages);
}

void LiveReload::close() const {
  streams_->tally.close();
  for (const Stream& stream : streams_->all()) stream.sink->close();
}

}  // namespace exthost::hosting
