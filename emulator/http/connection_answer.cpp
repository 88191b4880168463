#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/http/connection.h"
#include "emulator/model/codes.h"

namespace exthost::http {

namespace codes = model::codes;
using base::Error;
using base::ErrorKind;
using base::Result;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kPieceSize = 256 * 1024;  // of a BodySource
constexpr std::size_t kUsualParts = 4;          // a head, and a file between gzip's header and trailer
constexpr milliseconds kFarewell{1000};
constexpr milliseconds kFarewellWhenStopping{200};

std::string hexadecimal(std::size_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), kDigits[value % 16]);
    value /= 16;
  } while (value != 0);
  return text;
}

}  // namespace

void Connection::refuse(Response response) {
  phase_ = Phase::handling;
  keep_alive_ = false;
  respond(std::move(response));
}

void Connection::respond(Response response) {
  if (phase_ != Phase::handling) return;  // closed meanwhile
  if (body_failure_) {
    response = *std::move(body_failure_);
    keep_alive_ = false;
  }
  if (response.status < 200 || response.status > 599) {
    if (server_.log)
      server_.log->error("listener={} answered with status {}", listener_.name, response.status);
    response =
        Response::problem(500, codes::kServiceFailed, "the emulator failed to answer; its log says more");
  }
  response_ = std::move(response);
  body_framing_ = decide_body_framing(response_, head_request_, request_.http_minor);

  const bool stream = body_framing_ == BodyFraming::chunked || body_framing_ == BodyFraming::to_close;
  if (stream) {
    if (server_.streams.fetch_add(1) >= server_.limits.streams) {
      server_.streams.fetch_sub(1);
      Response full = Response::problem(503, codes::kTooManyStreams,
                                        "too many event streams are open; close a page or tab");
      full.headers.set("Retry-After", "5");
      return respond(std::move(full));
    }
    counted_stream_ = true;
  }
  keep_alive_ = keep_alive_ && !stream && !server_.stopping && drainable() &&
                !base::equals_ignoring_case(response_.headers.value("Connection"), "close");
  phase_ = Phase::responding;
  transport_->set_deadline(Transport::kNever);

  head_written_ = false;
  source_left_ = 0;
  if (body_framing_ == BodyFraming::length &&
      std::holds_alternative<std::shared_ptr<BodySource>>(response_.body)) {
    source_left_ = body_length(response_.body);
  }
  if (source_left_ > 0) return read_piece();  // its first piece decides whether there is an answer at all
  write_head(std::nullopt);
}

void Connection::write_head(std::optional<std::string_view> first_piece) {
  head_ = make_response_head(response_, body_framing_, keep_alive_, request_.http_minor);
  head_written_ = true;
  std::vector<std::string_view> parts;
  parts.reserve(kUsualParts);
  parts.push_back(head_);
  if (body_framing_ == BodyFraming::length) {
    if (first_piece) {
      parts.push_back(*first_piece);
    } else if (const auto* text = std::get_if<std::string>(&response_.body)) {
      parts.push_back(*text);
    } else if (const auto* slices = std::get_if<std::vector<Slice>>(&response_.body)) {
      for (const Slice& slice : *slices) parts.push_back(slice.bytes);
    }
  }
  if (server_.log && server_.log->should_log(spdlog::level::debug)) {
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_);
    server_.log->debug("listener={} remote={} method={} path={} status={} us={}", listener_.name, remote_,
                       request_.method, request_.target.raw_path, response_.status, took.count());
  }
  transport_->write(std::move(parts), server_.limits.idle_time,
                    [self = shared_from_this()](bool ok) { self->on_written(ok); });
}

void Connection::on_written(bool ok) {
  if (phase_ != Phase::responding) return;
  if (!ok) return close();
  if (source_left_ > 0) return read_piece();
  if (body_framing_ == BodyFraming::chunked || body_framing_ == BodyFraming::to_close) return open_stream();
  finish_response();
}

