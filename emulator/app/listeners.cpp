#include "emulator/app/listeners.h"

#include <utility>

#include "emulator/storage/blob_service.h"

namespace exthost::app {

Listeners::Listeners(const Settings& settings, std::shared_ptr<spdlog::logger> log)
    : settings_(settings), log_(std::move(log)) {}

base::Result<void> Listeners::open(Services services, const std::filesystem::path& tls_folder,
                                   const base::Clock& clock) {
  if (settings_.https) {
    auto authority = http::CertificateAuthority::load_or_create(tls_folder, clock);
    if (!authority) return std::move(authority).error();
    authority_ = *std::move(authority);
  }
  http::Server::Options options;
  options.log = log_;
  server_ = std::make_unique<http::Server>(std::move(options));
  struct Door {
    const char* name;
    http::Service& service;
    std::uint16_t wanted;
    std::uint16_t& bound;
    bool tls;
    bool refuse_cross_site;
    http::TargetRules target;
  };
  const Door doors[] = {{"portal",
                         services.portal,
                         settings_.port(settings_.portal_port, 0),
                         portal_port_,
                         settings_.https,
                         true,
                         {}},
                        {"hosting",
                         services.hosting,
                         settings_.port(settings_.hosting_port, 1),
                         hosting_port_,
                         settings_.https,
                         false,
                         {}},
                        {"storage", services.storage, settings_.port(settings_.storage_port, 2),
                         storage_port_, false, false, storage::BlobService::target_rules()},
                        {"control",
                         services.control,
                         settings_.port(settings_.control_port, 3),
                         control_port_,
                         false,
                         true,
                         {}}};
  for (const Door& door : doors) {
    http::ListenerOptions listener;
    listener.name = door.name;
    listener.port = door.wanted;
    listener.tls = door.tls ? authority_.get() : nullptr;
    listener.service = doors_.emplace_back(std::make_unique<BrandedService>(door.service)).get();
    listener.gate.allowed_hosts = settings_.allow_hosts;
    listener.gate.refuse_cross_site = door.refuse_cross_site;
    listener.target = door.target;
    auto port = server_->listen(std::move(listener));
    if (!port) return std::move(port).error();
    door.bound = *port;
  }
  return {};
}

void Listeners::start() {
  server_->start();
}

void Listeners::stop(std::chrono::milliseconds drain) {
  if (server_) server_->stop(drain);
}

std::string Listeners::portal_origin() const {
  return std::string(scheme()) + "://localhost:" + std::to_string(portal_port_);
}

std::string Listeners::hosting_origin() const {
  return std::string(scheme()) + "://localhost:" + std::to_string(hosting_port_);
}

std::string Listeners::storage_origin() const {
  return "http://127.0.0.1:" + std::to_string(storage_port_);
}

std::string Listeners::control_origin() const {
  return "http://localhost:" + std::to_string(control_port_);
}

std::vector<std::string> Listeners::portal_sources() const {
  return {portal_origin(), std::string(scheme()) + "://*.localhost:" + std::to_string(portal_port_)};
}

std::filesystem::path Listeners::ca_certificate() const {
  return authority_ ? authority_->certificate_file() : std::filesystem::path();
}

}  // namespace exthost::app
