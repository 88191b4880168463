#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "emulator/base/clock.h"
#include "emulator/base/result.h"

namespace exthost::http {

/// Our private certificate authority: name-constrained to localhost and loopback addresses, kept in the
/// user's data folder (key 0600), and the leaf certificates it signs, minted by the name a client asks for
/// (SNI). Thread-safe.
class CertificateAuthority {
 public:
  /// Loads `ca.pem` and `ca-key.pem` from `folder`, or makes both (also when they have expired, soon will, or
  /// do not fit together). `clock` outlives this; clients judge certificates by the real time, so it should
  /// be a real clock.
  static base::Result<std::unique_ptr<CertificateAuthority>> load_or_create(
      const std::filesystem::path& folder, const base::Clock& clock);
  ~CertificateAuthority();

  /// `ca.pem`: what a client has to trust.
  const std::filesystem::path& certificate_file() const;

  /// An SSL_CTX* ready to serve TLS 1.2 and 1.3 with HTTP/1.1; its certificate callback gives each
  /// `.localhost` name asked for a leaf of its own, and everything else the leaf of localhost, 127.0.0.1 and
  /// ::1. Owned by this.
  void* server_context();

 private:
  class Impl;
  explicit CertificateAuthority(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace exthost::http
