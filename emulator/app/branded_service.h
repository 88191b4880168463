#pragma once

#include "emulator/http/message.h"

namespace exthost::app {

/// A service whose every answer says that it is an emulator's: `X-Exthost-Emu: <version>`, so that nobody
/// takes one for production's.
class BrandedService final : public http::Service {
 public:
  /// `service` outlives this.
  explicit BrandedService(http::Service& service) : service_(service) {}

  bool may_block(const http::Request& request) const override { return service_.may_block(request); }
  http::Response handle(const http::Request& request) override {
    http::Response response = service_.handle(request);
    response.headers.set("X-Exthost-Emu", EXTHOST_VERSION);
    return response;
  }

 private:
  http::Service& service_;
};

}  // namespace exthost::app
