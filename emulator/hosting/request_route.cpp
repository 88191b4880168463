#include "emulator/hosting/request_route.h"

#include <cstddef>
#include <vector>

#include "emulator/base/text.h"

namespace exthost::hosting {
namespace {

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments = base::split(path, '/');
  std::erase_if(segments, [](const std::string& segment) { return segment.empty(); });
  return segments;
}

std::string join_from(const std::vector<std::string>& segments, std::size_t first) {
  std::string path;
  for (std::size_t i = first; i < segments.size(); ++i) {
    if (i > first) path += '/';
    path += segments[i];
  }
  return path;
}

}  // namespace

Route route_of(std::string_view path) {
  std::vector<std::string> segments = segments_of(path);
  const auto is = [&](std::size_t index, std::string_view word) {
    return index < segments.size() && base::equals_ignoring_case(segments[index], word);
  };
  if (is(0, "cdn")) segments.erase(segments.begin());

  Route route;
  if (segments.empty()) {
    route.kind = Route::Kind::root;
    return route;
  }
  if (is(0, "_emu")) {
    route.kind = Route::Kind::emulator;
    route.path = join_from(segments, 1);
    return route;
  }
  if (is(0, "api")) {
    if (segments.size() == 2 && is(1, "diagnostics")) route.kind = Route::Kind::all_diagnostics;
    return route;
  }
  if (is(1, "cdn")) segments.erase(segments.begin() + 1);
  route.extension = base::to_lower(segments[0]);
  if (segments.size() == 1) {
    route.kind = Route::Kind::page;
    return route;
  }
  if (is(1, "api")) {
    if (segments.size() == 3 && is(2, "diagnostics")) route.kind = Route::Kind::extension_diagnostics;
    return route;
  }
  if (is(1, "content")) {
    route.kind = Route::Kind::content;
    route.path = join_from(segments, 2);
    return route;
  }
  route.stamp = segments[1];
  if (segments.size() == 2) {
    route.kind = Route::Kind::page;
  } else if (is(2, "content")) {
    route.kind = Route::Kind::content;
    route.path = join_from(segments, 3);
  }
  return route;
}

}  // namespace exthost::hosting