void Connection::finish_response() {
  response_ = Response();  // frees what the body holds before the connection idles
  piece_ = std::vector<char>();
  if (!keep_alive_ || server_.stopping) return finish();
  if (body_complete_) return next_request();
  phase_ = Phase::draining;
  if (reading_) return read_body_bytes();  // the read of before goes on, under a deadline again
  drain_body();
}

void Connection::read_piece() {
  server_.workers.run([self = shared_from_this()] {
    self->piece_.resize(kPieceSize);
    auto& source = *std::get<std::shared_ptr<BodySource>>(self->response_.body);
    Result<std::size_t> count = Error{};
    try {
      count = source.read(self->piece_);
    } catch (const std::exception& exception) {
      count = Error{ErrorKind::internal, exception.what(), ""};
    }
    self->transport_->post([self, count] { self->on_piece(count); });
  });
}

void Connection::on_piece(Result<std::size_t> count) {
  if (phase_ != Phase::responding) return;
  if (!count || *count == 0) {
    if (server_.log) {
      server_.log->error("listener={} path={} body broke off: {}", listener_.name, request_.target.raw_path,
                         count ? "it is shorter than was said" : count.error().message);
    }
    if (head_written_) return close();  // short of its Content-Length, so the client knows
    phase_ = Phase::handling;
    return respond(Response::problem(500, codes::kServiceFailed,
                                     "the emulator failed to read the answer; its log says more"));
  }
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(*count, source_left_));
  source_left_ -= size;
  const std::string_view piece(piece_.data(), size);
  if (!head_written_) return write_head(piece);
  transport_->write({piece}, server_.limits.idle_time,
                    [self = shared_from_this()](bool ok) { self->on_written(ok); });
}

void Connection::open_stream() {
  phase_ = Phase::streaming;
  channel_ = std::make_shared<StreamChannel>([weak = weak_from_this(), transport = transport_] {
    transport->post([weak] {
      if (const auto self = weak.lock()) self->pump_stream();
    });
  });
  server_.workers.run(
      [channel = channel_, open = std::get<StreamBody>(response_.body).open, log = server_.log] {
        try {
          channel->hold(open(channel));
        } catch (const std::exception& exception) {
          if (log) log->error("a stream could not be opened: {}", exception.what());
          channel->close();
        }
      });
  response_ = Response();
  read_some(kHeadRead);
  if (server_.stopping) channel_->close();
}

void Connection::pump_stream() {
  if (phase_ != Phase::streaming) return;
  if (channel_->overflowed()) {  // a write under way may never end: the client does not read
    if (server_.log) server_.log->debug("listener={} remote={} stream fell behind", listener_.name, remote_);
    return close();
  }
  if (stream_writing_) return;
  batch_ = channel_->take();
  std::vector<std::string_view> parts;
  const bool chunked = body_framing_ == BodyFraming::chunked;
  if (!batch_.bytes.empty()) {
    if (chunked) {
      chunk_head_ = hexadecimal(batch_.bytes.size()) + "\r\n";
      parts.push_back(chunk_head_);
    }
    parts.push_back(batch_.bytes);
    if (chunked) parts.push_back("\r\n");
  }
  if (batch_.ended && chunked) parts.push_back("0\r\n\r\n");
  if (parts.empty()) {
    if (batch_.ended) finish();
    return;
  }
  stream_writing_ = true;
  transport_->write(std::move(parts), server_.limits.idle_time, [self = shared_from_this()](bool ok) {
    self->stream_writing_ = false;
    if (self->phase_ != Phase::streaming) return;
    if (!ok) return self->close();
    self->channel_->written();
    if (self->batch_.ended) return self->finish();
    self->pump_stream();
  });
}

void Connection::release_stream() {
  if (channel_) {
    server_.workers.run([held = channel_->detach()]() mutable { held.reset(); });
    channel_.reset();
  }
  if (std::exchange(counted_stream_, false)) server_.streams.fetch_sub(1);
}

void Connection::finish() {
  phase_ = Phase::finishing;
  release_stream();
  transport_->finish(server_.stopping ? kFarewellWhenStopping : kFarewell,
                     [self = shared_from_this()] { self->close(); });
}

}  // namespace exthost::http
