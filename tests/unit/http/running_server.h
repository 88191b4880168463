#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "emulator/http/server.h"
#include "tests/support/catch.h"
#include "tests/support/function_service.h"

namespace exthost::test {

/// A server with one service, on a free port.
class RunningServer {
 public:
  explicit RunningServer(FunctionService::Handler handler, bool may_block = true,
                         http::ServerLimits limits = {}, http::CertificateAuthority* tls = nullptr)
      : service_(std::move(handler), may_block), server_({1, 2, limits, nullptr}) {
    http::ListenerOptions options;
    options.name = "test";
    options.service = &service_;
    options.tls = tls;
    const base::Result<std::uint16_t> port = server_.listen(options);
    REQUIRE(port);
    port_ = *port;
    server_.start();
  }

  std::uint16_t port() const { return port_; }
  void stop(std::chrono::milliseconds drain = std::chrono::milliseconds(5000)) { server_.stop(drain); }

  /// `METHOD target HTTP/1.1` with a good Host header; `rest` is what follows, the empty line included.
  std::string request(const std::string& line, const std::string& rest = "\r\n") const {
    return line + " HTTP/1.1\r\nHost: localhost:" + std::to_string(port_) + "\r\n" + rest;
  }

 private:
  FunctionService service_;
  http::Server server_;
  std::uint16_t port_ = 0;
};

/// Answers with the request's method, path and body.
inline http::Response echo(const http::Request& request) {
  const base::Result<std::string> body = http::read_body(request, 1024 * 1024);
  if (!body) return http::Response::problem(400, body.error().code, body.error().message);
  return http::Response::text(200, request.method + " " + request.target.path + " " + *body);
}

}  // namespace exthost::test
