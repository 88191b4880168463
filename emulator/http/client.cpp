#include "emulator/http/client.h"

#include <httplib.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/http/exchange.h"
#include "emulator/http/url.h"
#include "emulator/model/codes.h"

namespace exthost::http {

using base::Error;
using base::ErrorKind;
using base::Result;

namespace {

constexpr std::string_view kLocalSuffix = ".localhost";
constexpr std::chrono::milliseconds kBehindWatchdog{1000};

/// Ends an exchange that takes too long or that nobody wants any more, whatever it is waiting for. The
/// library's own timeouts hold for each read and write, so a peer that sends a byte now and then could go on
/// for ever.
class Watchdog {
 public:
  Watchdog(httplib::ClientImpl& client, std::chrono::milliseconds timeout, const std::stop_token& stop)
      : thread_([this, &client, timeout, stop] {
          std::unique_lock lock(mutex_);
          if (ended_.wait_for(lock, stop, timeout, [this] { return done_; })) return;
          expired_ = true;
          lock.unlock();
          client.stop();
        }) {}

  /// True if the time was up before. The client may be used again only after this.
  bool end() {
    {
      std::lock_guard lock(mutex_);
      done_ = true;
    }
    ended_.notify_one();
    thread_.join();
    return expired_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any ended_;
  bool done_ = false;
  bool expired_ = false;
  std::thread thread_;  // last: it uses the others
};

struct Client {
  std::unique_ptr<httplib::ClientImpl> connection;
  std::optional<Error> error;
};

Client make_client(const Url& url, const std::filesystem::path& ca_file) {
  if (!url.secure) return {std::make_unique<httplib::ClientImpl>(url.host, url.port), std::nullopt};
  auto connection = std::make_unique<httplib::SSLClient>(url.host, url.port);
  connection->enable_server_certificate_verification(true);
  if (!ca_file.empty() &&
      SSL_CTX_load_verify_locations(connection->ssl_context(), ca_file.c_str(), nullptr) != 1) {
    return {nullptr, Error{ErrorKind::invalid_input,
                           "'" + ca_file.string() + "' holds no certificate that can be read",
                           std::string(model::codes::kTlsFailed)}};
  }
  return {std::move(connection), std::nullopt};
}

void configure(httplib::ClientImpl& client, const Url& url, std::chrono::milliseconds timeout) {
  client.set_decompress(false);
  client.set_compress(false);
  client.set_follow_location(false);
  client.set_keep_alive(false);
  client.set_url_encode(false);  // the target is encoded as the caller wants it
  client.set_tcp_nodelay(true);
  client.set_connection_timeout(timeout);
  // The watchdog ends the exchange in time, and knows why; the library would call it a connection that broke.
  client.set_read_timeout(timeout + kBehindWatchdog);
  client.set_write_timeout(timeout + kBehindWatchdog);
  const bool local =
      url.host.size() > kLocalSuffix.size() &&
      url.host.compare(url.host.size() - kLocalSuffix.size(), kLocalSuffix.size(), kLocalSuffix) == 0;
  if (local) client.set_hostname_addr_map({{url.host, "127.0.0.1"}});  // RFC 6761: not every resolver knows
}

std::string describe(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
      return "nothing answers there";
    case httplib::Error::ConnectionTimeout:
      return "the connection could not be made in time";
    case httplib::Error::Read:
      return "the answer broke off";
    case httplib::Error::Write:
      return "the request could not be sent";
    case httplib::Error::SSLConnection:
      return "the TLS handshake failed";
    case httplib::Error::SSLLoadingCerts:
      return "the system's certificates could not be loaded";
    case httplib::Error::SSLServerVerification:
      return "the server's certificate is not trusted for this name";
    default:
      return "the exchange failed (" + httplib::to_string(error) + ")";
  }
}

}  // namespace

Result<void> exchange(const FetchRequest& request, const ExchangeHandlers& handlers, std::stop_token stop) {
  Result<Url> url = parse_url(request.url);
  if (!url) return std::move(url).error();
  Client client = make_client(*url, request.ca_file);
  if (client.error) return *std::move(client.error);
  configure(*client.connection, *url, request.timeout);

  httplib::Request outgoing;
  outgoing.method = request.method;
  outgoing.path = url->target;
  outgoing.body = request.body;
  for (const Header& field : request.headers.all()) outgoing.headers.emplace(field.name, field.value);

  bool told = false;
  const auto tell_head = [&](const httplib::Response& response) {
    told = true;
    Headers headers;
    for (const auto& [name, value] : response.headers) headers.add(name, value);
    return handlers.head(response.status, std::move(headers));
  };
  outgoing.response_handler = tell_head;
  std::uint64_t received = 0;
  outgoing.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
    received += size;
    return received <= request.limit_bytes && handlers.body(std::string_view(data, size));
  };

  Watchdog watchdog(*client.connection, request.timeout, stop);
  const httplib::Result result = client.connection->send(outgoing);
  const bool expired = watchdog.end();
  if (received > request.limit_bytes) {
    return Error{ErrorKind::invalid_input,
                 "the answer is longer than the " + base::human_bytes(request.limit_bytes) + " allowed", ""};
  }
  if (expired) {
    return Error{ErrorKind::unavailable,
                 "no complete answer within " + std::to_string(request.timeout.count()) + " ms", ""};
  }
  if (!result) return Error{ErrorKind::unavailable, describe(result.error()), ""};
  if (!told) tell_head(*result);  // the library tells only heads that a body may follow
  return {};
}

Result<FetchResponse> fetch(const FetchRequest& request) {
  FetchResponse response;
  ExchangeHandlers handlers;
  handlers.head = [&](int status, Headers headers) {
    response.status = status;
    response.headers = std::move(headers);
    return true;
  };
  handlers.body = [&](std::string_view bytes) {
    response.body.append(bytes);
    return true;
  };
  const Result<void> exchanged = exchange(request, handlers);
  if (exchanged) return response;
  Error error = exchanged.error();
  // What refuses the URL itself names it already.
  if (parse_url(request.url) && error.code.empty()) {
    error.message = request.method + " " + request.url + ": " + error.message;
  }
  return error;
}

}  // namespace exthost::http
