#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "emulator/http/transport.h"

namespace exthost::http {

std::shared_ptr<Transport> make_plain_transport(boost::asio::ip::tcp::socket socket);

/// `server_context` is an SSL_CTX* (tls.h) that lives as long as the connection. A client that speaks plain
/// HTTP is told, in plain HTTP, that this port speaks HTTPS.
std::shared_ptr<Transport> make_tls_transport(boost::asio::ip::tcp::socket socket, void* server_context);

}  // namespace exthost::http
