#include "emulator/watch/rebuilder.h"

#include <algorithm>
#include <utility>

#include "emulator/model/codes.h"

namespace exthost::watch {
namespace {

constexpr Duration kFirstRetry{50};
constexpr Duration kLastRetry{5000};
/// Files that change while they are read are nothing to speak of, unless they go on and on.
constexpr unsigned kUnsettledTries = 3;

bool may_pass(const base::Error& error) {
  return error.kind == base::ErrorKind::conflict || error.kind == base::ErrorKind::unavailable;
}

base::Error nothing_to_serve() {
  return {base::ErrorKind::invalid_input, "the source folder holds no files to serve; the last version stays",
          std::string(model::codes::kSourceRejected)};
}

}  // namespace

Rebuilder::Rebuilder(Build build, Publisher& publisher, SourceCallbacks callbacks, MonotonicNow now)
    : build_(std::move(build)),
      publisher_(publisher),
      callbacks_(std::move(callbacks)),
      now_(std::move(now)) {}

void Rebuilder::prepare(const package::Touched& touched) {
  const Instant start = now_();
  auto built = build_(touched);
  if (!built || !*built) return;  // a build that failed is made again, whole
  folder_is_empty_ = (*built)->package->entries().empty();
  if (folder_is_empty_) return;
  publisher_.hold(**std::move(built), std::chrono::duration_cast<std::chrono::microseconds>(now_() - start));
}

std::optional<Duration> Rebuilder::rebuild(const package::Touched& touched) {
  const Instant start = now_();
  auto built = build_(touched);
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now_() - start);
  if (!built) return fail(as_source_error(std::move(built).error()));
  if (*built) folder_is_empty_ = (*built)->package->entries().empty();
  if (folder_is_empty_) return fail(nothing_to_serve());
  if (*built) publisher_.hold(**std::move(built), took);
  return settle(publisher_.publish());
}

std::optional<Duration> Rebuilder::config_changed() {
  auto outcome = publisher_.config_changed();
  const bool about_publishing = !told_ || told_->code == model::codes::kPublishFailed;
  if (outcome && !*outcome && !about_publishing) return std::nullopt;  // the folder's problem stays as it is
  return settle(std::move(outcome));
}

std::optional<Duration> Rebuilder::settle(base::Result<std::optional<Published>> outcome) {
  if (!outcome) return fail(std::move(outcome).error());
  mend();
  if (*outcome && callbacks_.on_published) callbacks_.on_published(**outcome);
  return std::nullopt;
}

std::optional<Duration> Rebuilder::fail(base::Error error) {
  ++failures_;
  const std::optional<Duration> again =
      may_pass(error) ? std::optional<Duration>(retry_delay(failures_)) : std::nullopt;
  const bool settling = error.kind == base::ErrorKind::conflict && failures_ < kUnsettledTries;
  const bool told_already = told_ && told_->code == error.code && told_->message == error.message;
  if (settling || told_already) return again;
  if (callbacks_.on_problem) callbacks_.on_problem(error);
  told_ = std::move(error);
  return again;
}

void Rebuilder::mend() {
  failures_ = 0;
  if (!std::exchange(told_, std::nullopt)) return;
  if (callbacks_.on_mended) callbacks_.on_mended();
}

base::Error as_source_error(base::Error error) {
  const bool rejected =
      error.kind == base::ErrorKind::invalid_input || error.kind == base::ErrorKind::corrupt;
  error.code = rejected ? model::codes::kSourceRejected : model::codes::kSourceUnreadable;
  return error;
}

Duration retry_delay(unsigned failures) {
  Duration delay = kFirstRetry;
  for (unsigned i = 1; i < failures && delay < kLastRetry; ++i) delay *= 2;
  return std::min(delay, kLastRetry);
}

}  // namespace exthost::watch
