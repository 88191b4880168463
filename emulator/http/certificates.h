#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/base/result.h"

namespace exthost::http {

struct OpenSslDelete {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, OpenSslDelete>;
using CertificatePtr = std::unique_ptr<X509, OpenSslDelete>;

/// A certificate authority's key and certificate.
struct Authority {
  KeyPtr key;
  CertificatePtr certificate;
};

/// A fresh P-256 key.
base::Result<KeyPtr> make_key();

/// A self-signed authority for ten years from `now` that can vouch for `localhost`, names under it,
/// 127.0.0.0/8 and ::1, and by its critical name constraints for nothing else: a stolen key is of no use
/// against any real site.
base::Result<Authority> make_authority(base::WallTime now);

/// A server certificate for DNS names and addresses, the first of which is its CN. Valid from an hour ago for
/// at most 397 days, which is what browsers accept, and never longer than its authority.
base::Result<CertificatePtr> make_leaf(const Authority& authority, EVP_PKEY& key,
                                       const std::vector<std::string>& dns_names,
                                       const std::vector<std::string>& addresses, base::WallTime now);

/// Whether `certificate` has at least `margin` left at `now`, and has begun.
bool is_valid_for(const X509& certificate, base::WallTime now, base::Duration margin);

std::string to_pem(const X509& certificate);
std::string to_pem(EVP_PKEY& key);

/// Both from their PEM texts, if they fit together and the certificate is an authority as above; else
/// `corrupt`.
base::Result<Authority> read_authority(std::string_view certificate_pem, std::string_view key_pem);

}  // namespace exthost::http
