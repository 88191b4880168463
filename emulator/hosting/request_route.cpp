#include "emulator/hosting/request_route.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "emulator/base/text.h"

namespace exthost::hosting {
namespace {

constexpr std::size_t kUsualSegments = 8;  // room for them is made at once

using Segments = std::vector<std::string_view>;

Segments segments_of(std::string_view path) {
  Segments segments;
  segments.reserve(kUsualSegments);
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash != 0) segments.push_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return segments;
}

std::string join_from(const Segments& segments, std::size_t first) {
  std::size_t size = 0;
  for (std::size_t i = first; i < segments.size(); ++i) size += segments[i].size() + 1;
  std::string path;
  path.reserve(size);
  for (std::size_t i = first; i < segments.size(); ++i) {
    if (i > first) path += '/';
    path += segments[i];
  }
  return path;
}

}  // namespace

Route route_of(std::string_view path) {
  Segments segments = segments_of(path);
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
