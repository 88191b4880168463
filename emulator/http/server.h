#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/http/gate.h"
#include "emulator/http/message.h"

namespace spdlog {
class logger;
}

namespace exthost::http {

class CertificateAuthority;

/// Limits of every connection (limits.md, HTTP).
struct ServerLimits {
  std::size_t request_line_bytes = 8 * 1024;
  std::size_t header_bytes = 16 * 1024;
  std::size_t header_fields = 100;
  std::chrono::milliseconds header_time{10'000};
  std::chrono::milliseconds idle_time{15'000};
  std::size_t body_bytes_per_second = 1024;  ///< After `body_grace`; time a handler takes does not count.
  std::chrono::milliseconds body_grace{10'000};
  std::size_t connections = 2048;
  std::size_t queued_requests = 1024;  ///< Those that may block and wait for a worker; past that: 503.
  std::size_t streams = 256;           ///< Past that: 503 with Retry-After.
};

struct ListenerOptions {
  std::string name;        ///< `portal`, for messages and logs.
  std::uint16_t port = 0;  ///< 0: any free one, the same on every address.
  std::vector<std::string> addresses = {"127.0.0.1",
                                        "::1"};  ///< An address family the machine lacks is passed over.
  CertificateAuthority* tls = nullptr;           ///< Null: plain HTTP.
  Service* service = nullptr;                    ///< Outlives the server.
  GateRules gate;
  TargetRules target;
};

/// The HTTP/1.1 server.
///
/// `listen` binds at once, so ports are known and owned before anything answers; nothing is accepted before
/// `start`. Connections live on I/O threads; what a service says may block runs on workers. `stop` is prompt
/// with idle connections, open streams and slow clients: it ends streams, lets answers under way finish for
/// `drain`, then closes. A worker that waits for a slow client's body is made up for by another one, so
/// uploads never hold up other requests.
///
/// Every limit passed ends in 408, 413, 414, 431, 503 or a closed connection, never in growth. `listen`,
/// `start` and `stop` belong to one thread, which is none of the server's own: a service that wants to end
/// the program tells its owner.
class Server {
 public:
  struct Options {
    unsigned io_threads = 0;  ///< 0: half of the machine's cores, 1 to 4: who asks runs on the others.
    unsigned workers = 4;
    ServerLimits limits;
    std::shared_ptr<spdlog::logger> log;
  };
  explicit Server(Options options);
  ~Server();

  /// The port bound. Call before `start`. Fails with `conflict` and kPortInUse, naming the process that holds
  /// the port if that can be known.
  base::Result<std::uint16_t> listen(ListenerOptions options);
  void start();
  void stop(std::chrono::milliseconds drain = std::chrono::milliseconds(5000));

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exthost::http
