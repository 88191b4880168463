#include "emulator/http/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "emulator/base/file.h"
#include "emulator/base/virtual_scheduler.h"
#include "emulator/http/certificates.h"
#include "emulator/http/client.h"
#include "tests/support/raw_http_client.h"
#include "tests/unit/http/running_server.h"

namespace exthost::test {
namespace {

using http::CertificateAuthority;
using std::chrono::hours;

class SystemClock final : public base::Clock {
 public:
  base::WallTime now() const override {
    return std::chrono::floor<base::Duration>(std::chrono::system_clock::now());
  }
};

std::string file_text(const std::filesystem::path& path) {
  const auto text = base::read_file(path, 100'000);
  return text && *text ? **text : "";
}

/// An authority in a folder of its own.
struct Tls {
  Tls() : folder(std::move(*base::TemporaryFolder::create("tls-test"))) {
    authority = *CertificateAuthority::load_or_create(folder.path() / "tls", clock);
  }
  SystemClock clock;
  base::TemporaryFolder folder;
  std::unique_ptr<CertificateAuthority> authority;
};

http::FetchRequest get(std::string url, const Tls& tls) {
  http::FetchRequest request;
  request.url = std::move(url);
  request.ca_file = tls.authority->certificate_file();
  return request;
}

TEST_CASE("https works for localhost, both addresses, and any name under localhost") {
  Tls tls;
  const RunningServer server(
      [](const http::Request& request) { return http::Response::text(200, request.origin()); }, true, {},
      tls.authority.get());
  for (const char* host :
       {"localhost", "127.0.0.1", "demo.hosting.portal.azure.net.localhost",
        "a-very-long-name-that-does-not-fit-into-a-common-name-at-all.example.com.localhost"}) {
    const std::string origin = std::string("https://") + host + ":" + std::to_string(server.port());
    CAPTURE(origin);
    const auto response = http::fetch(get(origin + "/", tls));
    REQUIRE(response);
    CHECK(response->body == origin);
  }
}

TEST_CASE("a client that does not know our authority does not trust us") {
  Tls tls;
  const RunningServer server(echo, true, {}, tls.authority.get());
  http::FetchRequest request = get("https://localhost:" + std::to_string(server.port()) + "/", tls);
  request.ca_file.clear();
  const auto response = http::fetch(request);
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == base::ErrorKind::unavailable);
}

TEST_CASE("large answers and bodies pass through TLS unchanged") {
  Tls tls;
  const RunningServer server(
      [](const http::Request& request) {
        const auto body = std::make_shared<std::string>(*http::read_body(request, 10'000'000));
        http::Response response;
        response.body = std::vector<http::Slice>{{body, std::string_view(*body).substr(0, 5)},
                                                 {body, std::string_view(*body).substr(5)}};
        return response;
      },
      true, {}, tls.authority.get());
  http::FetchRequest request = get("https://localhost:" + std::to_string(server.port()) + "/", tls);
  request.method = "POST";
  request.limit_bytes = 10'000'000;
  for (int i = 0; i < 5'000'000; ++i) request.body += static_cast<char>(i % 251);
  const auto response = http::fetch(request);
  REQUIRE(response);
  CHECK((response->body == request.body));
}

TEST_CASE("a client that speaks plain HTTP to an HTTPS port is told so") {
  Tls tls;
  const RunningServer server(echo, true, {}, tls.authority.get());
  RawHttpClient client(server.port());
  REQUIRE(client.send(server.request("GET /")));
  const auto response = client.read_response();
  REQUIRE(response);
  CHECK(response->status == 400);
  CHECK_THAT(response->body, ContainsSubstring("This port speaks HTTPS"));
  CHECK(client.read_until_closed().empty());
}

TEST_CASE("the authority is made once, kept private, and made anew when it is of no use") {
  Tls tls;
  const std::filesystem::path certificate = tls.authority->certificate_file();
  const std::filesystem::path key = certificate.parent_path() / "ca-key.pem";
  struct stat status {};
  REQUIRE(::stat(key.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  REQUIRE(::stat(certificate.parent_path().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);

  const std::string first = file_text(certificate);
  const auto reload = [&](const base::Clock& clock) {
    REQUIRE(CertificateAuthority::load_or_create(certificate.parent_path(), clock));
    return file_text(certificate);
  };
  CHECK(reload(tls.clock) == first);

  REQUIRE(base::write_file(key, "damaged", base::Durability::process));
  const std::string second = reload(tls.clock);
  CHECK(second != first);

  const auto stranger = http::make_key();
  REQUIRE(base::write_file(key, http::to_pem(**stranger), base::Durability::process));
  const std::string third = reload(tls.clock);
  CHECK(third != second);

  const base::VirtualScheduler before_its_end(tls.clock.now() + hours(24 * 3500));
  CHECK(reload(before_its_end) == third);
  const base::VirtualScheduler near_its_end(tls.clock.now() + hours(24 * 3600));
  CHECK(reload(near_its_end) != third);
}

/// A TLS session with a server, as a client that trusts nobody in particular.
class TlsSession {
 public:
  TlsSession(std::uint16_t port, const char* name, int highest_version)
      : client_(port), context_(SSL_CTX_new(TLS_client_method())) {
    static constexpr unsigned char kOffered[] = "\x02h2\x08http/1.1";
    SSL_CTX_set_max_proto_version(context_, highest_version);
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_alpn_protos(context_, kOffered, sizeof(kOffered) - 1);
    session_ = SSL_new(context_);
    SSL_set_tlsext_host_name(session_, name);
    SSL_set_fd(session_, client_.descriptor());
    connected_ = SSL_connect(session_) == 1;
  }
  ~TlsSession() {
    SSL_free(session_);
    SSL_CTX_free(context_);
  }
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  bool connected() const { return connected_; }
  std::string protocol() const {
    const unsigned char* data = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(session_, &data, &size);
    return std::string(reinterpret_cast<const char*>(data), size);
  }
  http::CertificatePtr certificate() const {
    return http::CertificatePtr(SSL_get1_peer_certificate(session_));
  }

 private:
  RawHttpClient client_;
  SSL_CTX* context_;
  SSL* session_ = nullptr;
  bool connected_ = false;
};

TEST_CASE("TLS 1.2 and 1.3 are spoken with HTTP/1.1 inside, older ones are not") {
  Tls tls;
  const RunningServer server(echo, true, {}, tls.authority.get());
  CHECK(TlsSession(server.port(), "localhost", TLS1_3_VERSION).protocol() == "http/1.1");
  CHECK(TlsSession(server.port(), "localhost", TLS1_2_VERSION).protocol() == "http/1.1");
  CHECK_FALSE(TlsSession(server.port(), "localhost", TLS1_1_VERSION).connected());
}

TEST_CASE("a leaf has what browsers want: the name asked for, and at most 397 days") {
  Tls tls;
  const RunningServer server(echo, true, {}, tls.authority.get());
  const http::CertificatePtr own =
      TlsSession(server.port(), "Portal.localhost", TLS1_3_VERSION).certificate();
  REQUIRE(own);
  CHECK(X509_check_host(own.get(), "portal.localhost", 0, 0, nullptr) == 1);
  CHECK(X509_check_host(own.get(), "other.localhost", 0, 0, nullptr) == 0);
  int days = 0;
  int seconds = 0;
  REQUIRE(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(own.get()), X509_get0_notAfter(own.get())) ==
          1);
  CHECK(days >= 390);
  CHECK(days < 397);
  CHECK((X509_get_extended_key_usage(own.get()) & XKU_SSL_SERVER) != 0);
  CHECK(X509_get0_authority_key_id(own.get()) != nullptr);
  CHECK(X509_get0_subject_key_id(own.get()) != nullptr);

  for (const char* stranger : {"evil.example", "localhost.evil.example", "a..localhost", "*.localhost"}) {
    CAPTURE(stranger);
    const http::CertificatePtr base_leaf = TlsSession(server.port(), stranger, TLS1_3_VERSION).certificate();
    REQUIRE(base_leaf);
    CHECK(X509_check_host(base_leaf.get(), "localhost", 0, 0, nullptr) == 1);
    CHECK(X509_check_ip_asc(base_leaf.get(), "127.0.0.1", 0) == 1);
    CHECK(X509_check_ip_asc(base_leaf.get(), "::1", 0) == 1);
    CHECK(X509_check_host(base_leaf.get(), stranger, 0, 0, nullptr) == 0);
  }
}

TEST_CASE("names asked for are served however many came between") {
  Tls tls;
  const RunningServer server(echo, true, {}, tls.authority.get());
  for (int i = 0; i < 260; ++i) {
    REQUIRE(TlsSession(server.port(), ("n" + std::to_string(i) + ".localhost").c_str(), TLS1_3_VERSION)
                .connected());
  }
  const http::CertificatePtr again = TlsSession(server.port(), "n0.localhost", TLS1_3_VERSION).certificate();
  REQUIRE(again);
  CHECK(X509_check_host(again.get(), "n0.localhost", 0, 0, nullptr) == 1);
}

/// What a verifier that trusts the authority thinks of a leaf for a name and an address.
int verify(const http::Authority& authority, const std::string& dns_name, const std::string& address) {
  const auto key = http::make_key();
  const auto leaf = http::make_leaf(authority, **key, {dns_name}, {address}, SystemClock().now());
  X509_STORE* store = X509_STORE_new();
  X509_STORE_add_cert(store, authority.certificate.get());
  X509_STORE_CTX* context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, leaf->get(), nullptr);
  X509_verify_cert(context);
  const int error = X509_STORE_CTX_get_error(context);
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
  return error;
}

TEST_CASE("the authority can vouch for nothing but this machine") {
  const auto authority = http::make_authority(SystemClock().now());
  REQUIRE(authority);
  CHECK(verify(*authority, "localhost", "127.0.0.1") == X509_V_OK);
  CHECK(verify(*authority, "a.b.localhost", "127.9.9.9") == X509_V_OK);
  CHECK(verify(*authority, "localhost", "::1") == X509_V_OK);
  CHECK(verify(*authority, "portal.azure.com", "127.0.0.1") == X509_V_ERR_PERMITTED_VIOLATION);
  CHECK(verify(*authority, "evillocalhost", "127.0.0.1") == X509_V_ERR_PERMITTED_VIOLATION);
  CHECK(verify(*authority, "localhost", "10.0.0.1") == X509_V_ERR_PERMITTED_VIOLATION);
  CHECK(verify(*authority, "localhost", "::2") == X509_V_ERR_PERMITTED_VIOLATION);
}

}  // namespace
}  // namespace exthost::test
