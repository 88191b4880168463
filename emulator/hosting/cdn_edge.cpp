#include "emulator/hosting/cdn_edge.h"

#include <chrono>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/hosting/extension_service.h"
#include "emulator/hosting/request_route.h"
#include "emulator/http/conditions.h"
#include "emulator/model/codes.h"

namespace exthost::hosting {
namespace {

namespace codes = model::codes;
using http::Request;
using http::Response;

// Azure CDN's own words for it.
constexpr std::string_view kHit = "TCP_HIT";
constexpr std::string_view kMiss = "TCP_MISS";
constexpr std::string_view kPrivate = "PRIVATE_NOSTORE";

Response refuse_at_edge(const Request& request, int status, std::string_view code,
                        const std::string& detail) {
  Response response = refuse(request, status, code, detail);
  add_open_headers(response);
  return response;
}

/// The answer, whole or as the request's conditions and range want it.
Response serve(const Request& request, const std::shared_ptr<const CdnAnswer>& answer,
               std::string_view x_cache) {
  Response response;
  response.headers = answer->headers;
  response.headers.set("X-Cache", std::string(x_cache));
  const std::string etag(answer->headers.value("ETag"));
  switch (http::evaluate_conditions(request, etag, std::nullopt)) {
    case http::Condition::not_modified:
      response.status = 304;
      return response;
    case http::Condition::failed:
      response.status = 412;
      response.headers.set("Cache-Control", "no-store");
      return response;
    case http::Condition::proceed:
      break;
  }
  const std::uint64_t size = answer->body.size();
  const http::RangeDecision decision = http::decide_range(request, size, etag, std::nullopt);
  if (decision.kind == http::RangeKind::unsatisfiable) {
    response.status = 416;
    response.headers.set("Cache-Control", "no-store");
    response.headers.set("Content-Range", http::unsatisfied_content_range(size));
    return response;
  }
  std::string_view bytes = answer->body;
  if (decision.kind == http::RangeKind::partial) {
    const http::ByteRange& range = decision.range;
    response.status = 206;
    response.headers.set("Content-Range", http::content_range(range, size));
    bytes = bytes.substr(range.first, range.length);
  }
  response.body = std::vector<http::Slice>{{answer, bytes}};
  return response;
}

/// What an edge that speaks HTTP/1.1 to its origin says that it takes: one of few words, since each is kept
/// apart. Ranges are of the file itself.
std::string encodings_for(const Request& request) {
  if (request.headers.get("Range")) return {};
  std::string encodings;
  for (const char* coding : {"gzip", "br"}) {
    if (http::accepts_encoding(request, coding))
      encodings += (encodings.empty() ? "" : ", ") + std::string(coding);
  }
  return encodings;
}

std::string describe(const CdnPurge& purge, std::size_t count) {
  std::string what = purge.path.empty() ? "everything" : purge.host + purge.path;
  if (!purge.extension.empty()) what += " of " + purge.extension;
  return "The CDN edge was purged of " + what + ": " + base::counted(count, "kept file") + ".";
}

}  // namespace

class CdnEdge::Fetching {
 public:
  Fetching(CdnEdge& edge, const std::string& key) : edge_(edge), key_(key) {}
  Fetching(const Fetching&) = delete;
  Fetching& operator=(const Fetching&) = delete;
  ~Fetching() {
    {
      std::lock_guard lock(edge_.mutex_);
      edge_.fetching_.erase(key_);
    }
    edge_.fetched_.notify_all();
  }

