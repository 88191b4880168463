#include "emulator/http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <deque>
#include <map>
#include <mutex>
#include <utility>

#include "emulator/base/file.h"
#include "emulator/http/certificates.h"
#include "emulator/http/gate.h"
#include "emulator/model/codes.h"

namespace exthost::http {

using base::Error;
using base::ErrorKind;
using base::Result;
using std::chrono::hours;

namespace {

constexpr hours kAuthorityMargin{24 * 60};  // renewed when less than this is left
constexpr hours kLeafMargin{24};
constexpr std::size_t kCachedLeaves = 256;
constexpr std::uint64_t kPemLimit = 64 * 1024;
constexpr std::string_view kLocalSuffix = ".localhost";

struct ContextDelete {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<SSL_CTX, ContextDelete>;

/// The files' authority if there is a good one with time left.
Result<std::optional<Authority>> load_authority(const std::filesystem::path& certificate_file,
                                                const std::filesystem::path& key_file, base::WallTime now) {
  Result<std::optional<std::string>> certificate = base::read_file(certificate_file, kPemLimit);
  if (!certificate) return std::move(certificate).error();
  Result<std::optional<std::string>> key = base::read_file(key_file, kPemLimit);
  if (!key) return std::move(key).error();
  if (!*certificate || !*key) return std::optional<Authority>();
  Result<Authority> authority = read_authority(**certificate, **key);
  if (!authority || !is_valid_for(*authority->certificate, now, kAuthorityMargin))
    return std::optional<Authority>();
  return std::optional<Authority>(*std::move(authority));
}

/// A name that may have a leaf of its own, as it is looked up; empty for all others.
std::string own_leaf_name(const char* server_name) {
  if (server_name == nullptr) return {};
  const std::optional<HostAndPort> host = parse_host(server_name);
  if (!host || host->port || host->name.size() <= kLocalSuffix.size()) return {};
  const bool local =
      host->name.compare(host->name.size() - kLocalSuffix.size(), kLocalSuffix.size(), kLocalSuffix) == 0;
  return local ? host->name : std::string();
}

int select_http11(SSL*, const unsigned char** chosen, unsigned char* chosen_length,
                  const unsigned char* offered, unsigned int offered_length, void*) {
  static constexpr unsigned char kProtocols[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* match = nullptr;
  const int result =
      SSL_select_next_proto(&match, chosen_length, kProtocols, sizeof(kProtocols), offered, offered_length);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;  // go on without agreeing on a protocol
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

class CertificateAuthority::Impl {
 public:
  Impl(std::filesystem::path file, Authority authority, KeyPtr leaf_key, const base::Clock& clock)
      : file_(std::move(file)),
        authority_(std::move(authority)),
        leaf_key_(std::move(leaf_key)),
        clock_(clock) {}

  Result<void> make_context();

  const std::filesystem::path& file() const { return file_; }
  SSL_CTX* context() { return context_.get(); }

 private:
  static int choose_certificate(SSL* session, void* self);
  bool present_leaf(SSL& session, const std::string& name);
  Result<X509*> leaf_for(const std::string& name);  // with the lock held

  std::filesystem::path file_;
  Authority authority_;
  KeyPtr leaf_key_;  // one for all leaves
  const base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, CertificatePtr> leaves_;  // by name; the empty name is the base leaf
  std::deque<std::string> minted_;                // names in leaves_, oldest first, without the empty one
  ContextPtr context_;
};

Result<void> CertificateAuthority::Impl::make_context() {
  context_.reset(SSL_CTX_new(TLS_server_method()));
  static constexpr unsigned char kSessionContext[] = "exthost-emu";
  const bool ready =
      context_ && SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION) == 1 &&
      SSL_CTX_set_session_id_context(context_.get(), kSessionContext, sizeof(kSessionContext) - 1) == 1;
  if (!ready)
    return Error{ErrorKind::internal, "TLS could not be set up", std::string(model::codes::kTlsFailed)};
  SSL_CTX_set_options(context_.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context_.get(), SSL_MODE_RELEASE_BUFFERS);  // idle connections keep no buffers
  SSL_CTX_set_alpn_select_cb(context_.get(), select_http11, nullptr);
  SSL_CTX_set_cert_cb(context_.get(), choose_certificate, this);
  const std::lock_guard lock(mutex_);
  Result<X509*> base_leaf = leaf_for("");
  if (!base_leaf) return std::move(base_leaf).error();
  return {};
}

int CertificateAuthority::Impl::choose_certificate(SSL* session, void* self) {
  const std::string name = own_leaf_name(SSL_get_servername(session, TLSEXT_NAMETYPE_host_name));
  return static_cast<Impl*>(self)->present_leaf(*session, name) ? 1 : 0;
}

bool CertificateAuthority::Impl::present_leaf(SSL& session, const std::string& name) {
  const std::lock_guard lock(mutex_);
  Result<X509*> leaf = leaf_for(name);
  return leaf && SSL_use_certificate(&session, *leaf) == 1 &&
         SSL_use_PrivateKey(&session, leaf_key_.get()) == 1;
}

Result<X509*> CertificateAuthority::Impl::leaf_for(const std::string& name) {
  const base::WallTime now = clock_.now();
  const auto known = leaves_.find(name);
  if (known != leaves_.end() && is_valid_for(*known->second, now, kLeafMargin)) return known->second.get();

  Result<CertificatePtr> leaf =
      name.empty() ? make_leaf(authority_, *leaf_key_, {"localhost"}, {"127.0.0.1", "::1"}, now)
                   : make_leaf(authority_, *leaf_key_, {name}, {}, now);
  if (!leaf) return std::move(leaf).error();
  if (known == leaves_.end() && !name.empty()) {
    if (minted_.size() == kCachedLeaves) {
      leaves_.erase(minted_.front());
      minted_.pop_front();
    }
    minted_.push_back(name);
  }
  return (leaves_[name] = *std::move(leaf)).get();
}

CertificateAuthority::CertificateAuthority(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CertificateAuthority::~CertificateAuthority() = default;

Result<std::unique_ptr<CertificateAuthority>> CertificateAuthority::load_or_create(
    const std::filesystem::path& folder, const base::Clock& clock) {
  const std::filesystem::path certificate_file = folder / "ca.pem";
  const std::filesystem::path key_file = folder / "ca-key.pem";
  if (Result<void> made = base::make_private_folder(folder); !made) return std::move(made).error();
  Result<std::optional<Authority>> loaded = load_authority(certificate_file, key_file, clock.now());
  if (!loaded) return std::move(loaded).error();
  if (!*loaded) {
    Result<Authority> made = make_authority(clock.now());
    if (!made) return std::move(made).error();
    // The key first: if this ends between the two, they do not fit together, and the next start makes both
    // anew.
    Result<void> written = base::write_file(key_file, to_pem(*made->key), base::Durability::process, 0600);
    if (written) {
      written =
          base::write_file(certificate_file, to_pem(*made->certificate), base::Durability::process, 0644);
    }
    if (!written) return std::move(written).error();
    loaded = std::optional<Authority>(*std::move(made));
  }
  Result<KeyPtr> leaf_key = make_key();
  if (!leaf_key) return std::move(leaf_key).error();
  auto impl = std::make_unique<Impl>(certificate_file, **std::move(loaded), *std::move(leaf_key), clock);
  if (Result<void> ready = impl->make_context(); !ready) return std::move(ready).error();
  return std::unique_ptr<CertificateAuthority>(new CertificateAuthority(std::move(impl)));
}

const std::filesystem::path& CertificateAuthority::certificate_file() const {
  return impl_->file();
}
void* CertificateAuthority::server_context() {
  return impl_->context();
}

}  // namespace exthost::http
