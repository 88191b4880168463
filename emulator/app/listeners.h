#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "emulator/app/branded_service.h"
#include "emulator/app/settings.h"
#include "emulator/base/clock.h"
#include "emulator/base/result.h"
#include "emulator/http/message.h"
#include "emulator/http/server.h"
#include "emulator/http/tls.h"

namespace exthost::app {

/// The four listeners (docs/architecture.md): which port each is on, which speak TLS, whom they turn away,
/// and by which origins others reach them.
///
/// `open`, `start` and `stop` belong to one thread. The origins are for any thread; before `open` they have
/// port 0.
class Listeners {
 public:
  /// What answers on each. They outlive the listeners.
  struct Services {
    http::Service& portal;
    http::Service& hosting;
    http::Service& storage;
    http::Service& control;
  };

  /// `settings` outlives this.
  Listeners(const Settings& settings, std::shared_ptr<spdlog::logger> log);

  /// Binds all of them, so that the ports are known and owned. With TLS the certificate authority is in
  /// `tls_folder`, made if there is none; `clock` is what certificates are valid by, and outlives this. Fails
  /// as http::Server::listen and http::CertificateAuthority::load_or_create do.
  base::Result<void> open(Services services, const std::filesystem::path& tls_folder,
                          const base::Clock& clock);

  /// Accepts connections from here on. After `open`.
  void start();

  /// As http::Server::stop. Nothing if they were not opened.
  void stop(std::chrono::milliseconds drain);

  std::string portal_origin() const;
  std::string hosting_origin() const;
  /// By address: the SDKs take a named host for an account's own (storage-api.md, host style).
  std::string storage_origin() const;
  std::string control_origin() const;

  /// The CSP sources of the portal's own pages.
  std::vector<std::string> portal_sources() const;

  /// Where the certificate authority's certificate is; empty without TLS.
  std::filesystem::path ca_certificate() const;

 private:
  const char* scheme() const { return settings_.https ? "https" : "http"; }

  const Settings& settings_;
  const std::shared_ptr<spdlog::logger> log_;
  std::vector<std::unique_ptr<BrandedService>> doors_;
  std::unique_ptr<http::CertificateAuthority> authority_;
  std::unique_ptr<http::Server> server_;
  std::uint16_t portal_port_ = 0, hosting_port_ = 0, storage_port_ = 0, control_port_ = 0;
};

}  // namespace exthost::app