 private:
  CdnEdge& edge_;
  const std::string& key_;
};

CdnEdge::CdnEdge(CdnSettings settings, http::Service& origin, const base::Clock& clock,
                 base::Journal& journal, CdnLimits limits)
    : settings_(std::move(settings)), origin_(origin), clock_(clock), journal_(journal), cache_(limits) {}

base::Result<CdnEdge::Asked> CdnEdge::understand(const Request& request, const std::string& name) const {
  Asked asked;
  const std::string extension = extension_of_namespace(settings_, name);
  auto target = http::parse_target(origin_target(request.target, extension));
  if (!target) return std::move(target).error();
  const Route route = route_of(target->path);
  if (route.kind != Route::Kind::content) {
    return base::Error{base::ErrorKind::not_found,
                       "the CDN edge has content only: /Content/… and /<extension>/Content/…",
                       std::string(codes::kUnknownRoute)};
  }
  constexpr std::string_view kAlias = "/CDN";
  asked.address.host = request.production_host;
  asked.address.path = request.target.path;
  asked.address.full_path = target->path.substr(kAlias.size());
  asked.address.extension = route.extension;

  asked.origin.method = "GET";
  asked.origin.target = *std::move(target);
  asked.origin.http_minor = settings_.origin_http_1_0 ? 0 : 1;
  asked.origin.secure = request.secure;
  asked.origin.host = "localhost";
  asked.origin.port = request.port;
  asked.origin.remote = request.remote;
  std::string encodings;
  if (!settings_.origin_http_1_0) encodings = encodings_for(request);
  if (!encodings.empty()) asked.origin.headers.add("Accept-Encoding", encodings);
  asked.key = request.production_host + request.target.raw + " " + encodings;
  return asked;
}

bool CdnEdge::may_block(const Request& request) const {
  const auto name = cdn_namespace(request.production_host);
  if (!name || !http::is_read(request)) return origin_.may_block(request);
  if (!settings_.on || outage_) return false;
  const auto asked = understand(request, *name);
  if (!asked) return false;
  std::lock_guard lock(mutex_);
  return !cache_.has(asked->key, clock_.now());
}

Response CdnEdge::handle(const Request& request) {
  const auto name = cdn_namespace(request.production_host);
  if (!name) return origin_.handle(request);
  if (!settings_.on) {
    return refuse_at_edge(request, 404, codes::kCdnOff,
                          request.production_host +
                              " is a host of a CDN, and the CDN edge is off; start with --cdn on, or set "
                              "\"cdn\": \"on\" in the settings");
  }
  const auto asked = understand(request, *name);
  if (outage_) {
    return refuse_at_edge(request, 503, codes::kCdnOutage,
                          "the CDN edge is down ('exthost-emu cdn outage off' ends that)" +
                              (asked ? "; the origin still has " + asked->address.full_path : std::string()));
  }
  if (!http::is_read(request)) return origin_.handle(request);
  if (!asked) return refuse_at_edge(request, 404, asked.error().code, asked.error().message);
  return answer(request, *asked);
}

Response CdnEdge::answer(const Request& request, const Asked& asked) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const base::WallTime now = clock_.now();
    if (const auto kept = cache_.find(asked.key, now)) {
      lock.unlock();
      ++hits_;
      Response response = serve(request, kept, kHit);
      const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - kept->fetched_at);
      response.headers.set("Age", std::to_string(age.count()));
      return response;
    }
    if (fetching_.insert(asked.key).second) break;
    fetched_.wait(lock, [&] { return fetching_.count(asked.key) == 0; });
  }
  const std::uint64_t purges = purges_;
  lock.unlock();
  const Fetching fetching(*this, asked.key);
  return fetch(request, asked, purges);
}

Response CdnEdge::fetch(const Request& request, const Asked& asked, std::uint64_t purges) {
  ++misses_;
  Response fresh = origin_.handle(asked.origin);
  const std::string_view x_cache = is_private(fresh) ? kPrivate : kMiss;
  const bool is_stream = std::holds_alternative<http::StreamBody>(fresh.body);
  if (fresh.status != 200 || is_stream || !cache_.takes(http::body_length(fresh.body))) {
    fresh.headers.set("X-Cache", std::string(x_cache));
    return fresh;
  }
  auto body = http::body_text(fresh.body);
  if (!body) return refuse_at_edge(request, 503, body.error().code, body.error().message);
  const std::optional<base::Duration> keep = time_to_keep(fresh);
  auto answer = std::make_shared<CdnAnswer>();
  answer->address = asked.address;
  answer->headers = std::move(fresh.headers);
  answer->body = std::move(*body);
  answer->fetched_at = clock_.now();
  answer->stale_at = answer->fetched_at + keep.value_or(base::Duration(0));
  if (keep) {
    std::lock_guard lock(mutex_);
    if (purges == purges_) cache_.put(asked.key, answer);
  }
  return serve(request, answer, x_cache);
}

std::size_t CdnEdge::purge(const CdnPurge& purge) {
  std::size_t count = 0;
  {
    std::lock_guard lock(mutex_);
    ++purges_;
    count = cache_.erase_if([&](const CdnAnswer& answer) { return is_purged(answer.address, purge); });
  }
  journal_.append("cdn.purged", purge.extension, describe(purge, count),
                  "{\"path\":" + base::json_quote(purge.path) + ",\"host\":" + base::json_quote(purge.host) +
                      ",\"entries\":" + std::to_string(count) + "}");
  return count;
}

void CdnEdge::set_outage(bool outage) {
  if (outage_.exchange(outage) == outage) return;
  if (outage) {
    journal_.append("cdn.outage", "", "The CDN edge is down: its hosts answer 503.");
  } else {
    journal_.append("cdn.restored", "", "The CDN edge is back, with what it had kept.");
  }
}

CdnEdge::Status CdnEdge::status() const {
  Status status;
  status.outage = outage_;
  status.hits = hits_;
  status.misses = misses_;
  std::lock_guard lock(mutex_);
  status.entries = cache_.entries();
  status.bytes = cache_.bytes();
  status.limit_bytes = cache_.limits().cache_bytes;
  return status;
}

}  // namespace exthost::hosting
