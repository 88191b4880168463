#include "emulator/http/connection.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::http {

namespace codes = model::codes;
using base::Error;
using base::ErrorKind;

namespace {

constexpr std::size_t kBodyRead = 64 * 1024;
constexpr std::size_t kIdleBuffer = 16 * 1024;     // what a connection keeps between requests
constexpr std::uint64_t kDrainLimit = 256 * 1024;  // an unread body up to this is skipped

}  // namespace

Connection::Connection(ServerShared& server, const ListenerShared& listener,
                       std::shared_ptr<Transport> transport, std::string remote,
                       std::function<void(Connection&)> on_closed)
    : server_(server),
      listener_(listener),
      transport_(std::move(transport)),
      remote_(std::move(remote)),
      on_closed_(std::move(on_closed)),
      scanner_(server.limits) {}

void Connection::start() {
  transport_->on_deadline = [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->on_deadline();
  };
  transport_->set_deadline(Clock::now() + server_.limits.header_time);
  transport_->open([self = shared_from_this()](bool ok) {
    if (self->phase_ != Phase::opening) return;
    if (ok) {
      self->next_request();
    } else {
      self->close();
    }
  });
}

void Connection::begin_stop() {
  switch (phase_) {
    case Phase::opening:
    case Phase::idle:
    case Phase::head:
    case Phase::draining:
    case Phase::finishing:
      return close();
    case Phase::streaming:
      return channel_->close();
    case Phase::handling:    // respond() sees that the server stops
    case Phase::responding:  // and so does finish_response()
    case Phase::closed:
      return;
  }
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  const auto self = shared_from_this();
  transport_->close();
  if (pipe_)
    pipe_->fail({ErrorKind::unavailable, "the client closed the connection within its request's body", ""});
  release_stream();
  on_closed_(*this);
}

// ---- reading

void Connection::read_some(std::size_t size) {
  if (reading_) return;
  reading_ = true;
  transport_->read(input_.prepare(size),
                   [self = shared_from_this()](std::size_t count) { self->on_read(count); });
}

void Connection::on_read(std::size_t count) {
  reading_ = false;
  input_.commit(count);
  switch (phase_) {
    case Phase::idle:
    case Phase::head:
      return count == 0 ? close() : on_head_bytes();
    case Phase::handling:
      waited_ += Clock::now() - wait_began_;
      body_bytes_ += count;
      return count == 0 ? close() : pump_body();
    case Phase::draining:
      waited_ += Clock::now() - wait_began_;
      body_bytes_ += count;
      return count == 0 ? close() : drain_body();
    case Phase::streaming:  // the client has nothing more to say that would be heard, but may leave
      if (count == 0) return close();
      input_.consume(input_.data().size());
      return read_some(kHeadRead);
    case Phase::opening:
    case Phase::responding:  // the worker answered before this read ended; the bytes keep until the answer is
                             // out
    case Phase::finishing:
    case Phase::closed:
      return;
  }
}

void Connection::on_deadline() {
  switch (phase_) {
    case Phase::head:
      return refuse(
          Response::problem(408, codes::kRequestLimit, "the request's headers took too long to arrive"));
    case Phase::handling:
      if (framing_.expect_continue && !continue_sent_)
        return close();  // it does not even take "100 Continue"
      return fail_body(Response::problem(408, codes::kRequestLimit, "the request's body arrives too slowly"),
                       {ErrorKind::unavailable, "the client sends the request's body too slowly",
                        std::string(codes::kRequestLimit)});
    default:
      return close();
  }
}

void Connection::next_request() {
  if (server_.stopping) return finish();
  phase_ = Phase::idle;
  scanner_ = HeadScanner(server_.limits);
  parser_.reset();
  pipe_.reset();
  body_failure_.reset();
  request_ = Request();
  head_request_ = false;
  body_complete_ = true;
  continue_sent_ = false;
  body_bytes_ = drained_bytes_ = 0;
  waited_ = {};
  transport_->set_deadline(Clock::now() + server_.limits.idle_time);
  if (!input_.empty()) return on_head_bytes();
  if (!reading_) input_.shrink(kIdleBuffer);
  read_some(kHeadRead);
}

void Connection::on_head_bytes() {
  if (phase_ == Phase::idle) {
    while (input_.data().substr(0, 2) == "\r\n") input_.consume(2);  // RFC 9112, 2.2
    if (input_.empty() || input_.data() == "\r") return read_some(kHeadRead);
    phase_ = Phase::head;
    began_ = Clock::now();
    transport_->set_deadline(began_ + server_.limits.header_time);
  }
  switch (scanner_.scan(input_.data())) {
    case HeadScanner::State::incomplete:
      return read_some(kHeadRead);
    case HeadScanner::State::malformed:
      return refuse(
          Response::problem(400, codes::kMalformedRequest,
                            "the request's head is malformed: a folded line, a bare line end or a control "
                            "character (is this a TLS client on a plain HTTP port?)"));
    case HeadScanner::State::line_too_long:
      return refuse(Response::problem(
          414, codes::kRequestLimit,
          "the request line is longer than " + base::human_bytes(server_.limits.request_line_bytes)));
    case HeadScanner::State::head_too_large:
      return refuse(Response::problem(
          431, codes::kRequestLimit,
          "the request's headers are larger than " + base::human_bytes(server_.limits.header_bytes)));
    case HeadScanner::State::complete:
      transport_->set_deadline(Transport::kNever);
      begin_request(input_.data().substr(0, scanner_.size()));
      return;
  }
}

