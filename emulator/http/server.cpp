#include "emulator/http/server.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "emulator/http/asio_transport.h"
#include "emulator/http/connection.h"
#include "emulator/http/port_holder.h"
#include "emulator/http/tls.h"
#include "emulator/http/worker_pool.h"
#include "emulator/model/codes.h"

namespace exthost::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::Error;
using base::ErrorKind;
using base::Result;
using boost::system::error_code;

namespace {

constexpr int kFreePortAttempts = 32;
constexpr std::chrono::milliseconds kAcceptPause{100};  // after the system ran out of descriptors
constexpr std::chrono::milliseconds kCloseTime{
    5000};  // closing waits for nobody but the I/O threads themselves

/// A thread that runs sockets, and the connections that live on it. `connections` belongs to the thread.
struct IoThread {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections;
  std::thread thread;
};

unsigned usual_io_threads() {
  constexpr unsigned kMost = 4;
  return std::clamp(std::thread::hardware_concurrency() / 2, 1U, kMost);
}

bool lacks_family(const error_code& error) {
  return error == asio::error::address_family_not_supported ||
         error == boost::system::errc::address_not_available;
}

/// Listens on one address. SO_REUSEADDR lets a restart pass over connections that linger; on the systems that
/// have SO_REUSEPORT only that would let a second listener share the port, and it is never set.
error_code listen_on(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
#ifndef _WIN32
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
#endif
  if (!error && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) {
    error_code ignored;
    acceptor.close(ignored);
  }
  return error;
}

Error port_error(const ListenerOptions& options, std::uint16_t port, const error_code& error) {
  const std::string what = "port " + std::to_string(port) + " (" + options.name + ")";
  if (error == asio::error::address_in_use) {
    const std::string holder = find_port_holder(port).value_or("another process");
    return {ErrorKind::conflict,
            what + " is in use by " + holder + ": stop it, or choose another port with --port",
            std::string(model::codes::kPortInUse)};
  }
  return {ErrorKind::unavailable, what + " cannot be opened: " + error.message(), ""};
}

}  // namespace

class Server::Impl {
 public:
  explicit Impl(Options options)
      : workers_(options.workers, options.limits.queued_requests),
        shared_{options.limits, options.log, workers_, {}, {}} {
    const unsigned threads = options.io_threads == 0 ? usual_io_threads() : options.io_threads;
    for (unsigned i = 0; i < threads; ++i) io_.push_back(std::make_unique<IoThread>());
  }

  ~Impl() { stop(std::chrono::milliseconds(0)); }

  Result<std::uint16_t> listen(ListenerOptions options);
  void start();
  void stop(std::chrono::milliseconds drain);

 private:
  struct Listener {
    ListenerShared shared;
    CertificateAuthority* tls;
    std::vector<tcp::acceptor> acceptors;
  };

  Result<std::vector<tcp::acceptor>> bind(const ListenerOptions& options,
                                          const std::vector<asio::ip::address>& addresses);
  void accept(Listener& listener, tcp::acceptor& acceptor);
  void retry_later(Listener& listener, tcp::acceptor& acceptor, const error_code& error);
  void adopt(Listener& listener, IoThread& io, tcp::socket socket);
  bool make_room(IoThread& io);
  void remove(IoThread& io, Connection& connection);
  void close_acceptors();
  bool wait_for_no_connections(std::chrono::milliseconds limit);
  void on_every_connection(void (Connection::*action)());
  void run(IoThread& io);

  std::vector<std::unique_ptr<IoThread>> io_;
  WorkerPool workers_;
  ServerShared shared_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::size_t next_io_ = 0;     // the first I/O thread, which accepts, owns it
  bool accept_failed_ = false;  // so does it; said once
  bool started_ = false;
  bool stopped_ = false;

  std::mutex mutex_;
  std::condition_variable none_left_;
  std::size_t connections_ = 0;  // guarded by mutex_
};

// ---- ports

Result<std::uint16_t> Server::Impl::listen(ListenerOptions options) {
  EXTHOST_CHECK(!started_ && options.service != nullptr);
  std::vector<asio::ip::address> addresses;
  for (const std::string& text : options.addresses) {
    error_code error;
    addresses.push_back(asio::ip::make_address(text, error));
    if (error) return Error{ErrorKind::invalid_input, "'" + text + "' is not an address to listen on", ""};
  }
  // A port that is free on the first address may be taken on the second: then another one is tried.
  Result<std::vector<tcp::acceptor>> bound = bind(options, addresses);
  for (int attempt = 1; options.port == 0 && !bound && bound.error().kind == ErrorKind::conflict &&
                        attempt < kFreePortAttempts;
       ++attempt) {
    bound = bind(options, addresses);
  }
  if (!bound) return std::move(bound).error();

  const std::uint16_t port = bound->front().local_endpoint().port();
  auto listener = std::make_unique<Listener>(Listener{
      {options.name, *options.service, std::move(options.gate), {}}, options.tls, *std::move(bound)});
  listener->shared.facts = {options.tls != nullptr, port, &listener->shared.gate, options.target};
  listeners_.push_back(std::move(listener));
  return port;
}

Result<std::vector<tcp::acceptor>> Server::Impl::bind(const ListenerOptions& options,
                                                      const std::vector<asio::ip::address>& addresses) {
  std::vector<tcp::acceptor> acceptors;
  std::uint16_t port = options.port;
  error_code last_error = asio::error::address_family_not_supported;
  for (const asio::ip::address& address : addresses) {
    tcp::acceptor acceptor(io_.front()->context);
    const error_code error = listen_on(acceptor, {address, port});
    if (error && !lacks_family(error)) return port_error(options, port, error);
    if (error) {
      last_error = error;
      continue;
    }
    port = acceptor.local_endpoint().port();
    acceptors.push_back(std::move(acceptor));
  }
  if (acceptors.empty()) return port_error(options, port, last_error);
  return acceptors;
}

