#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/http/body_pipe.h"
#include "emulator/http/input_buffer.h"
#include "emulator/http/request_head.h"
#include "emulator/http/request_parser.h"
#include "emulator/http/response_head.h"
#include "emulator/http/server.h"
#include "emulator/http/stream_channel.h"
#include "emulator/http/transport.h"
#include "emulator/http/worker_pool.h"

namespace exthost::http {

/// What all connections of a server use. Outlives them.
struct ServerShared {
  ServerLimits limits;
  std::shared_ptr<spdlog::logger> log;  ///< May be null.
  WorkerPool& workers;
  std::atomic<std::size_t> streams{0};
  std::atomic<bool> stopping{false};
};

/// What all connections of a listener use. Outlives them.
struct ListenerShared {
  std::string name;
  Service& service;
  GateRules gate;
  ListenerFacts facts;
};

/// One client: reads requests, has them answered, writes the answers, one at a time and in order.
///
/// Belongs to its transport's I/O thread. While a worker has a request, only `handle` and the body pipe are
/// used there; the worker's result comes back by `post`. Knows no socket: a test can run it over a transport
/// of its own.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(ServerShared& server, const ListenerShared& listener, std::shared_ptr<Transport> transport,
             std::string remote, std::function<void(Connection&)> on_closed);

  void start();

  /// Whether it waits for a request of which nothing has come: such a one may be closed to make room.
  bool idle() const { return phase_ == Phase::idle; }

  /// The server stops: what waits is closed, a stream is ended after what it still has, an answer under way
  /// is the last.
  void begin_stop();

  /// At once, whatever is under way. Calls `on_closed`, once.
  void close();

 private:
  enum class Phase {
    opening,     // TLS handshake
    idle,        // nothing of the next request has come
    head,        // some of its head has
    handling,    // the service works on it; its body may be coming in
    responding,  // the answer is being written
    draining,    // the answer is out, the rest of an unread body is being skipped
    streaming,   // the answer is a stream
    finishing,   // saying goodbye
    closed,
  };
  using Clock = Transport::Clock;
  static constexpr std::size_t kHeadRead = 4 * 1024;

  // Reading and handling: connection.cpp
  void read_some(std::size_t size);
  void on_read(std::size_t count);
  void on_deadline();
  void next_request();
  void on_head_bytes();
  void begin_request(std::string_view head);
  void pump_body();
  void send_continue();
  void read_body_bytes();
  void fail_body(Response answer, base::Error error);
  void drain_body();
  bool drainable() const;
  void run_service();
  bool may_block() const;
  Response call_service();
  // Answering: connection_answer.cpp
  void refuse(Response response);
  void respond(Response response);
  void write_head(std::optional<std::string_view> first_piece);
  void on_written(bool ok);
  void finish_response();
  void read_piece();
  void on_piece(base::Result<std::size_t> count);
  void open_stream();
  void pump_stream();
  void release_stream();
  void finish();

  ServerShared& server_;
  const ListenerShared& listener_;
  std::shared_ptr<Transport> transport_;
  std::string remote_;
  std::function<void(Connection&)> on_closed_;

  Phase phase_ = Phase::opening;
  InputBuffer input_;
  bool reading_ = false;

  // One request and its answer
  HeadScanner scanner_;
  std::unique_ptr<RequestParser> parser_;
  Request request_;
  bool head_request_ = false;
  MessageFraming framing_;
  bool body_complete_ = true;
  bool continue_sent_ = false;
  std::uint64_t body_bytes_ = 0;  // read from the client, framing included
  std::uint64_t drained_bytes_ = 0;
  Clock::time_point wait_began_;
  Clock::duration waited_{};  // for the client, in reads of this body
  std::shared_ptr<BodyPipe> pipe_;
  std::optional<Response> body_failure_;  // outranks what the service answers
  bool keep_alive_ = false;
  Response response_;
  BodyFraming body_framing_ = BodyFraming::none;
  std::string head_;
  Clock::time_point began_;

  // An answer from a BodySource
  std::vector<char> piece_;
  std::uint64_t source_left_ = 0;
  bool head_written_ = false;

  // An answer that is a stream
  std::shared_ptr<StreamChannel> channel_;
  bool counted_stream_ = false;
  bool stream_writing_ = false;
  std::string chunk_head_;
  StreamChannel::Batch batch_;
};

}  // namespace exthost::http