void Connection::begin_request(std::string_view head_bytes) {
  parser_ = std::make_unique<RequestParser>(server_.limits.header_fields);
  auto parsed = parser_->parse_head(head_bytes);
  if (auto* refusal = std::get_if<Response>(&parsed)) return refuse(std::move(*refusal));
  input_.consume(head_bytes.size());
  ParsedHead& head = std::get<ParsedHead>(parsed);
  auto framing = decide_framing(head);
  if (auto* refusal = std::get_if<Response>(&framing)) return refuse(std::move(*refusal));
  framing_ = std::get<MessageFraming>(framing);
  head_request_ = head.method == "HEAD";
  keep_alive_ = framing_.keep_alive;
  body_complete_ = parser_->complete();
  phase_ = Phase::handling;
  request_.http_minor = head.http_minor;
  auto request = complete_request(std::move(head), listener_.facts, remote_);
  if (auto* refusal = std::get_if<Response>(&request)) return respond(std::move(*refusal));
  request_ = std::move(std::get<Request>(request));
  request_.content_length = framing_.content_length;
  run_service();
}

// ---- bodies

void Connection::pump_body() {
  if (phase_ != Phase::handling || reading_ || body_complete_ || body_failure_) return;
  if (framing_.expect_continue && !continue_sent_) return send_continue();
  const auto step =
      parser_->parse_body(input_.data(), [this](std::string_view bytes) { pipe_->push(bytes); });
  input_.consume(step.consumed);
  switch (step.state) {
    case RequestParser::BodyState::malformed:
      return fail_body(
          Response::problem(400, codes::kMalformedRequest, "the request's body is not well-formed chunks"),
          {ErrorKind::invalid_input, "the request's body is not well-formed chunks",
           std::string(codes::kMalformedRequest)});
    case RequestParser::BodyState::complete:
      body_complete_ = true;
      transport_->set_deadline(Transport::kNever);
      return pipe_->finish();
    case RequestParser::BodyState::incomplete:
      if (pipe_->wants_more()) return read_body_bytes();
      return transport_->set_deadline(Transport::kNever);  // the service has enough for now
  }
}

void Connection::send_continue() {
  transport_->write({"HTTP/1.1 100 Continue\r\n\r\n"}, server_.limits.idle_time,
                    [self = shared_from_this()](bool ok) {
                      if (!ok) return self->close();
                      self->continue_sent_ = true;
                      self->pump_body();
                    });
}

void Connection::read_body_bytes() {
  const auto earned =
      std::chrono::seconds(body_bytes_ / std::max<std::size_t>(server_.limits.body_bytes_per_second, 1));
  const auto patience = server_.limits.body_grace + earned - waited_;
  wait_began_ = Clock::now();
  transport_->set_deadline(wait_began_ + std::min<Clock::duration>(patience, server_.limits.idle_time));
  read_some(kBodyRead);
}

void Connection::fail_body(Response answer, Error error) {
  body_failure_ = std::move(answer);
  transport_->set_deadline(Transport::kNever);
  pipe_->fail(std::move(error));
}

void Connection::drain_body() {
  const auto step = parser_->parse_body(input_.data(), [](std::string_view) {});
  input_.consume(step.consumed);
  drained_bytes_ += step.consumed;
  if (step.state == RequestParser::BodyState::complete) return next_request();
  if (step.state == RequestParser::BodyState::malformed || drained_bytes_ > kDrainLimit) return finish();
  read_body_bytes();
}

bool Connection::drainable() const {
  if (body_complete_) return true;
  if (framing_.expect_continue && !continue_sent_) return false;  // nobody knows whether the body will come
  return framing_.chunked || *framing_.content_length <= body_bytes_ + kDrainLimit;
}

// ---- handling

bool Connection::may_block() const {
  try {
    return listener_.service.may_block(request_);
  } catch (...) {
    return true;  // and handle() will show what is wrong
  }
}

Response Connection::call_service() {
  std::string what = "an unknown exception";
  try {
    return listener_.service.handle(request_);
  } catch (const std::exception& exception) {
    what = exception.what();
  } catch (...) {
  }
  if (server_.log) {
    server_.log->error("listener={} method={} path={} failed: {}", listener_.name, request_.method,
                       request_.target.raw_path, what);
  }
  return Response::problem(500, codes::kServiceFailed, "the emulator failed to answer; its log says more");
}

void Connection::run_service() {
  if (!may_block()) return respond(call_service());
  if (!body_complete_) {
    pipe_ = std::make_shared<BodyPipe>(server_.workers, [weak = weak_from_this(), transport = transport_] {
      transport->post([weak] {
        if (const auto self = weak.lock()) self->pump_body();
      });
    });
    request_.body = pipe_.get();
  }
  const bool accepted = server_.workers.try_run([self = shared_from_this()] {
    auto response = std::make_shared<Response>(self->call_service());
    self->transport_->post([self, response] { self->respond(std::move(*response)); });
  });
  if (accepted) return;
  Response busy =
      Response::problem(503, codes::kServerBusy, "too many requests are waiting; try again in a moment");
  busy.headers.set("Retry-After", "1");
  respond(std::move(busy));
}

}  // namespace exthost::http
