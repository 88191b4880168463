#include "emulator/http/certificates.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <chrono>
#include <ctime>
#include <utility>

#include "emulator/model/codes.h"

namespace exthost::http {

using base::Error;
using base::ErrorKind;
using base::Result;
using std::chrono::hours;

namespace {

constexpr hours kAuthorityLife{24 * 3650};
constexpr hours kLeafLife{24 * 397 - 2};
constexpr hours kClockSkew{1};
constexpr std::size_t kLongestCommonName = 64;  // X.520's limit; the SAN has the whole name
constexpr const char* kNameConstraints =
    "critical,permitted;DNS:localhost,permitted;IP:127.0.0.0/255.0.0.0,"
    "permitted;IP:0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF";

struct BioDelete {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, BioDelete>;

Error openssl_error(const char* what) {
  std::array<char, 160> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return {ErrorKind::internal, std::string(what) + ": " + text.data(), std::string(model::codes::kTlsFailed)};
}

std::time_t to_time(base::WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

bool add_extension(X509& certificate, X509& issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  if (extension == nullptr) return false;
  const int added = X509_add_ext(&certificate, extension, -1);
  X509_EXTENSION_free(extension);
  return added == 1;
}

bool set_random_serial(X509& certificate) {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  bytes[0] &= 0x7f;  // positive
  bytes[0] |= 0x40;  // and never zero
  BIGNUM* number = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
  const bool done =
      number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(&certificate)) != nullptr;
  BN_free(number);
  return done;
}

bool set_name(X509_NAME* name, const char* organization, const std::string& common_name) {
  const auto add = [&](const char* field, const std::string& value) {
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()), -1, 0) == 1;
  };
  return add("O", organization) && add("CN", common_name);
}

struct Subject {
  const char* organization;
  std::string common_name;
};

/// Everything that an authority and a leaf have in common, but for the issuer's name, the extensions and the
/// signature.
CertificatePtr begin_certificate(EVP_PKEY& key, const Subject& subject, base::WallTime from,
                                 base::WallTime until) {
  CertificatePtr certificate(X509_new());
  if (!certificate) return nullptr;
  const bool filled =
      X509_set_version(certificate.get(), X509_VERSION_3) == 1 && set_random_serial(*certificate) &&
      ASN1_TIME_set(X509_getm_notBefore(certificate.get()), to_time(from)) != nullptr &&
      ASN1_TIME_set(X509_getm_notAfter(certificate.get()), to_time(until)) != nullptr &&
      X509_set_pubkey(certificate.get(), &key) == 1 &&
      set_name(X509_get_subject_name(certificate.get()), subject.organization, subject.common_name);
  return filled ? std::move(certificate) : nullptr;
}

base::WallTime end_of(const X509& certificate) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &parts) != 1) return {};
  const std::chrono::year_month_day date(std::chrono::year(parts.tm_year + 1900),
                                         std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
                                         std::chrono::day(static_cast<unsigned>(parts.tm_mday)));
  return std::chrono::sys_days(date) + hours(parts.tm_hour) + std::chrono::minutes(parts.tm_min) +
         std::chrono::seconds(parts.tm_sec);
}

BioPtr reader(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string contents(BIO& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(&bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace

Result<KeyPtr> make_key() {
  KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return openssl_error("a TLS key could not be made");
  return key;
}

Result<Authority> make_authority(base::WallTime now) {
  Result<KeyPtr> key = make_key();
  if (!key) return std::move(key).error();
  CertificatePtr certificate = begin_certificate(**key, {"exthost-emu", "exthost-emu local authority"},
                                                 now - kClockSkew, now + kAuthorityLife);
  if (!certificate) return openssl_error("a certificate authority could not be made");
  X509& self = *certificate;
  const bool done = X509_set_issuer_name(&self, X509_get_subject_name(&self)) == 1 &&
                    add_extension(self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                    add_extension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                    add_extension(self, self, NID_subject_key_identifier, "hash") &&
                    add_extension(self, self, NID_name_constraints, kNameConstraints) &&
                    X509_sign(&self, key->get(), EVP_sha256()) > 0;
  if (!done) return openssl_error("a certificate authority could not be made");
  return Authority{*std::move(key), std::move(certificate)};
}

Result<CertificatePtr> make_leaf(const Authority& authority, EVP_PKEY& key,
                                 const std::vector<std::string>& dns_names,
                                 const std::vector<std::string>& addresses, base::WallTime now) {
  std::string alternatives;
  for (const std::string& name : dns_names) alternatives += ",DNS:" + name;
  for (const std::string& address : addresses) alternatives += ",IP:" + address;
  alternatives.erase(0, 1);
  const std::string& first = dns_names.front();
  const base::WallTime until = std::min<base::WallTime>(now + kLeafLife, end_of(*authority.certificate));
  CertificatePtr certificate =
      begin_certificate(key, {"exthost-emu", first.size() <= kLongestCommonName ? first : "localhost"},
                        now - kClockSkew, until);
  if (!certificate) return openssl_error("a certificate could not be made");
  X509& leaf = *certificate;
  X509& issuer = *authority.certificate;
  const bool done = X509_set_issuer_name(&leaf, X509_get_subject_name(&issuer)) == 1 &&
                    add_extension(leaf, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(leaf, issuer, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(leaf, issuer, NID_ext_key_usage, "serverAuth") &&
                    add_extension(leaf, issuer, NID_subject_key_identifier, "hash") &&
                    add_extension(leaf, issuer, NID_authority_key_identifier, "keyid:always") &&
                    add_extension(leaf, issuer, NID_subject_alt_name, alternatives) &&
                    X509_sign(&leaf, authority.key.get(), EVP_sha256()) > 0;
  if (!done) return openssl_error("a certificate could not be made");
  return certificate;
}

bool is_valid_for(const X509& certificate, base::WallTime now, base::Duration margin) {
  std::time_t begin_limit = to_time(now);
  return X509_cmp_time(X509_get0_notBefore(&certificate), &begin_limit) < 0 &&
         end_of(certificate) >= now + margin;
}

std::string to_pem(const X509& certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  // Older releases take a pointer to a non-const certificate; it is not changed.
  if (!bio || PEM_write_bio_X509(bio.get(), const_cast<X509*>(&certificate)) != 1) return {};
  return contents(*bio);
}

std::string to_pem(EVP_PKEY& key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return {};
  return contents(*bio);
}

Result<Authority> read_authority(std::string_view certificate_pem, std::string_view key_pem) {
  Authority authority;
  const BioPtr certificate_text = reader(certificate_pem);
  const BioPtr key_text = reader(key_pem);
  authority.certificate.reset(PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
  authority.key.reset(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  const bool usable = authority.certificate && authority.key &&
                      X509_check_private_key(authority.certificate.get(), authority.key.get()) == 1 &&
                      X509_check_ca(authority.certificate.get()) == 1 &&
                      X509_get_ext_by_NID(authority.certificate.get(), NID_name_constraints, -1) >= 0;
  ERR_clear_error();
  if (!usable) {
    return Error{ErrorKind::corrupt, "the certificate and the key are not an authority of ours",
                 std::string(model::codes::kTlsFailed)};
  }
  return authority;
}

}  // namespace exthost::http