// ---- connections

void Server::Impl::accept(Listener& listener, tcp::acceptor& acceptor) {
  IoThread& io = *io_[next_io_++ % io_.size()];
  acceptor.async_accept(io.context, [this, &listener, &acceptor, &io](error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || !acceptor.is_open()) return;
    if (error) return retry_later(listener, acceptor, error);
    {
      std::lock_guard lock(mutex_);
      ++connections_;
    }
    asio::post(io.context, [this, &listener, &io, accepted = std::move(socket)]() mutable {
      adopt(listener, io, std::move(accepted));
    });
    accept(listener, acceptor);
  });
}

void Server::Impl::retry_later(Listener& listener, tcp::acceptor& acceptor, const error_code& error) {
  if (shared_.log && !std::exchange(accept_failed_, true)) {
    shared_.log->warn("listener={} cannot accept connections: {}; raise the limit of open files (ulimit -n)",
                      listener.shared.name, error.message());
  }
  make_room(*io_.front());
  auto timer = std::make_shared<asio::steady_timer>(io_.front()->context, kAcceptPause);
  timer->async_wait([this, &listener, &acceptor, timer](error_code) {
    if (acceptor.is_open()) accept(listener, acceptor);
  });
}

void Server::Impl::adopt(Listener& listener, IoThread& io, tcp::socket socket) {
  std::size_t total = 0;
  {
    std::lock_guard lock(mutex_);
    total = connections_;
  }
  error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  const bool refused = error || shared_.stopping || (total > shared_.limits.connections && !make_room(io));
  if (refused) {
    socket.close(error);
    std::lock_guard lock(mutex_);
    if (--connections_ == 0) none_left_.notify_all();
    return;
  }
  socket.set_option(tcp::no_delay(true), error);  // an answer waits for nothing, and works without it too
  auto transport = listener.tls != nullptr
                       ? make_tls_transport(std::move(socket), listener.tls->server_context())
                       : make_plain_transport(std::move(socket));
  auto connection =
      std::make_shared<Connection>(shared_, listener.shared, std::move(transport), peer.address().to_string(),
                                   [this, &io](Connection& closed) { remove(io, closed); });
  io.connections.emplace(connection.get(), connection);
  connection->start();
}

/// Closes one connection of this thread that waits for nothing, if there is one.
bool Server::Impl::make_room(IoThread& io) {
  for (const auto& [key, connection] : io.connections) {
    if (!connection->idle()) continue;
    const std::shared_ptr<Connection> idle = connection;
    idle->close();
    return true;
  }
  return false;
}

void Server::Impl::remove(IoThread& io, Connection& connection) {
  io.connections.erase(&connection);
  std::lock_guard lock(mutex_);
  if (--connections_ == 0) none_left_.notify_all();
}

void Server::Impl::on_every_connection(void (Connection::*action)()) {
  for (const auto& io : io_) {
    asio::post(io->context, [&io = *io, action] {
      std::vector<std::shared_ptr<Connection>> all;
      all.reserve(io.connections.size());
      for (const auto& [key, connection] : io.connections) all.push_back(connection);
      for (const auto& connection : all) (connection.get()->*action)();
    });
  }
}

// ---- life

void Server::Impl::start() {
  EXTHOST_CHECK(!started_ && !stopped_);
  started_ = true;
  for (const auto& listener : listeners_) {
    for (tcp::acceptor& acceptor : listener->acceptors) accept(*listener, acceptor);
  }
  for (const auto& io : io_) {
    io->thread = std::thread([this, &io = *io] { run(io); });
  }
}

/// No handler of ours throws by design; should one do so, the thread and its other connections go on.
void Server::Impl::run(IoThread& io) {
  for (;;) {
    try {
      io.context.run();
      return;
    } catch (const std::exception& exception) {
      if (shared_.log) shared_.log->error("an I/O handler failed: {}", exception.what());
    }
  }
}

bool Server::Impl::wait_for_no_connections(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return none_left_.wait_for(lock, limit, [this] { return connections_ == 0; });
}

void Server::Impl::stop(std::chrono::milliseconds drain) {
  if (std::exchange(stopped_, true)) return;
  shared_.stopping = true;
  if (!started_) {
    listeners_.clear();
    return;
  }
  asio::post(io_.front()->context, [this] { close_acceptors(); });
  on_every_connection(&Connection::begin_stop);
  if (!wait_for_no_connections(drain)) {
    if (shared_.log) shared_.log->debug("closing connections that did not finish in {} ms", drain.count());
    on_every_connection(&Connection::close);
    wait_for_no_connections(kCloseTime);
  }
  workers_.stop();
  for (const auto& io : io_) {
    io->context.stop();
    io->thread.join();
  }
  close_acceptors();  // the thread may have been stopped before it came to that
}

/// On the first I/O thread, which accepts, or when there are no I/O threads any more.
void Server::Impl::close_acceptors() {
  for (const auto& listener : listeners_) {
    for (tcp::acceptor& acceptor : listener->acceptors) {
      error_code ignored;  // a port that is closed already is what we want
      acceptor.close(ignored);
    }
  }
}

Server::Server(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Server::~Server() = default;
Result<std::uint16_t> Server::listen(ListenerOptions options) {
  return impl_->listen(std::move(options));
}
void Server::start() {
  impl_->start();
}
void Server::stop(std::chrono::milliseconds drain) {
  impl_->stop(drain);
}

}  // namespace exthost::http
